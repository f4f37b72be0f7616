// Runs one profile; what it picks is the decision.

import { decisionOf, Fault, type ProfileHandler } from "#switchyard";

import type { Settings } from "./settings.ts";

export function profileHandler({ profile }: Settings): ProfileHandler {
  return {
    next(_request, done) {
      // Called again after the profile ran: nothing more is to run then.
      return done.length === 0 ? [{ profile }] : [];
    },
    decide(_request, done) {
      const picked = done.find(({ outcome }) => outcome === "picked");
      if (picked === undefined) {
        throw Fault.refuse(503, "no endpoint can take the request");
      }
      return decisionOf(picked);
    },
  };
}
