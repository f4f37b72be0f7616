// The stage `hooks`.

#include "guest.h"

static switchyard_endpoints targets_in(const exports_switchyard_plugin_hooks_decision_t *decision,
                                       const switchyard_bindings_list_f64_t *inputs) {
    uint32_t *rows = switchyard_allocate_array(decision->targets.len, sizeof *rows);
    for (size_t at = 0; at < decision->targets.len; at++)
        rows[at] = decision->targets.ptr[at].row;
    return switchyard_view(rows, decision->targets.len, inputs);
}

static switchyard_decision decision_in(const exports_switchyard_plugin_hooks_decision_t *decision) {
    switchyard_decision in = {
        .primary = switchyard_text_in(decision->primary),
        .headers = switchyard_headers_in(decision->set_headers),
    };
    for (size_t at = 0; at < decision->targets.len; at++)
        switchyard_add_target(&in, decision->targets.ptr[at].row, decision->targets.ptr[at].port);
    return in;
}

bool exports_switchyard_plugin_hooks_picked(exports_switchyard_plugin_hooks_decision_t *decision,
                                            switchyard_bindings_list_f64_t *inputs,
                                            exports_switchyard_plugin_hooks_list_header_t *out,
                                            exports_switchyard_plugin_hooks_fault_t *fault) {
    switchyard_headers headers = {0};
    if (switchyard_exported.picked != NULL) {
        switchyard_decision in = decision_in(decision);
        switchyard_endpoints targets = targets_in(decision, inputs);
        if (!switchyard_answered(switchyard_exported.picked(&in, &targets, &headers), fault))
            return false;
    }
    *out = (exports_switchyard_plugin_hooks_list_header_t){switchyard_headers_out(&headers), headers.count};
    return true;
}

bool exports_switchyard_plugin_hooks_response_started(uint16_t status,
                                                      exports_switchyard_plugin_hooks_list_header_t *out,
                                                      exports_switchyard_plugin_hooks_fault_t *fault) {
    switchyard_headers headers = {0};
    if (switchyard_exported.response_started != NULL &&
        !switchyard_answered(switchyard_exported.response_started(status, &headers), fault))
        return false;
    *out = (exports_switchyard_plugin_hooks_list_header_t){switchyard_headers_out(&headers), headers.count};
    return true;
}

bool exports_switchyard_plugin_hooks_response_ended(exports_switchyard_plugin_hooks_ended_t *ended,
                                                    exports_switchyard_plugin_hooks_fault_t *fault) {
    switchyard_ended in = {
        .ending = (switchyard_ending)ended->ending,
        .status = ended->status,
        .prompt_tokens = ended->prompt_tokens,
        .cached_tokens = ended->cached_tokens,
        .completion_tokens = ended->completion_tokens,
        .first_token_ms = ended->first_token_ms,
        .total_ms = ended->total_ms,
    };
    return switchyard_exported.response_ended == NULL ||
           switchyard_answered(switchyard_exported.response_ended(&in), fault);
}

SWITCHYARD_AFTER("hooks", "picked", hooks_picked)
SWITCHYARD_AFTER("hooks", "response-started", hooks_response_started)
SWITCHYARD_AFTER("hooks", "response-ended", hooks_response_ended)
