// Endpoints that are being drained get no requests: those whose label `drainLabel` is `true`.

import { perRow } from "#switchyard";

/**
 * @param {import("./settings.js").Settings} settings
 * @returns {import("#switchyard").Filter}
 */
export function filter({ drainLabel }) {
  /** Whether an endpoint is being drained. @type {(boolean | undefined)[]} */
  let drained = [];
  return {
    endpointsChanged(endpoints) {
      drained = perRow(endpoints, ({ labels }) => labels[drainLabel] === "true");
    },
    keep(_request, endpoints) {
      return endpoints.rows.filter((row) => drained[row] === false);
    },
  };
}
