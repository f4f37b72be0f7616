import assert from "node:assert/strict";
import { test } from "node:test";

import { hostPort, perRow } from "../index.js";
import { Endpoints, withLabels } from "../src/endpoints.js";
import { endpoint } from "../testing.js";

test("columns and scalars are found by name", () => {
  const needs = { columns: ["a", "b"], scalars: ["s", "t"] };
  const endpoints = new Endpoints(needs).of([4, 7], [1, 2, 0.25, 0.5, 300, 16]);
  assert.equal(endpoints.length, 2);
  assert.deepEqual(endpoints.rows, [4, 7]);
  assert.deepEqual(endpoints.column("a"), [1, 2]);
  assert.deepEqual(endpoints.column("b"), [0.25, 0.5]);
  assert.equal(endpoints.scalar("s"), 300);
  assert.equal(endpoints.scalar("t"), 16);
  endpoints.of([], [5, 6]);
  assert.deepEqual(endpoints.column("b"), []);
  assert.equal(endpoints.scalar("t"), 6);
});

test("a single column is not copied", () => {
  const inputs = [1, 2];
  const endpoints = new Endpoints({ columns: ["a"], scalars: [] }).of([0, 1], inputs);
  assert.equal(endpoints.column("a"), inputs);
});

test("an undeclared name is an error that names those there are", () => {
  const endpoints = new Endpoints({ columns: ["a", "b"], scalars: [] }).of([0], [1, 2]);
  assert.throws(() => endpoints.column("c"), /column `c`, expected one .* \(a, b\)/);
  assert.throws(() => endpoints.scalar("c"), /scalar `c`, expected one .* \(none\)/);
});

test("values are found by row", () => {
  const names = perRow([endpoint(5), endpoint(2)], ({ name }) => name);
  assert.deepEqual(names, [undefined, undefined, "pod-2", undefined, undefined, "pod-5"]);
  assert.deepEqual(
    perRow([], () => 1),
    [],
  );
});

test("labels are found by key, the first of several", () => {
  const labels = [
    { key: "__proto__", value: "x" },
    { key: "role", value: "decode" },
    { key: "role", value: "prefill" },
  ];
  const known = withLabels({ ...endpoint(0), labels }).labels;
  assert.equal(known.role, "decode");
  assert.equal(known["__proto__"], "x");
  assert.equal(known.toString, undefined);
});

test("an IPv6 address is bracketed", () => {
  assert.equal(hostPort({ address: "10.0.0.7", port: 8000 }), "10.0.0.7:8000");
  assert.equal(hostPort({ address: "2001:db8::7", port: 80 }), "[2001:db8::7]:80");
});
