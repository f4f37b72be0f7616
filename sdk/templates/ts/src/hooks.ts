// Names the endpoint that answered in a header of the response.

import { type Hooks, perRow } from "#switchyard";

import type { Settings } from "./settings.ts";

export function hooks({ header }: Settings): Hooks {
  let names: (string | undefined)[] = [];
  return {
    endpointsChanged(endpoints) {
      names = perRow(endpoints, ({ name }) => name);
    },
    responseStarted(request, _status) {
      const [taken] = request.peers("");
      const value = names[taken];
      return value === undefined ? [] : [{ name: header, value }];
    },
  };
}
