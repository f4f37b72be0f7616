import { assert, test, tested } from "#switchyard/testing";

import plugin from "./plugin.js";

test("the best come first", () => {
  const check = (/** @type {object} */ settings, /** @type {number[]} */ expected) => {
    assert.deepEqual(tested(plugin, { settings }).pick([0.5, 2, 1]), expected);
  };
  check({}, [1, 2]);
  check({ fallbacks: 0 }, [1]);
  check({ fallbacks: 9 }, [1, 2, 0]);
});

test("chance decides among equals", () => {
  const rule = tested(plugin);
  const first = (/** @type {number} */ seed) => {
    rule.host.request.seed = seed;
    return rule.pick([1, 1])[0];
  };
  const zeros = Array.from({ length: 1000 }, (_, seed) => first(seed)).filter((row) => row === 0);
  assert.ok(zeros.length > 400 && zeros.length < 600, `${zeros.length} of 1000`);
  assert.equal(first(7), first(7));
});
