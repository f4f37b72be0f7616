// The stage `filter`.

#include "guest.h"

bool exports_switchyard_plugin_filter_keep(switchyard_bindings_list_u32_t *rows, switchyard_bindings_list_f64_t *inputs,
                                           switchyard_bindings_list_u32_t *out,
                                           exports_switchyard_plugin_filter_fault_t *fault) {
    switchyard_endpoints endpoints = switchyard_view(rows->ptr, rows->len, inputs);
    switchyard_rows kept = {.rows = switchyard_allocate_array(rows->len, sizeof(uint32_t)), .capacity = rows->len};
    bool answered = switchyard_answered(switchyard_exported.keep(&endpoints, &kept), fault);
    *out = (switchyard_bindings_list_u32_t){kept.rows, kept.count};
    return answered;
}

SWITCHYARD_AFTER("filter", "keep", filter_keep)
