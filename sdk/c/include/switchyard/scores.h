/// The shapes that scores of endpoints usually have. One rule holds in all of them: unknown is NaN and never wins.
#ifndef SWITCHYARD_SCORES_H
#define SWITCHYARD_SCORES_H

#include <stddef.h>

/// From the least value, which scores 1, to the greatest, which scores 0. All equal score 1. An unknown value counts
/// as the greatest known one, and where all are unknown all are equal.
void switchyard_lower_is_better(const double *values, size_t count, double *scores);

/// Gives every NaN among `scores` the lowest of the others; 0 where there is no other.
void switchyard_unknown_is_worst(double *scores, size_t count);

/// Gives every NaN among `scores` this score.
void switchyard_replace_unknown(double *scores, size_t count, double instead);

/// The least and the greatest known value; +inf and -inf where none is known.
void switchyard_value_range(const double *values, size_t count, double *least, double *greatest);

#endif
