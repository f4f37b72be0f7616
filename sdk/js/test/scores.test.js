import assert from "node:assert/strict";
import { test } from "node:test";

import { Scores } from "../src/scores.js";

function scored(length, fill) {
  const scores = new Scores(length);
  fill(scores);
  return Array.from(scores);
}

test("lower scores better", () => {
  const check = (values, expected) => {
    const found = scored(values.length, (scores) => scores.lowerIsBetter(values));
    assert.deepEqual(found, expected, `${values}`);
  };
  check([10, 5, 0], [0, 0.5, 1]);
  check([5, 5], [1, 1]);
  check([0, 0], [1, 1]);
  check([3], [1]);
  check([2, NaN, 6], [1, 0, 0]);
  check([4, NaN], [1, 1]);
  check([NaN, NaN], [1, 1]);
  check([], []);
});

test("an unknown value gets the lowest score", () => {
  const check = (values, expected) => {
    const found = scored(values.length, (scores) => scores.each(values, (value) => 1 - value));
    assert.deepEqual(found, expected, `${values}`);
  };
  check([0.25, 0.5, 1], [0.75, 0.5, 0]);
  check([0.25, NaN, 0.5], [0.75, 0.5, 0.5]);
  check([NaN, NaN], [0, 0]);
  check([], []);
});

test("scores are set one by one as well", () => {
  const found = scored(3, (scores) => {
    scores[0] = NaN;
    scores[2] = 0.5;
    scores.replaceUnknown(0.25);
  });
  assert.deepEqual(found, [0.25, 0, 0.5]);
});
