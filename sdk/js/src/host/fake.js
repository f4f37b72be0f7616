// A stand-in for the host, for tests: what the contract imports, kept in a `Host` per test.

import { Fault } from "../faults.js";

const NO_REQUEST = Object.freeze({
  id: "",
  path: "",
  model: "",
  targetModel: "",
  headers: {},
  body: "",
  profile: "",
  profiles: [],
  peers: {},
  nowMs: 0,
  seed: 0,
});

/** The host's limit on an entry of the store. */
const LARGEST = 1 << 20;

/** The plugin's surroundings in one test. */
export class Host {
  constructor(request = {}) {
    this.request = { ...NO_REQUEST, ...request };
    this.lines = [];
    this.entries = new Map();
    this.values = new Map();
  }

  /** The value of an own column; NaN where none was written. */
  ownColumn(column, row) {
    return this.values.get(`${column}/${row}`) ?? NaN;
  }
}

let current = new Host();

/** Makes the imports those of this host. */
export function enter(host) {
  current = host;
}

export function write(level, message) {
  current.lines.push({ level, message });
}

export const request = {
  id: () => current.request.id,
  path: () => current.request.path,
  model: () => current.request.model,
  targetModel: () => current.request.targetModel,
  header: (name) => current.request.headers[name] ?? null,
  body: (offset, length) => bytes(current.request.body).slice(offset, offset + length),
  profile: () => current.request.profile,
  profiles: () => [...current.request.profiles],
  peers: (profile) => [...(current.request.peers[profile] ?? [])],
  nowMs: () => current.request.nowMs,
  seed: () => current.request.seed,
};

export const state = {
  get: (key) => current.entries.get(key)?.slice() ?? null,
  set(key, value) {
    if (key.length + value.length > LARGEST) {
      throw new Fault(0, `the entry has more than ${LARGEST} bytes`);
    }
    current.entries.set(key, value.slice());
  },
  remove: (key) => void current.entries.delete(key),
};

export const ownColumns = {
  set: (column, row, value) => void current.values.set(`${column}/${row}`, value),
  add(column, row, delta) {
    const before = current.ownColumn(column, row);
    this.set(column, row, (Number.isNaN(before) ? 0 : before) + delta);
  },
};

function bytes(body) {
  return typeof body === "string" ? new TextEncoder().encode(body) : body;
}
