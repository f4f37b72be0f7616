import { assert, endpoint, test, tested } from "#switchyard/testing";

import plugin from "./plugin.ts";

const endpoints = [endpoint(0), endpoint(1)];

test("the first endpoint is named", () => {
  const check = (taken: number[], expected: object[]) => {
    const rule = tested(plugin, { endpoints, request: { peers: { "": taken } } });
    assert.deepEqual(rule.responseStarted(200), expected, `${taken}`);
  };
  check([1, 0], [{ name: "x-served-by", value: "pod-1" }]);
  check([], []);
  check([9], []);
});

test("another header can name it", () => {
  const request = { peers: { "": [0] } };
  const rule = tested(plugin, { settings: { header: "x-pod" }, endpoints, request });
  assert.deepEqual(rule.responseStarted(200), [{ name: "x-pod", value: "pod-0" }]);
});
