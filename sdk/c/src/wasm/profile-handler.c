// The stage `profile-handler`.

#include "guest.h"

#include <string.h>

typedef exports_switchyard_plugin_profile_handler_list_profile_result_t results;

static const switchyard_profile_result *results_in(const results *done) {
    switchyard_profile_result *in = switchyard_allocate_array(done->len, sizeof *in);
    for (size_t at = 0; at < done->len; at++)
        in[at] = (switchyard_profile_result){
            .profile = switchyard_text_in(done->ptr[at].profile),
            .outcome = (switchyard_outcome)done->ptr[at].outcome,
            .rows = done->ptr[at].rows.ptr,
            .totals = done->ptr[at].totals.ptr,
            .count = done->ptr[at].rows.len,
        };
    return in;
}

// The rows of all results, which are what `inputs` is about.
static switchyard_endpoints picked_in(const results *done, const switchyard_bindings_list_f64_t *inputs) {
    size_t count = 0;
    for (size_t at = 0; at < done->len; at++)
        count += done->ptr[at].rows.len;
    uint32_t *rows = switchyard_allocate_array(count, sizeof *rows);
    uint32_t *to = rows;
    for (size_t at = 0; at < done->len; at++) {
        switchyard_bindings_list_u32_t one = done->ptr[at].rows;
        if (one.len > 0)
            memcpy(to, one.ptr, one.len * sizeof *to);
        to += one.len;
    }
    return switchyard_view(rows, count, inputs);
}

bool exports_switchyard_plugin_profile_handler_next(results *done, switchyard_bindings_list_f64_t *inputs,
                                                    exports_switchyard_plugin_profile_handler_list_step_t *out,
                                                    exports_switchyard_plugin_profile_handler_fault_t *fault) {
    switchyard_endpoints picked = picked_in(done, inputs);
    switchyard_steps steps = {0};
    if (!switchyard_answered(switchyard_exported.next(results_in(done), done->len, &picked, &steps), fault))
        return false;
    out->len = steps.count;
    out->ptr = switchyard_allocate_array(steps.count, sizeof *out->ptr);
    for (size_t at = 0; at < steps.count; at++) {
        out->ptr[at].profile = switchyard_text_out(steps.items[at].profile);
        out->ptr[at].gate = switchyard_text_out(steps.items[at].gate);
    }
    return true;
}

bool exports_switchyard_plugin_profile_handler_decide(results *done, switchyard_bindings_list_f64_t *inputs,
                                                      exports_switchyard_plugin_profile_handler_decision_t *out,
                                                      exports_switchyard_plugin_profile_handler_fault_t *fault) {
    switchyard_endpoints picked = picked_in(done, inputs);
    switchyard_decision decision = {.primary = ""};
    if (!switchyard_answered(switchyard_exported.decide(results_in(done), done->len, &picked, &decision), fault))
        return false;
    out->primary = switchyard_text_out(decision.primary);
    out->targets.len = decision.target_count;
    out->targets.ptr = switchyard_allocate_array(decision.target_count, sizeof *out->targets.ptr);
    for (size_t at = 0; at < decision.target_count; at++) {
        out->targets.ptr[at].row = decision.targets[at].row;
        out->targets.ptr[at].port = decision.targets[at].port;
    }
    out->set_headers.ptr = switchyard_headers_out(&decision.headers);
    out->set_headers.len = decision.headers.count;
    out->extra = (switchyard_plugin_types_list_label_t){NULL, 0};
    return true;
}

SWITCHYARD_AFTER("profile-handler", "next", profile_handler_next)
SWITCHYARD_AFTER("profile-handler", "decide", profile_handler_decide)
