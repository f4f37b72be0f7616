/**
 * Tests of a plugin's rules as ordinary JavaScript, with a stand-in for the host:
 *
 * ```js
 * import { assert, test, tested } from "#switchyard/testing";
 * import plugin from "./plugin.js";
 *
 * test("fewer waiting requests score better", () => {
 *   const rule = tested(plugin, { columns: { "waiting-requests": [0, 5] } });
 *   assert.deepEqual(rule.score(), [1, 0.5]);
 * });
 * ```
 */

import type {
  Decision,
  Ended,
  Endpoint,
  Header,
  Plugin,
  ProfileResult,
  Step,
} from "./index.js";

/** A test of Node's own runner. */
export function test(name: string, body: () => void | Promise<void>): void;

/** Node's own assertions, those that tests of rules use. */
export const assert: {
  (value: unknown, message?: string): asserts value;
  ok(value: unknown, message?: string): asserts value;
  equal<T>(found: unknown, expected: T, message?: string): asserts found is T;
  notEqual(found: unknown, unexpected: unknown, message?: string): void;
  deepEqual<T>(found: unknown, expected: T, message?: string): asserts found is T;
  match(found: string, expected: RegExp, message?: string): void;
  throws(body: () => unknown, expected?: RegExp | object, message?: string): void;
};

/** What the `request` of a call tells. What is left out is empty or 0. */
export interface FakeRequest {
  id?: string;
  path?: string;
  model?: string;
  targetModel?: string;
  /** By lower-case names. */
  headers?: Record<string, string>;
  body?: string | Uint8Array;
  profile?: string;
  profiles?: string[];
  /** Rows by profile; `""`: those of the decision. */
  peers?: Record<string, number[]>;
  nowMs?: number;
  seed?: bigint | number;
}

/** A stand-in for the host. */
export class Host {
  constructor(request?: FakeRequest);
  /** May be changed between calls. */
  request: Required<FakeRequest>;
  /** What was logged. */
  readonly lines: { level: "debug" | "info" | "warn" | "error"; message: string }[];
  /** The key-value store. */
  readonly entries: Map<string, Uint8Array>;
  /** The value of an own column; NaN where none was written. */
  ownColumn(column: number, row: number): number;
}

export interface Setup {
  /** As a configuration's `parameters`. */
  settings?: object;
  /** Those that exist, see `endpoint`. */
  endpoints?: readonly Endpoint[];
  /** Values by column, of rows 0, 1, 2 and so on. */
  columns?: Record<string, readonly number[]>;
  scalars?: Record<string, number>;
  request?: FakeRequest;
  /** That of another instance, to share its state and own columns. */
  host?: Host;
}

/** Configures a plugin as the host would. Throws `Diagnostics` where it refuses the settings. */
export function tested(plugin: Plugin, setup?: Setup): Tested;

/**
 * A configured plugin. Where no rows are given, a call is about all endpoints of the setup, or about as many
 * as its longest column has values.
 */
export interface Tested {
  readonly host: Host;
  /** May be changed between calls. */
  columns: Record<string, readonly number[]>;
  scalars: Record<string, number>;
  /** The JSON Schema of the settings. */
  readonly settingsSchema: Record<string, unknown>;
  endpointsChanged(endpoints: readonly Endpoint[]): void;
  keep(rows?: readonly number[]): number[];
  score(rows?: readonly number[]): number[];
  /** `rows` are 0, 1, 2 and so on where none are given. */
  pick(totals: readonly number[], rows?: readonly number[]): number[];
  /** Asks the decider. */
  agrees(profile: string, rows?: readonly number[]): boolean;
  next(done: readonly ProfileResult[]): Required<Step>[];
  decision(done: readonly ProfileResult[]): Decision;
  plan(): import("./index.js").Fetch[];
  parse(
    body: string | Uint8Array,
    about?: { fetch?: number; row?: number; status?: number; elapsedMs?: number },
  ): { rank: number; values: number[]; sets: { name: string; members: string[] }[] }[];
  picked(decision: Decision): Header[];
  responseStarted(status?: number): Header[];
  responseEnded(ended?: Partial<Ended>): void;
}

/** An endpoint in `default` named after its row, `pod-<row>`, at `10.0.0.<row>:8000`. */
export function endpoint(row: number, labels?: Record<string, string>): Endpoint;

/** A result of a profile that picked `rows`, each with a total of 1. */
export function picked(profile: string, rows: number[]): ProfileResult;

/** A result of a profile that picked nothing. */
export function ended(profile: string, outcome: ProfileResult["outcome"]): ProfileResult;

/** Fails unless both lists are equal up to rounding; NaN equals NaN. */
export function assertClose(found: readonly number[], expected: readonly number[]): void;
