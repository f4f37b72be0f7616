// Canaries for the requests that ask for them and for a share of the others; the rest for all else.

import { type Filter, perRow, Random, type Request } from "#switchyard";

import type { Settings } from "./settings.ts";

export function filter(settings: Settings): Filter {
  const { label, labelValue, strict } = settings;
  let canaries: (boolean | undefined)[] = [];
  return {
    endpointsChanged(endpoints) {
      canaries = perRow(endpoints, ({ labels }) => labels[label] === labelValue);
    },
    keep(request, { rows }) {
      const wanted = wantsCanary(request, settings);
      const side = rows.filter((row) => canaries[row] === wanted);
      return side.length > 0 || strict ? side : rows;
    },
  };
}

/** Chance comes from the request's seed, so that a replay decides the same. */
function wantsCanary(request: Request, { header, value, percent }: Settings): boolean {
  // The host knows headers by their lower-case names.
  if (request.header(header.toLowerCase()) === value) {
    return true;
  }
  return percent > 0 && new Random(request.seed).nextF64() * 100 < percent;
}
