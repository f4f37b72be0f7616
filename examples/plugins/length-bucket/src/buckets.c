// Labels come when endpoints change. What a request needs of them is worked out here, once.

#include <math.h>
#include <stdlib.h>

#include "plugin.h"

// The length an endpoint is meant for; NaN where it says none.
static double length_of(const switchyard_endpoint *endpoint) {
    const char *text = switchyard_label_of(endpoint, rule.label);
    if (text == NULL)
        return NAN;
    char *end;
    double length = strtod(text, &end);
    if (end != text && *end == '\0' && length >= 0)
        return length;
    switchyard_log(SWITCHYARD_WARN, "%s: found `%s` in the label `%s`, expected a number of tokens; it takes every prompt",
                   endpoint->id, text, rule.label);
    return NAN;
}

static int ascending(const void *one, const void *other) {
    double left = *(const double *)one, right = *(const double *)other;
    return (left > right) - (left < right);
}

// Each length once, ascending.
static void set_buckets(const double *lengths, size_t count) {
    rule.buckets = switchyard_allocate_array(count, sizeof *rule.buckets);
    rule.bucket_count = 0;
    size_t known = 0;
    for (size_t at = 0; at < count; at++)
        if (!isnan(lengths[at]))
            rule.buckets[known++] = lengths[at];
    qsort(rule.buckets, known, sizeof *rule.buckets, ascending);
    for (size_t at = 0; at < known; at++)
        if (rule.bucket_count == 0 || rule.buckets[at] > rule.buckets[rule.bucket_count - 1])
            rule.buckets[rule.bucket_count++] = rule.buckets[at];
}

static struct place place_of(double length) {
    if (isnan(length))
        return (struct place){.bucket = rule.bucket_count == 0 ? 0 : rule.bucket_count - 1, .open = true};
    size_t bucket = 0;
    while (rule.buckets[bucket] < length)
        bucket++;
    return (struct place){.bucket = bucket};
}

switchyard_fault sort_endpoints(const switchyard_endpoint *endpoints, size_t count) {
    double *lengths = switchyard_allocate_array(count, sizeof *lengths);
    for (size_t at = 0; at < count; at++)
        lengths[at] = length_of(&endpoints[at]);
    set_buckets(lengths, count);
    rule.places = switchyard_per_row_of(endpoints, count, sizeof(struct place));
    for (size_t at = 0; at < count; at++) {
        struct place *place = switchyard_at_row(&rule.places, endpoints[at].row);
        *place = place_of(lengths[at]);
    }
    return SWITCHYARD_NO_FAULT;
}
