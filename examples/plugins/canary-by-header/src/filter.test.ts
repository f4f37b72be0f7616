import { assert, endpoint, test, tested } from "#switchyard/testing";

import plugin from "./plugin.ts";

const endpoints = [
  endpoint(0),
  endpoint(1, { track: "canary" }),
  endpoint(2, { track: "stable" }),
  endpoint(3, { track: "canary", ring: "first" }),
];

function keep(settings: object, headers: Record<string, string>, rows?: number[]): number[] {
  return tested(plugin, { settings, endpoints, request: { headers } }).keep(rows);
}

test("who asks gets a canary, and nobody else", () => {
  assert.deepEqual(keep({}, { "x-canary": "always" }), [1, 3]);
  assert.deepEqual(keep({}, { "x-canary": "never" }), [0, 2]);
  assert.deepEqual(keep({}, {}), [0, 2]);
});

test("header and label are settings", () => {
  const settings = { header: "X-Ring", value: "1", label: "ring", labelValue: "first" };
  assert.deepEqual(keep(settings, { "x-ring": "1" }), [3]);
  assert.deepEqual(keep(settings, { "x-ring": "2" }), [0, 1, 2]);
});

test("a side without endpoints is everyone's", () => {
  assert.deepEqual(keep({}, { "x-canary": "always" }, [0, 2]), [0, 2]);
  assert.deepEqual(keep({}, {}, [1, 3]), [1, 3]);
});

test("a strict one keeps none then", () => {
  assert.deepEqual(keep({ strict: true }, { "x-canary": "always" }, [0, 2]), []);
  assert.deepEqual(keep({ strict: true }, {}, [1, 3]), []);
  assert.deepEqual(keep({ strict: true }, {}), [0, 2]);
});

test("a share of the others goes to the canaries", () => {
  const rule = tested(plugin, { settings: { percent: 20 }, endpoints });
  const canary = (seed: number) => {
    rule.host.request.seed = seed;
    return rule.keep().includes(1);
  };
  const share = Array.from({ length: 1000 }, (_, seed) => canary(seed)).filter(Boolean).length;
  assert.ok(share > 160 && share < 240, `${share} of 1000`);
  assert.equal(canary(7), canary(7));
});

test("all or none is a share too", () => {
  assert.deepEqual(keep({ percent: 100 }, {}), [1, 3]);
  assert.deepEqual(keep({ percent: 0 }, {}), [0, 2]);
  assert.throws(() => keep({ percent: 101 }, {}), /percent: found 101, expected .* at most 100/);
});
