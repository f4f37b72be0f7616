/**
 * Write a Switchyard plugin in JavaScript or TypeScript.
 *
 * A plugin is a module whose default export is `definePlugin({…})`:
 *
 * ```js
 * import { Column, definePlugin } from "#switchyard";
 *
 * export default definePlugin({
 *   name: "roomy-scorer",
 *   version: "1.0.0",
 *   summary: "Prefers servers with room in their KV cache",
 *   needs: { columns: [Column.KvCacheUsage] },
 *   create: () => ({
 *     scorer: {
 *       score(request, endpoints, scores) {
 *         scores.each(endpoints.column(Column.KvCacheUsage), (used) => 1 - used);
 *       },
 *     },
 *   }),
 * });
 * ```
 *
 * Two rules hold everywhere. A number that is not known is NaN. And there are several instances of a plugin,
 * each of which may be replaced at any time: what must last or be shared goes to `state` or to own columns.
 */

// ---------------------------------------------------------------- Who a plugin is

/** What a plugin's module exports as its default. */
export interface Plugin {
  readonly name: string;
  readonly version: string;
  readonly summary: string;
  /** The JSON Schema of all settings. */
  readonly schema: object;
}

export interface PluginDefinition<S extends SettingsSchema> {
  /** The type name as configurations write it, such as `queue-scorer`. */
  name: string;
  /** The plugin's version, such as `1.4.0`. */
  version: string;
  /** One sentence for lists and tables. */
  summary: string;
  /** The JSON Schema of each setting. One without a `default` must be given; unknown ones are refused. */
  settings?: S;
  /** What it reads and may do, known beforehand or by the settings. */
  needs?: Needs | ((settings: SettingsOf<S>) => Needs);
  /**
   * Makes an instance: an object for each stage that `plugin.toml` names. The settings have been checked
   * against their schema; throw `Diagnostics` for what a schema cannot say.
   */
  create(settings: SettingsOf<S>): Stages;
}

/** Defines a plugin. */
export function definePlugin<const S extends SettingsSchema = Record<never, never>>(
  plugin: PluginDefinition<S>,
): Plugin;

/** What a plugin reads and may do. */
export interface Needs {
  /** Columns without which the plugin makes no sense: if nothing produces one, the configuration is refused. */
  columns?: readonly ColumnName[];
  /** Columns that are NaN where nothing produces them. */
  optionalColumns?: readonly ColumnName[];
  /** Scalars without which the plugin makes no sense. */
  scalars?: readonly ScalarName[];
  /** Scalars that are NaN where nothing produces them. */
  optionalScalars?: readonly ScalarName[];
  /** Columns the plugin writes with `ownColumns`, which calls them by their position here. */
  ownColumns?: readonly string[];
  /** `body`: read the request's body. `state`: use the key-value store. */
  capabilities?: readonly ("body" | "state")[];
}

// ---------------------------------------------------------------- Settings

/** The schema of one setting: JSON Schema, with these keywords and no others. */
export interface SettingSchema {
  title?: string;
  /** What the setting means, for whoever writes a configuration. */
  description?: string;
  /** What holds where a configuration says nothing. */
  default?: unknown;
  examples?: readonly unknown[];
  type: SettingType | readonly SettingType[];
  enum?: readonly (string | number | boolean | null)[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  items?: SettingSchema;
  minItems?: number;
  maxItems?: number;
  /** The settings inside of an object. */
  properties?: SettingsSchema;
  /** The schema of all values of an object whose names are the configuration's. */
  additionalProperties?: SettingSchema;
}

export type SettingType = "string" | "number" | "integer" | "boolean" | "null" | "array" | "object";

export interface SettingsSchema {
  readonly [name: string]: SettingSchema;
}

interface ByType {
  string: string;
  number: number;
  integer: number;
  boolean: boolean;
  null: null;
  array: readonly unknown[];
  object: Readonly<Record<string, unknown>>;
}

/** The type of a setting by its schema. */
export type SettingOf<S> = S extends { enum: readonly (infer E)[] }
  ? E
  : S extends { items: infer I }
    ? readonly SettingOf<I>[]
    : S extends { properties: infer P }
      ? SettingsOf<P>
      : S extends { additionalProperties: infer V }
        ? Readonly<Record<string, SettingOf<V>>>
        : S extends { type: readonly (infer T extends SettingType)[] }
          ? ByType[T]
          : S extends { type: infer T extends SettingType }
            ? ByType[T]
            : never;

/** The type of all settings by their schemas. */
export type SettingsOf<S> = { readonly [K in keyof S]: SettingOf<S[K]> };

/** Gives the settings back as they are, with types that `SettingsOf` and editors know. */
export function defineSettings<const S extends SettingsSchema>(settings: S): S;

/** Mistakes in the settings. Thrown by `create`, it keeps the plugin from starting. */
export class Diagnostics extends Error {
  /** Just one. `path` leads into the settings, such as `steps[1].weight`; empty: the whole. */
  static one(path: string, message: string): Diagnostics;
  readonly list: readonly { path: string; message: string }[];
  /** Notes another, so that a person sees all of them at once. */
  add(path: string, message: string): this;
  throwIfAny(): void;
}

// ---------------------------------------------------------------- Stages

/** An instance: one object per stage. */
export interface Stages extends Follower {
  filter?: Filter;
  scorer?: Scorer;
  picker?: Picker;
  decider?: Decider;
  profileHandler?: ProfileHandler;
  scraper?: Scraper;
  hooks?: Hooks;
}

interface Follower {
  /**
   * All endpoints that exist now: told before the first request, and again after any of them came, went or
   * changed its labels. Names and labels are told only here; see `perRow`.
   */
  endpointsChanged?(endpoints: readonly Endpoint[], generation: number): void;
}

/** Drops endpoints that must not get the request. */
export interface Filter extends Follower {
  /** The rows that stay, in any order. */
  keep(request: Request, endpoints: Endpoints): ArrayLike<number>;
}

/** Says how well each endpoint suits the request. */
export interface Scorer extends Follower {
  /** Fills `scores`: one per endpoint, from 0 (worst, and what they are at first) to 1 (best). */
  score(request: Request, endpoints: Endpoints, scores: Scores): void;
}

/** Chooses among the endpoints by their weighted totals. */
export interface Picker extends Follower {
  /** The rows to use, best first, at least one. `totals` has one number per endpoint. */
  pick(request: Request, endpoints: Endpoints, totals: readonly number[]): ArrayLike<number>;
}

/** Answers whether a further profile shall run. */
export interface Decider extends Follower {
  /** `picked` are the endpoints that the profile's forerunner picked, best first. */
  decide(request: Request, profile: string, picked: Endpoints): boolean;
}

/** Says which profiles run, and makes one decision of their results. */
export interface ProfileHandler extends Follower {
  /** The profiles to run next; none: go on to `decide`. `picked` are the endpoints of all results so far. */
  next(request: Request, done: readonly ProfileResult[], picked: Endpoints): Step[];
  /** The decision; see `decisionOf`. */
  decide(request: Request, done: readonly ProfileResult[], picked: Endpoints): Decision;
}

/** Reads numbers about the model servers. The host does the fetching. */
export interface Scraper extends Follower {
  /** What to fetch. */
  plan(): Fetch[];
  /** What an answer tells of its endpoint, or of each rank behind the address. */
  parse(answer: Answer): Sample[];
}

/** Follows a request. */
export interface Hooks extends Follower {
  /** The decision is made; answers headers for the request. */
  picked?(request: Request, decision: Required<Decision>, targets: Endpoints): Header[] | undefined;
  /** The response began; answers headers for the response. */
  responseStarted?(request: Request, status: number): Header[] | undefined;
  /** The request is over. */
  responseEnded?(request: Request, ended: Ended): void;
}

/**
 * The plugin says no: throw it. Any other error that leaves a stage counts as a crash, is logged, and costs
 * the instance.
 */
export class Fault extends Error {
  /** The plugin cannot answer, and its `onFault` says what the request gets. */
  static cannotAnswer(message: string): Fault;
  /** The request is refused with this HTTP status, from 400 to 599. */
  static refuse(status: number, message: string): Fault;
  /** The status; 0: cannot answer. */
  readonly code: number;
}

// ---------------------------------------------------------------- What a call is about

/** The request at hand. Each reading asks the host, so keep what is read twice. */
export interface Request {
  /** `x-request-id`, or one the host made. */
  readonly id: string;
  /** The path without the query, such as `/v1/chat/completions`. */
  readonly path: string;
  /** The model the client named; empty where it named none. */
  readonly model: string;
  /** The model the server will be asked for, after rewrites. */
  readonly targetModel: string;
  /** A header by its lower-case name; several of one name are joined by `, `. */
  header(name: string): string | null;
  /** Up to `length` bytes of the body from `offset`; all without either. Needs the capability `body`. */
  body(offset?: number, length?: number): Uint8Array;
  /** The profile that runs; empty outside of profiles. */
  readonly profile: string;
  /** The names of the configuration's profiles. */
  readonly profiles: readonly string[];
  /** The rows that a profile which already ran picked, best first; `""`: those of the decision. */
  peers(profile: string): readonly number[];
  /** Unix time in ms at which scheduling began. There is no other clock, so that a replay knows it. */
  readonly nowMs: number;
  /** Looks random and is the same on replay; see `Random`. */
  readonly seed: bigint;
}

/** The endpoints a call is about, in the host's order. It is gone after the call: keep no reference. */
export interface Endpoints {
  /** Their row numbers. */
  readonly rows: readonly number[];
  /** How many there are. */
  readonly length: number;
  /** One value per endpoint; NaN: not known. The plugin's needs must name the column. */
  column(name: ColumnName): readonly number[];
  /** One number about the request; NaN: not known. The plugin's needs must name the scalar. */
  scalar(name: ScalarName): number;
}

/** One score per endpoint, with the shapes that scores usually have. In all of them unknown is worst. */
export interface Scores extends Float64Array {
  /** `score` of each value. Where it is NaN, the lowest of the others; 0 where there are no others. */
  each(values: readonly number[], score: (value: number, at: number) => number): void;
  /**
   * From the least value, which scores 1, to the greatest, which scores 0. All equal score 1. An unknown
   * value counts as the greatest known one.
   */
  lowerIsBetter(values: readonly number[]): void;
  /** Gives every NaN the lowest of the other scores; 0 where there are no others. */
  unknownIsWorst(): void;
  /** Gives every NaN this score. */
  replaceUnknown(instead: number): void;
}

/** One model server. */
export interface Endpoint {
  /** Its number for life; the index into what `perRow` made. */
  readonly row: number;
  /** `namespace/name`, unique among the endpoints. */
  readonly id: string;
  readonly name: string;
  readonly namespace: string;
  /** IPv4 or IPv6, without brackets. */
  readonly address: string;
  readonly port: number;
  /** Data-parallel rank; 0 where there is only one. */
  readonly rank: number;
  /** As discovery gave them. */
  readonly labels: Readonly<Record<string, string | undefined>>;
}

/**
 * What `value` makes of each endpoint, found by row: a rule about names or labels is worked out once when
 * membership changes, and is an array access afterwards.
 */
export function perRow<T>(
  endpoints: readonly Endpoint[],
  value: (endpoint: Endpoint) => T,
): (T | undefined)[];

/** `address:port`, with an IPv6 address in brackets. */
export function hostPort(endpoint: { address: string; port: number }): string;

/** The configuration's only profile. Throws a `Fault` that names them where there are several. */
export function onlyProfile(): string;

// ---------------------------------------------------------------- Profiles and decisions

export interface ProfileResult {
  readonly profile: string;
  readonly outcome: "picked" | "gated" | "filtered-out" | "failed";
  /** The picked rows, best first. */
  readonly rows: readonly number[];
  /** The total score of each of them. */
  readonly totals: readonly number[];
}

/** A profile to run, if the decider named as its gate agrees. */
export interface Step {
  profile: string;
  gate?: string;
}

/** Where a request goes. */
export interface Decision {
  /** The profile whose pick is the destination. */
  primary: string;
  /** Best first. `port` 0, or none: the endpoint's own. */
  targets: { row: number; port?: number }[];
  /** Request headers to set on the way to the model server. */
  setHeaders?: Header[];
  extra?: { key: string; value: string }[];
}

export interface Header {
  /** In lower case. */
  name: string;
  value: string;
}

/** Sends the request where a profile's result says, to each endpoint's own port. */
export function decisionOf(result: ProfileResult): Decision;

/** How a request ended. A number that is not known is NaN. */
export interface Ended {
  readonly ending: "complete" | "failed-upstream" | "client-left" | "refused";
  /** 0: no response was seen. */
  readonly status: number;
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly firstTokenMs: number;
  readonly totalMs: number;
}

// ---------------------------------------------------------------- Scraping

/** Something the host shall fetch from every model server, again and again. */
export interface Fetch {
  /** For logs and metrics, such as `metrics`. */
  name: string;
  /** Once per endpoint, which is meant where nothing is said, or once per address. */
  scope?: "endpoint" | "address";
  /** `http` where nothing is said. */
  scheme?: "http" | "https";
  /** 0: the endpoint's own port. */
  port?: number;
  /** Such as `/metrics`. */
  path: string;
  /** 0: the host's interval. */
  intervalMs?: number;
  /** 0: 1000. */
  timeoutMs?: number;
  /** Prometheus metric families, by their whole names; `parse` then gets only their lines. */
  families?: string[];
  /** The columns that `values` of a sample fills, in this order. */
  columns?: string[];
  /** The string sets that `sets` of a sample may hold. */
  sets?: string[];
}

/** One answer that the host fetched. */
export interface Answer {
  /** Which of the planned fetches it answers. */
  readonly fetch: number;
  /** The endpoint asked; with the scope `address` its first rank. */
  readonly row: number;
  /** HTTP status. */
  readonly status: number;
  readonly elapsedMs: number;
  /** The body, or of an exposition just the families asked for. */
  readonly body: Uint8Array;
  /** The body as text. Throws a `Fault` where it is none. */
  text(): string;
}

/** What a fetch told of one endpoint. */
export interface Sample {
  /** The rank it is about, with the scope `address`. */
  rank?: number;
  /** One per column of the fetch; NaN where the answer did not say. */
  values: number[];
  sets?: { name: string; members: string[] }[];
}

/** Reads Prometheus expositions. */
export namespace exposition {
  /** All series of an exposition; what is no series is passed over. */
  function series(text: string): IterableIterator<Series>;

  interface Series {
    /** Such as `vllm:num_requests_waiting`. */
    readonly name: string;
    /** Looked at only when asked. */
    readonly labels: { get(name: string): string | undefined };
    readonly value: number;
    readonly timestamp: number | undefined;
  }
}

// ---------------------------------------------------------------- What the host keeps and hears

/** A key-value store that all instances share and that outlives them. Needs the capability `state`. */
export namespace state {
  function get(key: string): Uint8Array | null;
  /** Keeps a value for `ttlMs`; 0: for the host's longest time. Throws a `Fault` where it is too large. */
  function set(key: string, value: Uint8Array | string, ttlMs?: number): void;
  function remove(key: string): void;
}

/** The columns this plugin writes; `column` is a position in the `ownColumns` of its needs. */
export namespace ownColumns {
  function set(column: number, row: number, value: number): void;
  /** NaN counts as 0 before the addition. */
  function add(column: number, row: number, delta: number): void;
}

/** Lines for the host's log, marked with the plugin's name. */
export namespace log {
  /** For whoever debugs the plugin. */
  function debug(message: string): void;
  /** Worth knowing, nothing to do. */
  function info(message: string): void;
  /** Something is not as it should be. */
  function warn(message: string): void;
  /** The plugin could not do what it is for. */
  function error(message: string): void;
}

// ---------------------------------------------------------------- Helpers

/** Numbers that look random and come out the same on replay; the same in every language of the SDK. */
export class Random {
  /** Starts from `request.seed`, or from any other whole number. */
  constructor(seed: bigint | number);
  /** 64 bits. */
  nextU64(): bigint;
  /** Between 0 and 1, both exclusive. */
  nextF64(): number;
  /** Below `bound`, each number equally likely; 0 for a bound of 0. */
  below(bound: number): number;
  /** Puts an array in random order, and gives it back. */
  shuffle<T>(items: T[]): T[];
}

/** Text from UTF-8. Throws a `URIError` for bytes that are none. */
export function decodeText(bytes: Uint8Array): string;

/** UTF-8 from text. */
export function encodeText(text: string): Uint8Array;

// ---------------------------------------------------------------- Names

/** Numbers per endpoint. */
export const Column: {
  /** Requests in the model server's waiting queue. */
  readonly WaitingRequests: "waiting-requests";
  /** Requests the model server is executing. */
  readonly RunningRequests: "running-requests";
  /** Used share of the KV cache, 0 to 1. */
  readonly KvCacheUsage: "kv-cache-usage";
  /** Size of the KV cache in blocks. */
  readonly KvCacheBlocks: "kv-cache-blocks";
  /** Tokens in one block of the KV cache. */
  readonly KvBlockTokens: "kv-block-tokens";
  /** How many LoRA adapters the server can have active at once. */
  readonly LoraMax: "lora-max";
  /** LoRA adapters that are active. */
  readonly LoraRunningSize: "lora-running/size";
  /** 1 if the request's target model is an active adapter, else 0. */
  readonly LoraRunningHasModel: "lora-running/has-model";
  /** LoRA adapters with waiting requests. */
  readonly LoraWaitingSize: "lora-waiting/size";
  /** 1 if the request's target model is a waiting adapter, else 0. */
  readonly LoraWaitingHasModel: "lora-waiting/has-model";
  /** Requests this picker sent there which are not over. */
  readonly InFlightRequests: "in-flight-requests";
  /** Prompt tokens, and estimated output tokens where configured, of those requests. */
  readonly InFlightTokens: "in-flight-tokens";
  /** Leading blocks of the prompt that the server should hold, by the picker's own index. */
  readonly PrefixMatchBlocks: "prefix-match-blocks";
  /** Leading blocks of the prompt in GPU memory, by the servers' own events. */
  readonly KvMatchBlocksGpu: "kv-match-blocks/gpu";
  /** Leading blocks of the prompt in CPU memory, by the servers' own events. */
  readonly KvMatchBlocksCpu: "kv-match-blocks/cpu";
  /** Milliseconds since the server's metrics were last read. */
  readonly MetricsAgeMs: "metrics-age-ms";
};

/** One of `Column`, or any other, such as `custom/gpu-temperature` or another plugin's own column. */
export type ColumnName = (typeof Column)[keyof typeof Column] | (string & Record<never, never>);

/** Numbers per request. */
export const Scalar: {
  /** Bytes of the prompt's text. */
  readonly PromptBytes: "prompt-bytes";
  /** Tokens of the prompt; estimated at four bytes a token. */
  readonly PromptTokens: "prompt-tokens";
  /** Blocks of the prompt in the picker's prefix index. */
  readonly PrefixTotalBlocks: "prefix-total-blocks";
  /** Tokens in one of those blocks. */
  readonly BlockTokens: "block-tokens";
  /** Bytes of the request's body. */
  readonly BodyBytes: "body-bytes";
  /** 1 if the client asked for a stream, else 0. */
  readonly Stream: "stream";
  /** The request's priority; below 0 it may be shed. */
  readonly Priority: "priority";
  /** The most tokens the client wants generated. */
  readonly MaxTokens: "max-tokens";
  /** Images, videos and sounds in the prompt. */
  readonly MultimodalParts: "multimodal-parts";
  /** How many endpoints the request may use, before any filter. */
  readonly Candidates: "candidates";
};

/** One of `Scalar`, or any other. */
export type ScalarName = (typeof Scalar)[keyof typeof Scalar] | (string & Record<never, never>);

declare global {
  /** Writes to the host's log, as `log` does. */
  interface Console {
    debug(...values: unknown[]): void;
    log(...values: unknown[]): void;
    info(...values: unknown[]): void;
    warn(...values: unknown[]): void;
    error(...values: unknown[]): void;
  }
  var console: Console;
}
