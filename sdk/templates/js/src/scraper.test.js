import { assert, test, tested } from "#switchyard/testing";

import plugin from "./plugin.js";

test("the metric is asked for", () => {
  const [fetch] = tested(plugin).plan();
  assert.deepEqual(fetch.families, ["gpu_temperature_celsius"]);
  assert.deepEqual(fetch.columns, ["custom/gpu-temperature"]);
});

test("its value fills the column", () => {
  const body = [
    "# HELP gpu_temperature_celsius Hottest GPU.",
    "gpu_temperature_celsius_max 90",
    'gpu_temperature_celsius{gpu="0"} 61.5',
  ];
  const [sample] = tested(plugin).parse(body.join("\n"));
  assert.deepEqual(sample.values, [61.5]);
});

test("a metric that is not there is unknown", () => {
  const [sample] = tested(plugin).parse("up 1\n");
  assert.deepEqual(sample.values, [NaN]);
});

test("any other status is a fault", () => {
  assert.throws(() => tested(plugin).parse("", { status: 404 }), { code: 0, message: /404/ });
});
