// What a configuration can say under `parameters`.

import { defineSettings } from "#switchyard";

export const settings = defineSettings({
  label: {
    type: "string",
    description: "The label that says when an endpoint is open, such as `08:00-20:00`.",
    default: "hours",
    minLength: 1,
  },
  utcOffsetMinutes: {
    type: "integer",
    description: "How far the clock of the labels is ahead of UTC: 60 for UTC+1, -300 for UTC-5.",
    default: 0,
    minimum: -840,
    maximum: 840,
  },
});

/** @typedef {import("#switchyard").SettingsOf<typeof settings>} Settings */
