import assert from "node:assert/strict";
import { test } from "node:test";

import { Diagnostics, defineSettings } from "../index.js";
import { objectOf, parse, schemaText } from "../src/settings.js";

const sample = objectOf(
  defineSettings({
    maxValue: { type: "integer", default: 3, minimum: 0, description: "The most." },
    kind: { enum: ["fast", "slow"], type: "string", default: "fast" },
    note: { type: ["string", "null"], default: null, maxLength: 5 },
    steps: {
      type: "array",
      default: [],
      maxItems: 2,
      items: {
        type: "object",
        properties: {
          weight: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 10 },
          on: { type: "boolean", default: true },
        },
      },
    },
    prices: { type: "object", default: {}, additionalProperties: { type: "number", maximum: 9 } },
    label: { type: "string", default: "a.b", pattern: "^[a-z.]+$", minLength: 1 },
  }),
);

function mistakes(settings, schema = sample) {
  try {
    parse(schema, settings);
  } catch (diagnostics) {
    assert.ok(diagnostics instanceof Diagnostics, `${diagnostics.stack}`);
    return diagnostics.list.map(({ path, message }) => `${path}: ${message}`);
  }
  return [];
}

test("mistakes have a path", () => {
  const check = (settings, ...expected) => {
    assert.deepEqual(mistakes(JSON.stringify(settings)), expected);
  };
  check({ maxValue: -1 }, "maxValue: found -1, expected a number of at least 0");
  check({ maxValue: 1.5 }, "maxValue: found 1.5, expected an integer");
  check(
    { maxvalue: 1 },
    "maxvalue: there is no such setting; there are maxValue, kind, note, steps, prices, label",
  );
  check({ kind: "odd" }, 'kind: found "odd", expected one of "fast", "slow"');
  check({ note: "longer" }, 'note: found "longer", expected at most 5 characters');
  check({ note: 1 }, "note: found 1, expected a string or null");
  check(
    { steps: [{ weight: 1 }, { weight: "much", of: 1 }] },
    'steps[1].weight: found "much", expected a number',
    "steps[1].of: there is no such setting; there are weight, on",
  );
  check({ steps: [{ on: false }] }, "steps[0].weight: found nothing, expected a value");
  check({ steps: [{ weight: 0 }] }, "steps[0].weight: found 0, expected a number above 0");
  check({ steps: [{ weight: 10 }] }, "steps[0].weight: found 10, expected a number below 10");
  check(
    { steps: [{ weight: 1 }, { weight: 2 }, { weight: 3 }] },
    'steps: found [{"weight":1},{"weight":2},{"weight":3}], expected at most 2 items',
  );
  check({ prices: { a: 1, b: 10 } }, "prices.b: found 10, expected a number of at most 9");
  check(
    { label: "" },
    'label: found "", expected at least 1 characters and a match of ^[a-z.]+$',
  );
  check([], ": found [], expected an object");
});

test("a long value is cut", () => {
  const [cut] = mistakes(JSON.stringify({ note: "x".repeat(100) }));
  assert.equal(cut, `note: found "${"x".repeat(59)}…, expected at most 5 characters`);
});

test("text that is no JSON is named as such", () => {
  const [mistake] = mistakes("[");
  assert.match(mistake, /^: the settings are not JSON: /);
});

test("nothing given is the default", () => {
  assert.deepEqual(parse(sample, "{}"), {
    maxValue: 3,
    kind: "fast",
    note: null,
    steps: [],
    prices: {},
    label: "a.b",
  });
  const given = '{"steps": [{"weight": 2}], "prices": {"__proto__": 1}}';
  const { steps, prices } = parse(sample, given);
  assert.deepEqual(steps, [{ weight: 2, on: true }]);
  assert.deepEqual(Object.entries(prices), [["__proto__", 1]]);
});

test("a setting without a default must be given", () => {
  const schema = objectOf({ url: { type: "string" } });
  assert.deepEqual(mistakes("{}", schema), ["url: found nothing, expected a value"]);
  assert.deepEqual(parse(schema, '{"url": "x"}'), { url: "x" });
});

test("the schema refuses unknown names at every level", () => {
  const schema = JSON.parse(schemaText(sample));
  assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
  assert.equal(schema.additionalProperties, false);
  assert.deepEqual(schema.required, []);
  assert.deepEqual(schema.properties.maxValue, {
    type: "integer",
    default: 3,
    minimum: 0,
    description: "The most.",
  });
  const { items } = schema.properties.steps;
  assert.equal(items.additionalProperties, false);
  assert.deepEqual(items.required, ["weight"]);
});

test("a schema that cannot be is refused", () => {
  assert.throws(() => objectOf({ a: { type: "number", multipleOf: 2 } }), /keyword `multipleOf`/);
  assert.throws(() => objectOf({ a: { type: "number", default: "1" } }), /default.*expected a number/);
});
