// Hours of the day, as a label writes them: `08:00-20:00`, or over midnight `20:00-06:00`.
//
// Kubernetes allows no colon in a label, so a point does as well: `08.00-20.00`.

const HOURS = /^(\d\d)[:.](\d\d)-(\d\d)[:.](\d\d)$/;

const DAY = 24 * 60;

/**
 * Minutes of the day; `to` is the first after the end.
 * @typedef {{from: number, to: number}} Hours
 */

/**
 * The hours that a label says; `undefined` where it says none.
 * @param {string} text
 * @returns {Hours | undefined}
 */
export function parse(text) {
  const parts = HOURS.exec(text);
  if (parts === null) {
    return undefined;
  }
  const [fromHour, fromMinute, toHour, toMinute] = parts.slice(1).map(Number);
  const from = fromHour * 60 + fromMinute;
  const to = toHour * 60 + toMinute;
  // A day may end at 24:00, and does not begin there.
  const known = fromMinute < 60 && toMinute < 60 && from < DAY && to <= DAY;
  return known ? { from, to } : undefined;
}

/**
 * Whether a minute of the day lies within. From a time to the same is the whole day.
 * @param {Hours} hours
 * @param {number} minute
 */
export function within({ from, to }, minute) {
  return from < to ? from <= minute && minute < to : from <= minute || minute < to;
}

/**
 * The minute of the day.
 * @param {number} nowMs
 * @param {number} utcOffsetMinutes
 */
export function minuteOf(nowMs, utcOffsetMinutes) {
  const minute = (Math.floor(nowMs / 60_000) + utcOffsetMinutes) % DAY;
  // Before 1970 there are no requests, but an offset may lead there in a test.
  return minute < 0 ? minute + DAY : minute;
}
