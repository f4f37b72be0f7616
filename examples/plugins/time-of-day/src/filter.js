// Outside of its hours an endpoint gets no requests. One without hours is always open, and where all are
// closed all stay: a late answer is better than none.

import { log, perRow } from "#switchyard";

import { minuteOf, parse, within } from "./hours.js";

/**
 * @param {import("./settings.js").Settings} settings
 * @returns {import("#switchyard").Filter}
 */
export function filter({ label, utcOffsetMinutes }) {
  /** @type {(import("./hours.js").Hours | undefined)[]} */
  let hours = [];
  return {
    endpointsChanged(endpoints) {
      hours = perRow(endpoints, ({ id, labels }) => {
        const text = labels[label];
        const known = text === undefined ? undefined : parse(text);
        if (text !== undefined && known === undefined) {
          log.warn(
            `${id}: found the label \`${label}\` with \`${text}\`, expected hours such as ` +
              "08:00-20:00; it counts as always open",
          );
        }
        return known;
      });
    },
    keep(request, { rows }) {
      const minute = minuteOf(request.nowMs, utcOffsetMinutes);
      const open = rows.filter((row) => {
        const its = hours[row];
        return its === undefined || within(its, minute);
      });
      return open.length > 0 ? open : rows;
    },
  };
}
