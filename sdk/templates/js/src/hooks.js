// Names the endpoint that answered in a header of the response.

import { perRow } from "#switchyard";

/**
 * @param {import("./settings.js").Settings} settings
 * @returns {import("#switchyard").Hooks}
 */
export function hooks({ header }) {
  /** @type {(string | undefined)[]} */
  let names = [];
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
