// A key-value store that all instances of the plugin share and that outlives them.

import { state } from "#host";

import { Fault } from "./faults.js";
import { encodeText } from "./text.js";

export function get(key) {
  return state.get(String(key));
}

export function set(key, value, ttlMs = 0) {
  const bytes = typeof value === "string" ? encodeText(value) : value;
  try {
    state.set(String(key), bytes, ttlMs);
  } catch (refused) {
    const fault = refused.payload;
    throw fault === undefined ? refused : new Fault(fault.code, fault.message);
  }
}

export function remove(key) {
  state.remove(String(key));
}
