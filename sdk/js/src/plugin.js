// Who a plugin is, as its author writes it down.

import { objectOf } from "./settings.js";

/** The stages a plugin can have: the contract's interfaces as names of JavaScript. */
export const STAGES = Object.freeze([
  "filter",
  "scorer",
  "picker",
  "decider",
  "profileHandler",
  "scraper",
  "hooks",
]);

/** A plugin; what a component is made of and what tests run. */
export function definePlugin({ name, version, summary, settings = {}, needs = {}, create }) {
  for (const [property, text] of Object.entries({ name, version, summary })) {
    if (typeof text !== "string" || text === "") {
      throw new TypeError(`definePlugin: found no \`${property}\`, expected a text`);
    }
  }
  if (typeof create !== "function") {
    throw new TypeError("definePlugin: found no `create`, expected a function of the settings");
  }
  return Object.freeze({
    name,
    version,
    summary,
    // Made here so that a schema that cannot be fails the build.
    schema: objectOf(settings),
    needs: typeof needs === "function" ? needs : () => needs,
    create,
  });
}

/** Sends the request where a profile's result says, to each endpoint's own port. */
export function decisionOf(result) {
  return { primary: result.profile, targets: Array.from(result.rows, (row) => ({ row })) };
}
