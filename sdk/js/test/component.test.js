import assert from "node:assert/strict";
import { test } from "node:test";

import { definePlugin, Fault } from "../index.js";
import { contractOf } from "../src/stages.js";

const plugin = definePlugin({
  name: "sample",
  version: "1.2.3",
  summary: "A sample",
  create: () => ({ filter: { keep: (request, { rows }) => rows } }),
});

test("the component has the stages it was built for", () => {
  const { lifecycle, filter } = contractOf(plugin, ["filter"]);
  lifecycle.configure("{}");
  assert.deepEqual(filter.keep([1], []), new Uint32Array([1]));
  const other = contractOf(plugin, ["filter", "scorer"]);
  assert.throws(
    () => other.lifecycle.configure("{}"),
    /made filter, expected filter, scorer: .* plugin\.toml/,
  );
});

test("the host gets diagnostics as a list", () => {
  const { lifecycle } = contractOf(plugin, ["filter"]);
  let thrown;
  try {
    lifecycle.configure('{"a": 1}');
  } catch (error) {
    thrown = error;
  }
  assert.deepEqual(thrown, [{ path: "a", message: "there is no such setting; there are none" }]);
});

test("a plugin that was not configured says so", () => {
  const { filter } = contractOf(plugin, ["filter"]);
  assert.throws(() => filter.keep([0], []), Fault);
});

test("who it is, is known before", () => {
  const { name, version, summary, settingsSchema, extra } = contractOf(plugin).lifecycle.describe();
  assert.deepEqual([name, version, summary, extra], ["sample", "1.2.3", "A sample", []]);
  assert.equal(JSON.parse(settingsSchema).type, "object");
});
