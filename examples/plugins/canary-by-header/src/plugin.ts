// A new version of a model server is tried by those who ask for it: requests with a header go to the
// canaries, all others to the rest, and a share of those as well if one is set.

import { definePlugin } from "#switchyard";

import { filter } from "./filter.ts";
import { settings } from "./settings.ts";

export default definePlugin({
  name: "canary-by-header",
  version: "0.1.0",
  summary: "Requests with a header go to the canaries, all others to the rest",
  settings,
  create: (settings) => ({ filter: filter(settings) }),
});
