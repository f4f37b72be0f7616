// Reads one metric of each endpoint into a column that other plugins can ask for.
//
// The host fetches, as often as it fetches everything else, and hands over the lines of the metric alone.

import { exposition, Fault } from "#switchyard";

/**
 * @param {import("./settings.js").Settings} settings
 * @returns {import("#switchyard").Scraper}
 */
export function scraper({ metric, column }) {
  return {
    plan() {
      return [{ name: "metrics", path: "/metrics", families: [metric], columns: [column] }];
    },
    parse(answer) {
      if (answer.status !== 200) {
        throw Fault.cannotAnswer(`/metrics answered with status ${answer.status}, expected 200`);
      }
      for (const { name, value } of exposition.series(answer.text())) {
        if (name === metric) {
          return [{ values: [value] }];
        }
      }
      return [{ values: [NaN] }];
    },
  };
}
