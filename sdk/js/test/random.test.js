import assert from "node:assert/strict";
import { test } from "node:test";

import { Random } from "../index.js";

test("the sequence is the published one", () => {
  // The first outputs of SplitMix64 for seed 1234567.
  const random = new Random(1234567);
  assert.equal(random.nextU64(), 6457827717110365317n);
  assert.equal(random.nextU64(), 3203168211198807973n);
});

test("a shuffle is that of the other languages", () => {
  assert.deepEqual(new Random(7n).shuffle([0, 1, 2, 3, 4]), [3, 4, 2, 0, 1]);
  assert.deepEqual(new Random(1).shuffle([0, 1, 2, 3, 4]), [1, 0, 3, 4, 2]);
});

test("a seed of 64 bits counts whole", () => {
  const first = (seed) => new Random(seed).nextU64();
  assert.notEqual(first(2n ** 63n), first(2n ** 63n + 1n));
  assert.equal(first(2n ** 64n + 5n), first(5n));
});

test("shuffles are fair", () => {
  const first = [0, 0, 0, 0];
  for (let seed = 0; seed < 4000; seed += 1) {
    first[new Random(seed).shuffle([0, 1, 2, 3])[0]] += 1;
  }
  assert.ok(
    first.every((count) => count > 850 && count < 1150),
    first.join(" "),
  );
});

test("fractions stay between 0 and 1", () => {
  const random = new Random(1);
  let sum = 0;
  for (let drawn = 0; drawn < 10_000; drawn += 1) {
    const value = random.nextF64();
    assert.ok(value > 0 && value < 1, `${value}`);
    sum += value;
  }
  assert.ok(Math.abs(sum / 10_000 - 0.5) < 0.02, `${sum}`);
  assert.equal(random.below(0), 0);
});
