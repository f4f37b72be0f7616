// The globals are changed for good, which is why this stands in a file, and so a process, of its own.

import assert from "node:assert/strict";
import { test } from "node:test";

import { enter, Host } from "../src/host/fake.js";
import "../src/globals.js";

test("the console writes to the log", () => {
  const host = new Host();
  enter(host);
  console.log("one", 2, null);
  console.error(new Error("three"));
  assert.deepEqual(host.lines, [
    { level: "info", message: "one 2 null" },
    { level: "error", message: "Error: three" },
  ]);
});

test("there is no clock and no chance", () => {
  assert.throws(() => Date.now(), /no `Date.now\(\)`: use `request.nowMs`/);
  assert.throws(() => new Date(), /request\.nowMs/);
  assert.throws(() => Date(), /request\.nowMs/);
  assert.throws(() => Math.random(), /use `new Random\(request\.seed\)`/);
});

test("a date of a known time is as ever", () => {
  const date = new Date(0);
  assert.ok(date instanceof Date);
  assert.equal(date.toISOString(), "1970-01-01T00:00:00.000Z");
  assert.equal(Date.UTC(1970, 0, 1), 0);
});
