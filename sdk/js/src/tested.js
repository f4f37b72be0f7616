// A configured plugin and the numbers the host would give it.
//
// It goes through the same calls as the component. A column that a test does not give is NaN, and one
// that the plugin did not declare never arrives.

import assert from "node:assert/strict";

import { Diagnostics } from "./faults.js";
import { enter, Host } from "./host/fake.js";
import { order } from "./needs.js";
import { contractOf } from "./stages.js";

export { Host };

/** Configures a plugin as the host would. Throws `Diagnostics` where it refuses the settings. */
export function tested(plugin, setup = {}) {
  return new Tested(plugin, setup);
}

/** An endpoint in `default` named after its row, at `10.0.0.<row>:8000`. */
export function endpoint(row, labels = {}) {
  const name = `pod-${row}`;
  return {
    row,
    id: `default/${name}`,
    name,
    namespace: "default",
    address: `10.0.0.${row}`,
    port: 8000,
    rank: 0,
    labels,
  };
}

/** A result of a profile that picked `rows`, each with a total of 1. */
export function picked(profile, rows) {
  return { profile, outcome: "picked", rows, totals: rows.map(() => 1) };
}

/** A result of a profile that picked nothing. */
export function ended(profile, outcome) {
  return { profile, outcome, rows: [], totals: [] };
}

/** Fails unless both lists are equal up to rounding; NaN equals NaN. */
export function assertClose(found, expected) {
  const close = (value, at) =>
    Object.is(value, expected[at]) || Math.abs(value - expected[at]) < 1e-9;
  const equal = found.length === expected.length && found.every(close);
  assert.ok(equal, `found ${found.join(", ")}, expected ${expected.join(", ")}`);
}

class Tested {
  #contract;
  #order;
  #rows;

  constructor(plugin, setup) {
    const { settings = {}, endpoints = [], columns = {}, scalars = {}, request, host } = setup;
    this.host = host ?? new Host(request);
    this.columns = columns;
    this.scalars = scalars;
    this.#contract = contractOf(plugin);
    this.needs = this.#call("lifecycle", "configure", JSON.stringify(settings));
    this.#order = order(this.needs);
    const longest = Math.max(0, ...Object.values(columns).map((values) => values.length));
    this.#rows = endpoints.length > 0 ? endpoints.map(({ row }) => row) : upTo(longest);
    this.endpointsChanged(endpoints);
  }

  /** The JSON Schema of the settings. */
  get settingsSchema() {
    return JSON.parse(this.#call("lifecycle", "describe").settingsSchema);
  }

  endpointsChanged(endpoints) {
    const labels = (of) => Object.entries(of).map(([key, value]) => ({ key, value }));
    const told = endpoints.map((one) => ({ ...one, labels: labels(one.labels) }));
    this.#call("lifecycle", "endpointsChanged", 1, told);
  }

  keep(rows = this.#rows) {
    return Array.from(this.#call("filter", "keep", rows, this.#inputs(rows)));
  }

  score(rows = this.#rows) {
    return Array.from(this.#call("scorer", "score", rows, this.#inputs(rows)));
  }

  pick(totals, rows = upTo(totals.length)) {
    return Array.from(this.#call("picker", "pick", rows, totals, this.#inputs(rows)));
  }

  agrees(profile, rows = this.#rows) {
    return this.#call("decider", "decide", profile, rows, this.#inputs(rows));
  }

  next(done) {
    return this.#call("profileHandler", "next", done, this.#inputs(rowsOf(done)));
  }

  decision(done) {
    return this.#call("profileHandler", "decide", done, this.#inputs(rowsOf(done)));
  }

  plan() {
    return this.#call("scraper", "plan");
  }

  parse(body, { fetch = 0, row = 0, status = 200, elapsedMs = 1 } = {}) {
    const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
    const samples = this.#call("scraper", "parse", fetch, row, status, elapsedMs, bytes);
    return samples.map((sample) => ({ ...sample, values: Array.from(sample.values) }));
  }

  picked(decision) {
    const rows = decision.targets.map(({ row }) => row);
    return this.#call("hooks", "picked", decision, this.#inputs(rows));
  }

  responseStarted(status = 200) {
    return this.#call("hooks", "responseStarted", status);
  }

  responseEnded(told = {}) {
    this.#call("hooks", "responseEnded", { ...NOTHING_KNOWN, ...told });
  }

  #inputs(rows) {
    const column = (name) => rows.map((row) => this.columns[name]?.[row] ?? NaN);
    const scalar = (name) => this.scalars[name] ?? NaN;
    return [...this.#order.columns.flatMap(column), ...this.#order.scalars.map(scalar)];
  }

  /** Calls as the host does, which gets diagnostics as a list. */
  #call(stage, method, ...given) {
    enter(this.host);
    try {
      return this.#contract[stage][method](...given);
    } catch (thrown) {
      if (Array.isArray(thrown)) {
        const diagnostics = new Diagnostics();
        thrown.forEach(({ path, message }) => diagnostics.add(path, message));
        throw diagnostics;
      }
      throw thrown;
    }
  }
}

const NOTHING_KNOWN = Object.freeze({
  ending: "complete",
  status: 200,
  promptTokens: NaN,
  cachedTokens: NaN,
  completionTokens: NaN,
  firstTokenMs: NaN,
  totalMs: NaN,
});

function upTo(length) {
  return Array.from({ length }, (_, row) => row);
}

function rowsOf(done) {
  return done.flatMap(({ rows }) => rows);
}
