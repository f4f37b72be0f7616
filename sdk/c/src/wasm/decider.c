// The stage `decider`.

#include "guest.h"

bool exports_switchyard_plugin_decider_decide(switchyard_bindings_string_t *profile,
                                              switchyard_bindings_list_u32_t *rows,
                                              switchyard_bindings_list_f64_t *inputs, bool *agrees,
                                              exports_switchyard_plugin_decider_fault_t *fault) {
    switchyard_endpoints picked = switchyard_view(rows->ptr, rows->len, inputs);
    *agrees = false;
    return switchyard_answered(switchyard_exported.agree(switchyard_text_in(*profile), &picked, agrees), fault);
}

SWITCHYARD_AFTER("decider", "decide", decider_decide)
