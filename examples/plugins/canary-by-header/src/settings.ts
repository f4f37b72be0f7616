// What a configuration can say under `parameters`.

import { defineSettings, type SettingsOf } from "#switchyard";

export const settings = defineSettings({
  header: {
    type: "string",
    description: "The request header that asks for a canary.",
    default: "x-canary",
    minLength: 1,
  },
  value: {
    type: "string",
    description: "The header's value that asks for a canary.",
    default: "always",
  },
  label: {
    type: "string",
    description: "The label that says whether an endpoint is a canary.",
    default: "track",
    minLength: 1,
  },
  labelValue: {
    type: "string",
    description: "The label's value that makes an endpoint a canary.",
    default: "canary",
  },
  percent: {
    type: "number",
    description: "The share of the other requests that goes to the canaries too.",
    default: 0,
    minimum: 0,
    maximum: 100,
  },
  strict: {
    type: "boolean",
    description: "Whether a request is refused where its side has no endpoint; else it may go anywhere.",
    default: false,
  },
});

export type Settings = SettingsOf<typeof settings>;
