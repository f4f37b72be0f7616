// A further profile runs for long prompts only: from `minPromptTokens` on.
//
// Where the length is not known, it does not run.

import { type Decider, Scalar } from "#switchyard";

import type { Settings } from "./settings.ts";

export function decider({ minPromptTokens }: Settings): Decider {
  return {
    decide(_request, _profile, picked) {
      // A comparison with NaN is false.
      return picked.scalar(Scalar.PromptTokens) >= minPromptTokens;
    },
  };
}
