// The endpoints with the best totals, best first: one, and `fallbacks` further ones.
//
// Among equals chance decides. It comes from the request's seed, so that a replay picks the same.

import { Random } from "#switchyard";

/**
 * @param {import("./settings.js").Settings} settings
 * @returns {import("#switchyard").Picker}
 */
export function picker({ fallbacks }) {
  return {
    pick(request, endpoints, totals) {
      const ranked = endpoints.rows.map((row, at) => ({ row, total: totals[at] }));
      new Random(request.seed).shuffle(ranked);
      ranked.sort((one, other) => other.total - one.total);
      return ranked.slice(0, fallbacks + 1).map(({ row }) => row);
    },
  };
}
