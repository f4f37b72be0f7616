// A plugin with all seven stages, for the tests of what calls them.

#include "sample.h"

#include <string.h>

struct sample sample;

static const switchyard_setting settings[] = {
    {.name = "fullAt", .about = "With so many it is full.", .number = {&sample.full_at, 10, SWITCHYARD_ABOVE(0)}},
    {.name = "share", .about = "A share.", .number = {&sample.share, 0.1, SWITCHYARD_BETWEEN(0, 1)}},
    {.name = "any", .about = "Any.", .number = {&sample.any, -2.5, SWITCHYARD_ANY}},
    {.name = "atLeast", .about = "From 3.", .number = {&sample.at_least, 3, SWITCHYARD_AT_LEAST(3)}},
    {.name = "fallbacks", .about = "How many.", .count = {&sample.fallbacks, 1}},
    {.name = "label", .about = "With \"quotes\".", .text = {&sample.label, "drain"}},
    {.name = "strict", .about = "Whether.", .flag = {&sample.strict, false}},
};

static void configure(switchyard_diagnostics *diagnostics) {
    if (sample.fallbacks > 100)
        switchyard_diagnose(diagnostics, "fallbacks", "found %u, expected at most 100", sample.fallbacks);
}

static void needs(switchyard_needs *needs) {
    switchyard_need_column(needs, SWITCHYARD_COLUMN_WAITING_REQUESTS);
    switchyard_want_column(needs, SWITCHYARD_COLUMN_KV_CACHE_USAGE);
    switchyard_need_scalar(needs, SWITCHYARD_SCALAR_PROMPT_TOKENS);
    switchyard_want_scalar(needs, SWITCHYARD_SCALAR_BLOCK_TOKENS);
    switchyard_own_column(needs, "sample/answers");
    switchyard_need_body(needs);
    switchyard_need_state(needs);
}

static switchyard_fault endpoints_changed(const switchyard_endpoint *endpoints, size_t count) {
    sample.names = switchyard_per_row_of(endpoints, count, sizeof(const char *));
    for (size_t at = 0; at < count; at++) {
        const char **name = switchyard_at_row(&sample.names, endpoints[at].row);
        *name = endpoints[at].name;
    }
    return SWITCHYARD_NO_FAULT;
}

static switchyard_fault keep(const switchyard_endpoints *endpoints, switchyard_rows *kept) {
    for (size_t at = 0; at < endpoints->count; at++)
        if (switchyard_at_row(&sample.names, endpoints->rows[at]) != NULL)
            switchyard_add_row(kept, endpoints->rows[at]);
    return SWITCHYARD_NO_FAULT;
}

static switchyard_fault score(const switchyard_endpoints *endpoints, double *scores) {
    const double *waiting = switchyard_column(endpoints, SWITCHYARD_COLUMN_WAITING_REQUESTS);
    const double *usage = switchyard_column(endpoints, SWITCHYARD_COLUMN_KV_CACHE_USAGE);
    double tokens = switchyard_scalar(endpoints, SWITCHYARD_SCALAR_PROMPT_TOKENS);
    double block = switchyard_scalar(endpoints, SWITCHYARD_SCALAR_BLOCK_TOKENS);
    for (size_t at = 0; at < endpoints->count; at++)
        scores[at] = waiting[at] + 10 * usage[at] + 100 * tokens + 1000 * block;
    return SWITCHYARD_NO_FAULT;
}

static switchyard_fault pick(const switchyard_endpoints *endpoints, const double *totals, switchyard_rows *picked) {
    (void)totals;
    for (size_t at = 0; at <= endpoints->count; at++)
        switchyard_add_row(picked, (uint32_t)at);
    return SWITCHYARD_NO_FAULT;
}

static switchyard_fault agree(const char *profile, const switchyard_endpoints *picked, bool *agrees) {
    *agrees = strcmp(profile, "prefill") == 0 && picked->count == 2;
    return SWITCHYARD_NO_FAULT;
}

static switchyard_fault next(const switchyard_profile_result *done, size_t count, const switchyard_endpoints *picked,
                             switchyard_steps *steps) {
    (void)done;
    if (count == 0)
        switchyard_run(steps, "decode");
    else if (picked->count > 0)
        switchyard_run_if(steps, "prefill", "long-prompts");
    return SWITCHYARD_NO_FAULT;
}

static switchyard_fault decide(const switchyard_profile_result *done, size_t count, const switchyard_endpoints *picked,
                               switchyard_decision *decision) {
    (void)picked;
    if (count == 0)
        return switchyard_refuse(503, "no profile of %d", 2);
    switchyard_decide_for(decision, &done[0]);
    switchyard_add_header(&decision->headers, "x-a", "b");
    return SWITCHYARD_NO_FAULT;
}

static switchyard_fault plan(switchyard_plan *plan) {
    switchyard_fetch *fetch = switchyard_add_fetch(plan, "metrics", "/metrics");
    switchyard_fetch_family(fetch, "up");
    switchyard_fetch_column(fetch, "custom/up");
    switchyard_fetch_column(fetch, "custom/down");
    switchyard_fetch_set(fetch, "adapters");
    return SWITCHYARD_NO_FAULT;
}

static switchyard_fault parse(const switchyard_answer *answer, switchyard_samples *samples) {
    switchyard_exposition lines = {answer->body, answer->length};
    switchyard_series series;
    switchyard_sample *told = switchyard_add_sample(samples, 0);
    while (switchyard_next_series(&lines, &series))
        told->values[0] = series.value;
    switchyard_set *adapters = switchyard_add_set(told, "adapters");
    switchyard_add_member(adapters, "a");
    switchyard_add_member(adapters, "b");
    return SWITCHYARD_NO_FAULT;
}

static switchyard_fault picked(const switchyard_decision *decision, const switchyard_endpoints *targets,
                               switchyard_headers *headers) {
    (void)targets;
    switchyard_add_header(headers, "x-primary", decision->primary);
    return SWITCHYARD_NO_FAULT;
}

static switchyard_fault response_started(uint16_t status, switchyard_headers *headers) {
    switchyard_add_header(headers, "x-status", switchyard_format("%u", status));
    return SWITCHYARD_NO_FAULT;
}

static switchyard_fault response_ended(const switchyard_ended *ended) {
    if (ended->ending != SWITCHYARD_COMPLETE)
        return switchyard_cannot_answer("ended with %d", ended->ending);
    switchyard_own_column_add(0, 4, 1);
    return SWITCHYARD_NO_FAULT;
}

const switchyard_plugin switchyard_exported = {
    .name = "sample",
    .version = "1.0.0",
    .summary = "Everything once",
    SWITCHYARD_SETTINGS(settings),
    .configure = configure,
    .needs = needs,
    .endpoints_changed = endpoints_changed,
    .keep = keep,
    .score = score,
    .pick = pick,
    .agree = agree,
    .next = next,
    .decide = decide,
    .plan = plan,
    .parse = parse,
    .picked = picked,
    .response_started = response_started,
    .response_ended = response_ended,
};
