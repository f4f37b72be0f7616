// Who the plugin is, its settings, its needs, and the endpoints when they change.

#include "guest.h"

#include "../settings.h"

switchyard_needs switchyard_needed;

void exports_switchyard_plugin_lifecycle_describe(exports_switchyard_plugin_lifecycle_about_t *about) {
    about->name = switchyard_text_out(switchyard_exported.name);
    about->version = switchyard_text_out(switchyard_exported.version);
    about->summary = switchyard_text_out(switchyard_exported.summary);
    about->settings_schema = switchyard_text_out(switchyard_settings_schema(&switchyard_exported));
    about->extra = (switchyard_plugin_types_list_label_t){NULL, 0};
}

// A stage of plugin.toml without its function would be found out at its first request.
static void check_stage(switchyard_diagnostics *diagnostics, bool named, const char *stage, bool present,
                        const char *function) {
    if (named && !present)
        switchyard_diagnose(diagnostics, "",
                            "`stages` of plugin.toml names %s, but `switchyard_exported` has no `.%s`: give it one",
                            stage, function);
    if (present && !named)
        switchyard_diagnose(diagnostics, "",
                            "`switchyard_exported` has `.%s`, but `stages` of plugin.toml does not name %s: name it",
                            function, stage);
}

// The build says which stages plugin.toml names.
#ifndef SWITCHYARD_STAGES
#define SWITCHYARD_STAGES 0
#endif
enum { FILTER = 1, SCORER = 2, PICKER = 4, DECIDER = 8, PROFILE_HANDLER = 16, SCRAPER = 32, HOOKS = 64 };

static void check_stages(switchyard_diagnostics *diagnostics) {
    const switchyard_plugin *plugin = &switchyard_exported;
    int named = SWITCHYARD_STAGES;
    check_stage(diagnostics, named & FILTER, "filter", plugin->keep != NULL, "keep");
    check_stage(diagnostics, named & SCORER, "scorer", plugin->score != NULL, "score");
    check_stage(diagnostics, named & PICKER, "picker", plugin->pick != NULL, "pick");
    check_stage(diagnostics, named & DECIDER, "decider", plugin->agree != NULL, "agree");
    check_stage(diagnostics, named & PROFILE_HANDLER, "profile-handler", plugin->next != NULL, "next");
    check_stage(diagnostics, named & PROFILE_HANDLER, "profile-handler", plugin->decide != NULL, "decide");
    check_stage(diagnostics, named & SCRAPER, "scraper", plugin->plan != NULL, "plan");
    check_stage(diagnostics, named & SCRAPER, "scraper", plugin->parse != NULL, "parse");
    if (!(named & HOOKS)) {
        check_stage(diagnostics, false, "hooks", plugin->picked != NULL, "picked");
        check_stage(diagnostics, false, "hooks", plugin->response_started != NULL, "response_started");
        check_stage(diagnostics, false, "hooks", plugin->response_ended != NULL, "response_ended");
    }
}

static exports_switchyard_plugin_lifecycle_list_diagnostic_t diagnostics_out(const switchyard_diagnostics *found) {
    switchyard_plugin_types_diagnostic_t *out = switchyard_allocate_array(found->count, sizeof *out);
    for (size_t at = 0; at < found->count; at++) {
        out[at].path = switchyard_text_out(found->items[at].path);
        out[at].message = switchyard_text_out(found->items[at].message);
    }
    return (exports_switchyard_plugin_lifecycle_list_diagnostic_t){out, found->count};
}

static switchyard_plugin_types_list_input_t inputs_out(const switchyard_inputs *inputs) {
    switchyard_plugin_types_input_t *out = switchyard_allocate_array(inputs->count, sizeof *out);
    for (size_t at = 0; at < inputs->count; at++) {
        out[at].name = switchyard_text_out(inputs->items[at].name);
        out[at].required = inputs->items[at].required;
    }
    return (switchyard_plugin_types_list_input_t){out, inputs->count};
}

bool exports_switchyard_plugin_lifecycle_configure(switchyard_bindings_string_t *settings,
                                                   exports_switchyard_plugin_lifecycle_needs_t *needs,
                                                   exports_switchyard_plugin_lifecycle_list_diagnostic_t *mistakes) {
    switchyard_keep_for_instance();
    switchyard_diagnostics diagnostics = {0};
    check_stages(&diagnostics);
    switchyard_read_settings(&switchyard_exported, switchyard_text_in(*settings), &diagnostics);
    if (diagnostics.count == 0 && switchyard_exported.configure != NULL)
        switchyard_exported.configure(&diagnostics);
    if (diagnostics.count > 0) {
        *mistakes = diagnostics_out(&diagnostics);
        return false;
    }
    if (switchyard_exported.needs != NULL)
        switchyard_exported.needs(&switchyard_needed);
    needs->columns = inputs_out(&switchyard_needed.columns);
    needs->scalars = inputs_out(&switchyard_needed.scalars);
    needs->own_columns = switchyard_texts_out(&switchyard_needed.own_columns);
    needs->capabilities = switchyard_texts_out(&switchyard_needed.capabilities);
    needs->extra = (switchyard_plugin_types_list_label_t){NULL, 0};
    return true;
}

static const switchyard_label *labels_in(switchyard_plugin_types_list_label_t labels) {
    switchyard_label *in = switchyard_allocate_array(labels.len, sizeof *in);
    for (size_t at = 0; at < labels.len; at++) {
        in[at].key = switchyard_text_in(labels.ptr[at].key);
        in[at].value = switchyard_text_in(labels.ptr[at].value);
    }
    return in;
}

static const switchyard_endpoint *endpoints_in(exports_switchyard_plugin_lifecycle_list_endpoint_t *endpoints) {
    switchyard_endpoint *in = switchyard_allocate_array(endpoints->len, sizeof *in);
    for (size_t at = 0; at < endpoints->len; at++) {
        const switchyard_plugin_types_endpoint_t *one = &endpoints->ptr[at];
        in[at] = (switchyard_endpoint){
            .row = one->row,
            .id = switchyard_text_in(one->id),
            .name = switchyard_text_in(one->name),
            .namespace_name = switchyard_text_in(one->namespace_),
            .address = switchyard_text_in(one->address),
            .port = one->port,
            .rank = one->rank,
            .labels = labels_in(one->labels),
            .label_count = one->labels.len,
        };
    }
    return in;
}

bool exports_switchyard_plugin_lifecycle_endpoints_changed(
    uint64_t number, exports_switchyard_plugin_lifecycle_list_endpoint_t *endpoints,
    exports_switchyard_plugin_lifecycle_fault_t *fault) {
    (void)number;
    if (switchyard_exported.endpoints_changed == NULL)
        return true;
    switchyard_begin_endpoints();
    const switchyard_endpoint *in = endpoints_in(endpoints);
    bool answered = switchyard_answered(switchyard_exported.endpoints_changed(in, endpoints->len), fault);
    switchyard_keep_endpoints();
    return answered;
}

SWITCHYARD_AFTER("lifecycle", "describe", lifecycle_describe)
SWITCHYARD_AFTER("lifecycle", "configure", lifecycle_configure)
SWITCHYARD_AFTER("lifecycle", "endpoints-changed", lifecycle_endpoints_changed)
