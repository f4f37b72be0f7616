// A request goes to the smallest bucket that its prompt fits, else to a larger one.
//
// score = 1 - (position of the endpoint's bucket - position of the smallest that fits) / number of buckets; 0 where
// the prompt does not fit. Where its length is not known, 0.5 for all.

#include <math.h>

#include "plugin.h"

// Position of the smallest bucket for so many tokens; of the largest where none is large enough, for the endpoints
// that take every prompt.
static size_t smallest_for(double tokens) {
    size_t bucket = 0;
    while (bucket + 1 < rule.bucket_count && rule.buckets[bucket] < tokens)
        bucket++;
    return bucket;
}

static double score_of(const struct place *place, double tokens, size_t smallest) {
    if (!place->open && rule.buckets[place->bucket] < tokens)
        return 0;
    if (rule.bucket_count == 0)
        return 1;
    return 1 - (double)(place->bucket - smallest) / (double)rule.bucket_count;
}

switchyard_fault score(const switchyard_endpoints *endpoints, double *scores) {
    double tokens = switchyard_scalar(endpoints, SWITCHYARD_SCALAR_PROMPT_TOKENS);
    size_t smallest = smallest_for(tokens);
    for (size_t at = 0; at < endpoints->count; at++) {
        const struct place *place = switchyard_at_row(&rule.places, endpoints->rows[at]);
        switchyard_assert(place != NULL);
        scores[at] = isnan(tokens) ? 0.5 : score_of(place, tokens, smallest);
    }
    return SWITCHYARD_NO_FAULT;
}
