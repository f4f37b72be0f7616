// The stage `scorer`.

#include "guest.h"

bool exports_switchyard_plugin_scorer_score(switchyard_bindings_list_u32_t *rows,
                                            switchyard_bindings_list_f64_t *inputs, switchyard_bindings_list_f64_t *out,
                                            exports_switchyard_plugin_scorer_fault_t *fault) {
    switchyard_endpoints endpoints = switchyard_view(rows->ptr, rows->len, inputs);
    *out = (switchyard_bindings_list_f64_t){switchyard_allocate_array(rows->len, sizeof(double)), rows->len};
    return switchyard_answered(switchyard_exported.score(&endpoints, out->ptr), fault);
}

SWITCHYARD_AFTER("scorer", "score", scorer_score)
