// The stage `picker`.

#include "guest.h"

bool exports_switchyard_plugin_picker_pick(switchyard_bindings_list_u32_t *rows, switchyard_bindings_list_f64_t *totals,
                                           switchyard_bindings_list_f64_t *inputs, switchyard_bindings_list_u32_t *out,
                                           exports_switchyard_plugin_picker_fault_t *fault) {
    switchyard_endpoints endpoints = switchyard_view(rows->ptr, rows->len, inputs);
    switchyard_rows picked = {.rows = switchyard_allocate_array(rows->len, sizeof(uint32_t)), .capacity = rows->len};
    bool answered = switchyard_answered(switchyard_exported.pick(&endpoints, totals->ptr, &picked), fault);
    *out = (switchyard_bindings_list_u32_t){picked.rows, picked.count};
    return answered;
}

SWITCHYARD_AFTER("picker", "pick", picker_pick)
