// The stage `scraper`.

#include "guest.h"

// An instance that was never asked for the plan may be the one that reads answers.
static switchyard_plan known;
static bool planned;

static switchyard_fault plan(void) {
    if (planned)
        return SWITCHYARD_NO_FAULT;
    switchyard_keep_for_instance();
    known = (switchyard_plan){0};
    switchyard_fault fault = switchyard_exported.plan(&known);
    switchyard_keep_for_call();
    planned = !switchyard_failed(fault);
    return fault;
}

static void fetch_out(const switchyard_fetch *fetch, exports_switchyard_plugin_scraper_fetch_t *out) {
    out->name = switchyard_text_out(fetch->name);
    out->scope = (switchyard_plugin_types_scope_t)fetch->scope;
    out->scheme = switchyard_text_out(fetch->scheme);
    out->port = fetch->port;
    out->path = switchyard_text_out(fetch->path);
    out->interval_ms = fetch->interval_ms;
    out->timeout_ms = fetch->timeout_ms;
    out->families = switchyard_texts_out(&fetch->families);
    out->columns = switchyard_texts_out(&fetch->columns);
    out->sets = switchyard_texts_out(&fetch->sets);
    out->extra = (switchyard_plugin_types_list_label_t){NULL, 0};
}

bool exports_switchyard_plugin_scraper_plan(exports_switchyard_plugin_scraper_list_fetch_t *out,
                                            exports_switchyard_plugin_scraper_fault_t *fault) {
    if (!switchyard_answered(plan(), fault))
        return false;
    out->len = known.count;
    out->ptr = switchyard_allocate_array(known.count, sizeof *out->ptr);
    for (size_t at = 0; at < known.count; at++)
        fetch_out(&known.fetches[at], &out->ptr[at]);
    return true;
}

static switchyard_plugin_types_list_string_set_t sets_out(const switchyard_sample *sample) {
    switchyard_plugin_types_string_set_t *out = switchyard_allocate_array(sample->set_count, sizeof *out);
    for (size_t at = 0; at < sample->set_count; at++) {
        out[at].name = switchyard_text_out(sample->sets[at].name);
        out[at].members = switchyard_texts_out(&sample->sets[at].members);
    }
    return (switchyard_plugin_types_list_string_set_t){out, sample->set_count};
}

bool exports_switchyard_plugin_scraper_parse(uint32_t fetch, uint32_t row, uint16_t status, uint32_t elapsed_ms,
                                             switchyard_bindings_list_u8_t *body,
                                             exports_switchyard_plugin_scraper_list_sample_t *out,
                                             exports_switchyard_plugin_scraper_fault_t *fault) {
    if (!switchyard_answered(plan(), fault))
        return false;
    switchyard_assert(fetch < known.count);
    switchyard_answer answer = {
        .fetch = fetch,
        .row = row,
        .status = status,
        .elapsed_ms = elapsed_ms,
        .body = body->len == 0 ? "" : (const char *)body->ptr,
        .length = body->len,
    };
    switchyard_samples samples = {.columns = known.fetches[fetch].columns.count};
    if (!switchyard_answered(switchyard_exported.parse(&answer, &samples), fault))
        return false;
    out->len = samples.count;
    out->ptr = switchyard_allocate_array(samples.count, sizeof *out->ptr);
    for (size_t at = 0; at < samples.count; at++) {
        const switchyard_sample *sample = &samples.items[at];
        out->ptr[at].rank = sample->rank;
        out->ptr[at].values = (switchyard_bindings_list_f64_t){sample->values, sample->value_count};
        out->ptr[at].sets = sets_out(sample);
    }
    return true;
}

SWITCHYARD_AFTER("scraper", "plan", scraper_plan)
SWITCHYARD_AFTER("scraper", "parse", scraper_parse)
