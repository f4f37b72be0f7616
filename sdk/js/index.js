// Write a Switchyard plugin in JavaScript or TypeScript. What each name means stands in `index.d.ts`,
// which editors show.

export { Column, Scalar } from "./src/columns.js";
export { hostPort, perRow } from "./src/endpoints.js";
export * as exposition from "./src/exposition.js";
export { Diagnostics, Fault } from "./src/faults.js";
export * as log from "./src/log.js";
export * as ownColumns from "./src/own-columns.js";
export { decisionOf, definePlugin } from "./src/plugin.js";
export { Random } from "./src/random.js";
export { onlyProfile } from "./src/request.js";
export { defineSettings } from "./src/settings.js";
export * as state from "./src/state.js";
export { decodeText, encodeText } from "./src/text.js";
