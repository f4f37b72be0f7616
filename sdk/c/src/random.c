// SplitMix64: the state advances by a fixed odd number, the output is the state mixed.

#include <switchyard/random.h>

uint64_t switchyard_random_next(switchyard_random *random) {
    random->state += 0x9e3779b97f4a7c15;
    uint64_t mixed = random->state;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

double switchyard_random_fraction(switchyard_random *random) {
    // 53 bits are what a double holds; the half keeps 0 out.
    return ((double)(switchyard_random_next(random) >> 11) + 0.5) / (double)(UINT64_C(1) << 53);
}

uint32_t switchyard_random_below(switchyard_random *random, uint32_t bound) {
    // The upper 32 of 96 bits of the product, which is taken in two halves. Its bias is below 2^-32.
    uint64_t drawn = switchyard_random_next(random);
    uint64_t low = (drawn & UINT32_MAX) * bound;
    uint64_t high = (drawn >> 32) * bound;
    return (uint32_t)((high + (low >> 32)) >> 32);
}

void switchyard_shuffle(switchyard_random *random, uint32_t *items, size_t count) {
    for (size_t last = count; last-- > 1;) {
        size_t with = switchyard_random_below(random, (uint32_t)last + 1);
        uint32_t item = items[last];
        items[last] = items[with];
        items[with] = item;
    }
}
