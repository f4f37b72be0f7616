// A further profile runs for long prompts only: from `minPromptTokens` on.
//
// Where the length is not known, it does not run.

import { Scalar } from "#switchyard";

/**
 * @param {import("./settings.js").Settings} settings
 * @returns {import("#switchyard").Decider}
 */
export function decider({ minPromptTokens }) {
  return {
    decide(_request, _profile, picked) {
      // A comparison with NaN is false.
      return picked.scalar(Scalar.PromptTokens) >= minPromptTokens;
    },
  };
}
