// What the component of a plugin exports.

import { contractOf } from "./stages.js";
import "./globals.js";

/** The contract's interfaces, for the entry that the builder writes. */
export function component(plugin, stages) {
  if (typeof plugin?.create !== "function") {
    throw new TypeError("the plugin's module has no `export default definePlugin({…})`");
  }
  return contractOf(plugin, stages);
}
