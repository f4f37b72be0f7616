// The types are written by hand, so this holds their names against those that there are.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import * as sdk from "../index.js";
import * as testing from "../testing.js";

const types = (file) => readFileSync(new URL(`../${file}`, import.meta.url), "utf8");

function declared(text) {
  const found = text.matchAll(/^export (?:const|function|class|namespace) (\w+)/gm);
  return Array.from(found, ([, name]) => name).sort();
}

test("every name has a type, and every type a name", () => {
  assert.deepEqual(Object.keys(sdk).sort(), declared(types("index.d.ts")));
  assert.deepEqual(Object.keys(testing).sort(), declared(types("testing.d.ts")));
});

test("columns and scalars are those of the types", () => {
  const text = types("index.d.ts");
  const named = Array.from(text.matchAll(/^ {2}readonly (\w+): ("[^"]+");$/gm), ([, name, value]) => [
    name,
    JSON.parse(value),
  ]);
  const known = [...Object.entries(sdk.Column), ...Object.entries(sdk.Scalar)];
  assert.deepEqual(known, named);
  assert.equal(new Set(known.map(([, value]) => value)).size, known.length);
});
