// Checks a value against the part of JSON Schema that settings need.

/** What a setting's schema can say. */
export const keywords = new Set([
  "title",
  "description",
  "default",
  "examples",
  "type",
  "enum",
  "minimum",
  "maximum",
  "exclusiveMinimum",
  "exclusiveMaximum",
  "minLength",
  "maxLength",
  "pattern",
  "items",
  "minItems",
  "maxItems",
  "properties",
  "additionalProperties",
]);

/** Notes all that is wrong with a value. */
export function check(schema, value, path, diagnostics) {
  const types = [schema.type ?? []].flat();
  if (types.length > 0 && !types.some((type) => isOf(type, value))) {
    diagnostics.add(path, `found ${shown(value)}, expected ${article(types.join(" or "))}`);
    return;
  }
  if (schema.enum !== undefined && !schema.enum.includes(value)) {
    const known = schema.enum.map(shown).join(", ");
    diagnostics.add(path, `found ${shown(value)}, expected one of ${known}`);
    return;
  }
  const expected = [...limits(schema, value)];
  if (expected.length > 0) {
    diagnostics.add(path, `found ${shown(value)}, expected ${expected.join(" and ")}`);
  }
  if (Array.isArray(value) && schema.items !== undefined) {
    value.forEach((item, at) => check(schema.items, item, `${path}[${at}]`, diagnostics));
  }
  if (isOf("object", value)) {
    checkProperties(schema, value, path, diagnostics);
  }
}

function checkProperties(schema, value, path, diagnostics) {
  const { properties = {}, required = [], additionalProperties = true } = schema;
  const inside = (name) => (path === "" ? name : `${path}.${name}`);
  for (const name of Object.keys(value)) {
    if (Object.hasOwn(properties, name)) {
      check(properties[name], value[name], inside(name), diagnostics);
    } else if (typeof additionalProperties === "object") {
      check(additionalProperties, value[name], inside(name), diagnostics);
    } else if (!additionalProperties) {
      const known = Object.keys(properties).join(", ") || "none";
      diagnostics.add(inside(name), `there is no such setting; there are ${known}`);
    }
  }
  for (const name of required.filter((name) => !Object.hasOwn(value, name))) {
    diagnostics.add(inside(name), "found nothing, expected a value");
  }
}

/** What a value of the right type fails to be. A comparison with a limit that is not there is false. */
function* limits(schema, value) {
  if (typeof value === "number") {
    const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
    if (value < minimum) yield `a number of at least ${minimum}`;
    if (value > maximum) yield `a number of at most ${maximum}`;
    if (value <= exclusiveMinimum) yield `a number above ${exclusiveMinimum}`;
    if (value >= exclusiveMaximum) yield `a number below ${exclusiveMaximum}`;
  }
  if (typeof value === "string") {
    const { minLength, maxLength, pattern } = schema;
    const length = [...value].length;
    if (length < minLength) yield `at least ${minLength} characters`;
    if (length > maxLength) yield `at most ${maxLength} characters`;
    if (pattern !== undefined && !new RegExp(pattern, "u").test(value)) yield `a match of ${pattern}`;
  }
  if (Array.isArray(value)) {
    const { minItems, maxItems } = schema;
    if (value.length < minItems) yield `at least ${minItems} items`;
    if (value.length > maxItems) yield `at most ${maxItems} items`;
  }
}

/** A copy with the defaults of what the value does not hold. It must have been checked. */
export function fill(schema, value) {
  if (Array.isArray(value)) {
    return Object.freeze(value.map((item) => fill(schema.items ?? {}, item)));
  }
  if (!isOf("object", value)) {
    return value;
  }
  const { properties = {}, additionalProperties = {} } = schema;
  const names = new Set([...Object.keys(properties), ...Object.keys(value)]);
  const filled = Array.from(names, (name) => {
    const its = properties[name] ?? additionalProperties;
    return [name, fill(its, Object.hasOwn(value, name) ? value[name] : its.default)];
  });
  return Object.freeze(Object.fromEntries(filled));
}

function isOf(type, value) {
  switch (type) {
    case "number":
      return typeof value === "number";
    case "integer":
      return Number.isInteger(value);
    case "null":
      return value === null;
    case "array":
      return Array.isArray(value);
    case "object":
      return typeof value === "object" && value !== null && !Array.isArray(value);
    default:
      return typeof value === type;
  }
}

function article(type) {
  return /^[aio]/.test(type) ? `an ${type}` : `a ${type}`;
}

/** A value as JSON, cut where it is long. */
function shown(value) {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
