// Runs one profile; what it picks is the decision.

import { decisionOf, Fault } from "#switchyard";

/**
 * @param {import("./settings.js").Settings} settings
 * @returns {import("#switchyard").ProfileHandler}
 */
export function profileHandler({ profile }) {
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
