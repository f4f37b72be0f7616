// Endpoints that are being drained get no requests: those whose label `drainLabel` is `true`.

import { type Filter, perRow } from "#switchyard";

import type { Settings } from "./settings.ts";

export function filter({ drainLabel }: Settings): Filter {
  /** Whether an endpoint is being drained. */
  let drained: (boolean | undefined)[] = [];
  return {
    endpointsChanged(endpoints) {
      drained = perRow(endpoints, ({ labels }) => labels[drainLabel] === "true");
    },
    keep(_request, endpoints) {
      return endpoints.rows.filter((row) => drained[row] === false);
    },
  };
}
