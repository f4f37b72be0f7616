import assert from "node:assert/strict";
import { test } from "node:test";

import { definePlugin, Fault, log, onlyProfile, ownColumns, Random, state } from "../index.js";
import { tested } from "../testing.js";

/** What `ask` answers while a call lasts that is about this request. */
function during(request, ask, host) {
  let answer;
  const keep = (about) => {
    answer = ask(about);
    return [];
  };
  const create = () => ({ filter: { keep } });
  const plugin = definePlugin({ name: "sample", version: "1", summary: "s", create });
  const rule = tested(plugin, { request, host });
  rule.keep([0]);
  return { answer, host: rule.host };
}

test("a request tells what it is", () => {
  const known = {
    id: "r-1",
    path: "/v1/completions",
    model: "llama",
    targetModel: "llama-8b",
    headers: { "x-tenant": "acme" },
    body: "grüße",
    profile: "decode",
    profiles: ["prefill", "decode"],
    peers: { prefill: [3] },
    nowMs: 1_700_000_000_000,
    seed: 7,
  };
  const { answer } = during(known, (request) => ({
    ...request,
    headers: { "x-tenant": request.header("x-tenant") },
    absent: request.header("x-absent"),
    body: request.body(),
    part: request.body(1, 2),
    past: request.body(99),
    peers: { prefill: request.peers("prefill") },
    none: request.peers("decode"),
    header: undefined,
  }));
  const bytes = new TextEncoder().encode(known.body);
  assert.deepEqual(answer, {
    ...known,
    seed: 7n,
    body: bytes,
    absent: null,
    part: bytes.slice(1, 3),
    past: new Uint8Array(),
    none: [],
    header: undefined,
  });
});

test("a request that nothing is known of is empty", () => {
  const { answer } = during({}, (request) => [request.id, request.nowMs, request.seed]);
  assert.deepEqual(answer, ["", 0, 0n]);
});

test("the seed is what chance comes from", () => {
  const draw = (request) => new Random(request.seed).below(1000);
  assert.equal(during({ seed: 7 }, draw).answer, during({ seed: 7n }, draw).answer);
});

test("the only profile is found", () => {
  assert.equal(during({ profiles: ["chat"] }, onlyProfile).answer, "chat");
  const several = { profiles: ["a", "b"] };
  assert.throws(() => during(several, onlyProfile), { code: 0, message: /2 profiles \(a, b\)/ });
});

test("state is kept for all instances", () => {
  const { host } = during({}, () => {
    state.set("text", "é");
    state.set("bytes", new Uint8Array([1]), 1000);
    state.set("gone", "x");
    state.remove("gone");
  });
  const keys = ["text", "bytes", "gone"];
  const { answer } = during({}, () => keys.map((key) => state.get(key)), host);
  assert.deepEqual(answer, [new Uint8Array([0xc3, 0xa9]), new Uint8Array([1]), null]);
});

test("an entry that is too large is a fault", () => {
  const set = () => state.set("large", new Uint8Array((1 << 20) + 1));
  assert.throws(() => during({}, set), Fault);
});

test("own columns are set and added to", () => {
  const { host } = during({}, () => {
    ownColumns.set(0, 1, 5);
    ownColumns.add(0, 1, 2);
    ownColumns.add(1, 0, 3);
  });
  assert.equal(host.ownColumn(0, 1), 7);
  assert.equal(host.ownColumn(1, 0), 3);
  assert.equal(host.ownColumn(1, 1), NaN);
});

test("lines are logged as text", () => {
  const { host } = during({}, () => {
    log.debug("a");
    log.info(1);
    log.warn("c");
    log.error("d");
  });
  assert.deepEqual(host.lines, [
    { level: "debug", message: "a" },
    { level: "info", message: "1" },
    { level: "warn", message: "c" },
    { level: "error", message: "d" },
  ]);
});
