/// Numbers that look random and come out the same on replay, if begun from the request's seed.
#ifndef SWITCHYARD_RANDOM_H
#define SWITCHYARD_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/// A small generator (SplitMix64). Good enough to shuffle with; not for secrets. Begin with
/// `switchyard_random random = {switchyard_request_seed()};`.
typedef struct switchyard_random {
    uint64_t state;
} switchyard_random;

/// 64 bits.
uint64_t switchyard_random_next(switchyard_random *random);

/// Between 0 and 1, both exclusive.
double switchyard_random_fraction(switchyard_random *random);

/// Below `bound`, each number equally likely; 0 for a bound of 0.
uint32_t switchyard_random_below(switchyard_random *random, uint32_t bound);

/// Puts them in random order.
void switchyard_shuffle(switchyard_random *random, uint32_t *items, size_t count);

#endif
