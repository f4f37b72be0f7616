// A plugin's settings: what their JSON Schema says, from JSON to a plain object, and mistakes to
// diagnostics with a path.
//
// An author writes the schema of each setting. What is here knows the keywords that settings need and
// refuses any other, so that nothing is promised to whoever writes a configuration and then not checked.

import { Diagnostics } from "./faults.js";
import { check, fill, keywords } from "./schema.js";

/** Keeps the types of the settings for editors. */
export function defineSettings(settings) {
  return settings;
}

/** The schema of an object, from those of what it holds: of all settings, or of one that holds others. */
export function objectOf(settings) {
  const names = Object.keys(settings);
  return {
    type: "object",
    properties: Object.fromEntries(names.map((name) => [name, complete(settings[name])])),
    required: names.filter((name) => !("default" in settings[name])),
    additionalProperties: false,
  };
}

/** The schema as `describe` tells it. */
export function schemaText(schema) {
  return JSON.stringify({
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Settings",
    ...schema,
  });
}

/** One setting's schema: objects inside of it refuse unknown names as well. */
function complete(schema) {
  for (const keyword of Object.keys(schema)) {
    if (!keywords.has(keyword)) {
      const known = [...keywords].join(", ");
      throw new TypeError(`found the keyword \`${keyword}\` in a setting, expected one of ${known}`);
    }
  }
  const { properties, additionalProperties, items, ...rest } = schema;
  const whole = {
    ...rest,
    ...(properties && objectOf(properties)),
    ...(additionalProperties && { additionalProperties: complete(additionalProperties) }),
    ...(items && { items: complete(items) }),
  };
  if ("default" in schema) {
    const diagnostics = new Diagnostics();
    check(whole, schema.default, "the default of a setting", diagnostics);
    diagnostics.throwIfAny();
  }
  return whole;
}

/** Reads settings, with defaults where nothing is given. Throws `Diagnostics`, with all that is wrong. */
export function parse(schema, text) {
  let given;
  try {
    given = JSON.parse(text);
  } catch (error) {
    throw Diagnostics.one("", `the settings are not JSON: ${error.message}`);
  }
  const diagnostics = new Diagnostics();
  check(schema, given, "", diagnostics);
  diagnostics.throwIfAny();
  return fill(schema, given);
}
