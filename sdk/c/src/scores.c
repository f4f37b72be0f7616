// Comparisons with NaN are false, and that is what makes these work.

#include <switchyard/scores.h>

#include <math.h>

void switchyard_value_range(const double *values, size_t count, double *least, double *greatest) {
    double low = INFINITY, high = -INFINITY;
    for (size_t at = 0; at < count; at++) {
        low = values[at] < low ? values[at] : low;
        high = values[at] > high ? values[at] : high;
    }
    *least = low;
    *greatest = high;
}

void switchyard_lower_is_better(const double *values, size_t count, double *scores) {
    double least, greatest;
    switchyard_value_range(values, count, &least, &greatest);
    double span = greatest - least;
    for (size_t at = 0; at < count; at++) {
        if (!(span > 0))
            scores[at] = 1;
        else if (isnan(values[at]))
            scores[at] = 0;
        else
            scores[at] = (greatest - values[at]) / span;
    }
}

void switchyard_unknown_is_worst(double *scores, size_t count) {
    double lowest, highest;
    switchyard_value_range(scores, count, &lowest, &highest);
    switchyard_replace_unknown(scores, count, isfinite(lowest) ? lowest : 0);
}

void switchyard_replace_unknown(double *scores, size_t count, double instead) {
    for (size_t at = 0; at < count; at++)
        if (isnan(scores[at]))
            scores[at] = instead;
}
