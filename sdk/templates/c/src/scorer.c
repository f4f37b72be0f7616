// The fewer requests wait at an endpoint, the better.
//
// score = 1 - waiting / `fullAt`, at least 0. An endpoint whose queue is not known scores as the worst that is known.

#include "plugin.h"

switchyard_fault score(const switchyard_endpoints *endpoints, double *scores) {
    const double *waiting = switchyard_column(endpoints, SWITCHYARD_COLUMN_WAITING_REQUESTS);
    double full_at = rule.full_at;
    for (size_t at = 0; at < endpoints->count; at++)
        scores[at] = waiting[at] > full_at ? 0 : 1 - waiting[at] / full_at;
    switchyard_unknown_is_worst(scores, endpoints->count);
    return SWITCHYARD_NO_FAULT;
}
