import { assert, endpoint, test, tested } from "#switchyard/testing";

import plugin from "./plugin.ts";

const endpoints = [
  endpoint(0),
  endpoint(1, { drain: "true" }),
  endpoint(2, { drain: "false", old: "true" }),
];

test("drained endpoints go", () => {
  assert.deepEqual(tested(plugin, { endpoints }).keep(), [0, 2]);
});

test("another label can say so", () => {
  const settings = { drainLabel: "old" };
  assert.deepEqual(tested(plugin, { settings, endpoints }).keep(), [0, 1]);
});
