// The lists that a plugin fills.

#include <math.h>

#include <switchyard/memory.h>
#include <switchyard/profiles.h>
#include <switchyard/scraper.h>

#include "memory.h"
#include "needs.h"

// One more item at the end of a list that has `items`, `count` and `capacity`.
#define APPEND(list) \
    ((list)->items = switchyard_grow((list)->items, (list)->count, &(list)->capacity, sizeof *(list)->items), \
     &(list)->items[(list)->count++])

switchyard_fetch *switchyard_add_fetch(switchyard_plan *plan, const char *name, const char *path) {
    plan->fetches = switchyard_grow(plan->fetches, plan->count, &plan->capacity, sizeof *plan->fetches);
    switchyard_fetch *fetch = &plan->fetches[plan->count++];
    *fetch = (switchyard_fetch){.name = name, .scheme = "http", .path = path};
    return fetch;
}

void switchyard_fetch_family(switchyard_fetch *fetch, const char *name) {
    switchyard_add_text(&fetch->families, name);
}

void switchyard_fetch_column(switchyard_fetch *fetch, const char *name) {
    switchyard_add_text(&fetch->columns, name);
}

void switchyard_fetch_set(switchyard_fetch *fetch, const char *name) {
    switchyard_add_text(&fetch->sets, name);
}

switchyard_sample *switchyard_add_sample(switchyard_samples *samples, uint32_t rank) {
    switchyard_sample *sample = APPEND(samples);
    *sample = (switchyard_sample){
        .rank = rank,
        .values = switchyard_allocate_array(samples->columns, sizeof(double)),
        .value_count = samples->columns,
    };
    for (size_t at = 0; at < samples->columns; at++)
        sample->values[at] = NAN;
    return sample;
}

switchyard_set *switchyard_add_set(switchyard_sample *sample, const char *name) {
    sample->sets = switchyard_grow(sample->sets, sample->set_count, &sample->set_capacity, sizeof *sample->sets);
    switchyard_set *set = &sample->sets[sample->set_count++];
    *set = (switchyard_set){.name = name};
    return set;
}

void switchyard_add_member(switchyard_set *set, const char *member) {
    switchyard_add_text(&set->members, member);
}

void switchyard_run(switchyard_steps *steps, const char *profile) {
    switchyard_run_if(steps, profile, "");
}

void switchyard_run_if(switchyard_steps *steps, const char *profile, const char *gate) {
    *APPEND(steps) = (switchyard_step){profile, gate};
}

void switchyard_add_header(switchyard_headers *headers, const char *name, const char *value) {
    *APPEND(headers) = (switchyard_header){name, value};
}

void switchyard_add_target(switchyard_decision *decision, uint32_t row, uint16_t port) {
    decision->targets = switchyard_grow(decision->targets, decision->target_count, &decision->target_capacity,
                                        sizeof *decision->targets);
    decision->targets[decision->target_count++] = (switchyard_target){row, port};
}

void switchyard_decide_for(switchyard_decision *decision, const switchyard_profile_result *result) {
    decision->primary = result->profile;
    for (size_t at = 0; at < result->count; at++)
        switchyard_add_target(decision, result->rows[at], 0);
}
