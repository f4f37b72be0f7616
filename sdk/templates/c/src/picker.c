// The endpoints with the best totals, best first: one, and `fallbacks` further ones.
//
// Among equals chance decides. It comes from the request's seed, so that a replay picks the same.

#include "plugin.h"

switchyard_fault pick(const switchyard_endpoints *endpoints, const double *totals, switchyard_rows *picked) {
    switchyard_random random = {switchyard_request_seed()};
    uint32_t *order = switchyard_positions(endpoints->count);
    switchyard_shuffle(&random, order, endpoints->count);
    switchyard_greatest_first(order, endpoints->count, totals);
    for (size_t at = 0; at < endpoints->count && at <= rule.fallbacks; at++)
        switchyard_add_row(picked, endpoints->rows[order[at]]);
    return SWITCHYARD_NO_FAULT;
}
