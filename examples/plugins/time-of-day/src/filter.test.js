import { assert, endpoint, test, tested } from "#switchyard/testing";

import plugin from "./plugin.js";

const endpoints = [
  endpoint(0, { hours: "08:00-20:00" }),
  endpoint(1, { hours: "20:00-08:00" }),
  endpoint(2),
];

/**
 * @param {number} hour
 * @param {object} [setup]
 */
function at(hour, setup = {}) {
  return tested(plugin, { endpoints, request: { nowMs: Date.UTC(2026, 0, 1, hour) }, ...setup });
}

test("an endpoint is chosen in its hours", () => {
  assert.deepEqual(at(12).keep(), [0, 2]);
  assert.deepEqual(at(20).keep(), [1, 2]);
  assert.deepEqual(at(3).keep(), [1, 2]);
});

test("the offset is that of the labels' clock", () => {
  assert.deepEqual(at(19, { settings: { utcOffsetMinutes: 60 } }).keep(), [1, 2]);
});

test("where all are closed all stay", () => {
  assert.deepEqual(at(12).keep([1]), [1]);
});

test("another label can say so", () => {
  const endpoints = [endpoint(0, { open: "08.00-20.00" }), endpoint(1)];
  assert.deepEqual(at(3, { settings: { label: "open" }, endpoints }).keep(), [1]);
});

test("hours that cannot be read are logged, and the endpoint stays", () => {
  const rule = at(3, { endpoints: [endpoint(0, { hours: "8-20" })] });
  assert.deepEqual(rule.keep(), [0]);
  const [{ level, message }] = rule.host.lines;
  assert.equal(level, "warn");
  assert.match(message, /^default\/pod-0: found the label `hours` with `8-20`, expected hours/);
});

test("an offset has bounds", () => {
  assert.throws(() => at(3, { settings: { utcOffsetMinutes: 900 } }), /utcOffsetMinutes: found 900/);
});
