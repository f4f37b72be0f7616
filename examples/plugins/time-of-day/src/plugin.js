// Endpoints get requests in their hours only, as a label of theirs says: capacity that is cheap at night, a
// cluster whose day is elsewhere, servers that batch work needs from eight in the evening.

import { definePlugin } from "#switchyard";

import { filter } from "./filter.js";
import { settings } from "./settings.js";

export default definePlugin({
  name: "time-of-day",
  version: "0.1.0",
  summary: "Endpoints get requests in their hours only",
  settings,
  create: (settings) => ({ filter: filter(settings) }),
});
