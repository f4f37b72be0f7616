// Endpoints that are being drained get no requests: those whose label `drainLabel` is `true`.

#include "plugin.h"

switchyard_fault keep(const switchyard_endpoints *endpoints, switchyard_rows *kept) {
    for (size_t at = 0; at < endpoints->count; at++) {
        const bool *drained = switchyard_at_row(&rule.drained, endpoints->rows[at]);
        if (drained != NULL && !*drained)
            switchyard_add_row(kept, endpoints->rows[at]);
    }
    return SWITCHYARD_NO_FAULT;
}
