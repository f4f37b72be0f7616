import { assert, test } from "#switchyard/testing";

import { minuteOf, parse, within } from "./hours.js";

test("a label says from when to when", () => {
  assert.deepEqual(parse("08:00-20:30"), { from: 480, to: 1230 });
  assert.deepEqual(parse("08.00-20.30"), { from: 480, to: 1230 });
  assert.deepEqual(parse("00:00-24:00"), { from: 0, to: 1440 });
});

test("anything else says nothing", () => {
  const texts = ["", "8:00-20:00", "08:00", "08:60-20:00", "24:00-06:00", "08:00-24:01", "day"];
  for (const text of texts) {
    assert.equal(parse(text), undefined, text);
  }
});

test("hours may go over midnight", () => {
  const check = (/** @type {string} */ text, /** @type {number} */ minute, expected = true) => {
    const hours = parse(text);
    assert.ok(hours);
    assert.equal(within(hours, minute), expected, `${text} at ${minute}`);
  };
  check("08:00-20:00", 480);
  check("08:00-20:00", 1199);
  check("08:00-20:00", 1200, false);
  check("20:00-06:00", 1200);
  check("20:00-06:00", 0);
  check("20:00-06:00", 359);
  check("20:00-06:00", 360, false);
  check("07:00-07:00", 0);
});

test("the minute is that of the labels' clock", () => {
  const at = Date.UTC(2026, 0, 1, 23, 30);
  assert.equal(minuteOf(at, 0), 1410);
  assert.equal(minuteOf(at, 60), 30);
  assert.equal(minuteOf(at, -300), 1110);
  assert.equal(minuteOf(0, -60), 1380);
});
