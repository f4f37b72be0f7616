// The fewer requests wait at an endpoint, the better.
//
// score = 1 - waiting / `fullAt`, at least 0. An endpoint whose queue is not known scores as the worst
// that is known.

import { Column, type Scorer } from "#switchyard";

import type { Settings } from "./settings.ts";

export function scorer({ fullAt }: Settings): Scorer {
  return {
    score(_request, endpoints, scores) {
      const waiting = endpoints.column(Column.WaitingRequests);
      scores.each(waiting, (waiting) => (waiting > fullAt ? 0 : 1 - waiting / fullAt));
    },
  };
}
