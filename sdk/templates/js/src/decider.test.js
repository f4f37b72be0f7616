import { Scalar } from "#switchyard";
import { assert, test, tested } from "#switchyard/testing";

import plugin from "./plugin.js";

test("long prompts are agreed to", () => {
  const check = (/** @type {object} */ settings, /** @type {number} */ tokens, expected = true) => {
    const rule = tested(plugin, { settings, scalars: { [Scalar.PromptTokens]: tokens } });
    assert.equal(rule.agrees("prefill", [0]), expected, `${tokens} tokens`);
  };
  check({}, 256);
  check({}, 255, false);
  check({ minPromptTokens: 10 }, 11);
  check({}, NaN, false);
});
