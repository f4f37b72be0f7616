// Calls the plugin as the host would, with `inputs` laid out by its needs.

#include "native.h"

#include <string.h>

#include "../memory.h"
#include "../needs.h"
#include "../settings.h"

enum { MOST_INPUTS = 64 };

typedef struct input {
    const char *name;
    size_t count;
    const double *values;
} input;

typedef struct inputs {
    input items[MOST_INPUTS];
    size_t count;
} inputs;

static inputs columns, scalars;
static switchyard_needs needed;
static switchyard_plan planned;

void switchyard_forget_inputs(void) {
    columns.count = scalars.count = 0;
}

const switchyard_diagnostic *switchyard_test_mistake(const char *json) {
    switchyard_forget_inputs();
    switchyard_begin_instance();
    switchyard_keep_for_instance();
    switchyard_diagnostics diagnostics = {0};
    switchyard_read_settings(&switchyard_exported, json, &diagnostics);
    if (diagnostics.count == 0 && switchyard_exported.configure != NULL)
        switchyard_exported.configure(&diagnostics);
    needed = (switchyard_needs){0};
    planned = (switchyard_plan){0};
    if (diagnostics.count == 0 && switchyard_exported.needs != NULL)
        switchyard_exported.needs(&needed);
    switchyard_keep_for_call();
    return diagnostics.items;
}

void switchyard_test_settings(const char *json) {
    const switchyard_diagnostic *mistake = switchyard_test_mistake(json);
    if (mistake != NULL)
        switchyard_fail(__FILE__, __LINE__, "the settings %s are refused: %s: %s", json, mistake->path,
                        mistake->message);
}

bool switchyard_test_needs(const char *name) {
    const switchyard_texts *lists[] = {&needed.own_columns, &needed.capabilities};
    for (size_t list = 0; list < 2; list++)
        for (size_t at = 0; at < lists[list]->count; at++)
            if (strcmp(lists[list]->items[at], name) == 0)
                return true;
    return switchyard_input_position(&needed.columns, name) < needed.columns.count ||
           switchyard_input_position(&needed.scalars, name) < needed.scalars.count;
}

const char *switchyard_test_schema(void) {
    return switchyard_settings_schema(&switchyard_exported);
}

switchyard_endpoint switchyard_test_endpoint(uint32_t row) {
    return (switchyard_endpoint){
        .row = row,
        .id = switchyard_format("default/pod-%u", row),
        .name = switchyard_format("pod-%u", row),
        .namespace_name = "default",
        .address = switchyard_format("10.0.0.%u", row),
        .port = 8000,
    };
}

switchyard_endpoint switchyard_test_labelled(uint32_t row, const char *key, const char *value) {
    switchyard_endpoint endpoint = switchyard_test_endpoint(row);
    switchyard_label *label = switchyard_allocate(sizeof *label);
    *label = (switchyard_label){key, value};
    endpoint.labels = label;
    endpoint.label_count = 1;
    return endpoint;
}

switchyard_fault switchyard_test_endpoints(const switchyard_endpoint *endpoints, size_t count) {
    if (switchyard_exported.endpoints_changed == NULL)
        return SWITCHYARD_NO_FAULT;
    switchyard_begin_endpoints();
    switchyard_fault fault = switchyard_exported.endpoints_changed(endpoints, count);
    switchyard_keep_endpoints();
    return fault;
}

static void give(inputs *to, const char *name, size_t count, const double *values) {
    if (to->count == MOST_INPUTS)
        switchyard_fail(__FILE__, __LINE__, "found more than %d inputs, expected fewer in a test", MOST_INPUTS);
    double *copy = switchyard_allocate_array(count, sizeof *copy);
    memcpy(copy, values, count * sizeof *copy);
    to->items[to->count++] = (input){name, count, copy};
}

void switchyard_test_column(const char *name, size_t count, const double *values) {
    give(&columns, name, count, values);
}

void switchyard_test_scalar(const char *name, double value) {
    give(&scalars, name, 1, &value);
}

// The value given last, NaN where none was.
static double given(const inputs *in, const char *name, size_t at) {
    for (size_t one = in->count; one-- > 0;)
        if (strcmp(in->items[one].name, name) == 0)
            return at < in->items[one].count ? in->items[one].values[at] : NAN;
    return NAN;
}

static switchyard_endpoints view(size_t count, const uint32_t *rows) {
    size_t length = needed.columns.count * count + needed.scalars.count;
    double *numbers = switchyard_allocate_array(length, sizeof *numbers);
    double *to = numbers;
    for (size_t column = 0; column < needed.columns.count; column++)
        for (size_t at = 0; at < count; at++)
            *to++ = given(&columns, needed.columns.items[column].name, rows[at]);
    for (size_t scalar = 0; scalar < needed.scalars.count; scalar++)
        *to++ = given(&scalars, needed.scalars.items[scalar].name, 0);
    return (switchyard_endpoints){
        .rows = rows, .count = count, .inputs = numbers, .input_count = length, .needs = &needed};
}

switchyard_tested_scores switchyard_test_score(void) {
    size_t count = 0;
    for (size_t at = 0; at < columns.count; at++)
        if (columns.items[at].count > count)
            count = columns.items[at].count;
    switchyard_endpoints endpoints = view(count, switchyard_positions(count));
    double *scores = switchyard_allocate_array(count, sizeof *scores);
    switchyard_fault fault = switchyard_exported.score(&endpoints, scores);
    return (switchyard_tested_scores){fault, scores, count};
}

static switchyard_rows room_for(size_t count) {
    return (switchyard_rows){.rows = switchyard_allocate_array(count, sizeof(uint32_t)), .capacity = count};
}

switchyard_tested_rows switchyard_test_keep(size_t count, const uint32_t *rows) {
    switchyard_endpoints endpoints = view(count, rows);
    switchyard_rows kept = room_for(count);
    switchyard_fault fault = switchyard_exported.keep(&endpoints, &kept);
    return (switchyard_tested_rows){fault, kept.rows, kept.count};
}

switchyard_tested_rows switchyard_test_pick(size_t count, const double *totals) {
    switchyard_endpoints endpoints = view(count, switchyard_positions(count));
    switchyard_rows picked = room_for(count);
    switchyard_fault fault = switchyard_exported.pick(&endpoints, totals, &picked);
    return (switchyard_tested_rows){fault, picked.rows, picked.count};
}

static void answered(switchyard_fault fault) {
    if (switchyard_failed(fault))
        switchyard_fail(__FILE__, __LINE__, "found the fault \"%s\", expected an answer", fault.message);
}

bool switchyard_test_agree(const char *profile, size_t count, const uint32_t *rows) {
    switchyard_endpoints picked = view(count, rows);
    bool agrees = false;
    answered(switchyard_exported.agree(profile, &picked, &agrees));
    return agrees;
}

static switchyard_endpoints picked_by(const switchyard_profile_result *done, size_t count) {
    size_t length = 0;
    for (size_t at = 0; at < count; at++)
        length += done[at].count;
    uint32_t *rows = switchyard_allocate_array(length, sizeof *rows);
    uint32_t *to = rows;
    for (size_t at = 0; at < count; at++)
        for (size_t row = 0; row < done[at].count; row++)
            *to++ = done[at].rows[row];
    return view(length, rows);
}

switchyard_fault switchyard_test_next(const switchyard_profile_result *done, size_t count, switchyard_steps *steps) {
    switchyard_endpoints picked = picked_by(done, count);
    *steps = (switchyard_steps){0};
    return switchyard_exported.next(done, count, &picked, steps);
}

switchyard_fault switchyard_test_decide(const switchyard_profile_result *done, size_t count,
                                        switchyard_decision *decision) {
    switchyard_endpoints picked = picked_by(done, count);
    *decision = (switchyard_decision){.primary = ""};
    return switchyard_exported.decide(done, count, &picked, decision);
}

switchyard_plan switchyard_test_plan(void) {
    if (planned.count == 0) {
        switchyard_keep_for_instance();
        answered(switchyard_exported.plan(&planned));
        switchyard_keep_for_call();
    }
    return planned;
}

switchyard_fault switchyard_test_parse(uint16_t status, const char *body, switchyard_samples *samples) {
    switchyard_plan plan = switchyard_test_plan();
    *samples = (switchyard_samples){.columns = plan.count == 0 ? 0 : plan.fetches[0].columns.count};
    switchyard_answer answer = {.status = status, .elapsed_ms = 1, .body = body, .length = strlen(body)};
    return switchyard_exported.parse(&answer, samples);
}

switchyard_fault switchyard_test_picked(const switchyard_decision *decision, switchyard_headers *headers) {
    uint32_t *rows = switchyard_allocate_array(decision->target_count, sizeof *rows);
    for (size_t at = 0; at < decision->target_count; at++)
        rows[at] = decision->targets[at].row;
    switchyard_endpoints targets = view(decision->target_count, rows);
    *headers = (switchyard_headers){0};
    return switchyard_exported.picked(decision, &targets, headers);
}

switchyard_fault switchyard_test_response_started(uint16_t status, switchyard_headers *headers) {
    *headers = (switchyard_headers){0};
    return switchyard_exported.response_started(status, headers);
}

switchyard_fault switchyard_test_response_ended(const switchyard_ended *ended) {
    return switchyard_exported.response_ended(ended);
}
