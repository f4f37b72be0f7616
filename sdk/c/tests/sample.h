/// What the sample plugin keeps.
#ifndef SAMPLE_H
#define SAMPLE_H

#include <switchyard.h>

extern struct sample {
    double full_at;
    double share;
    double any;
    double at_least;
    uint32_t fallbacks;
    const char *label;
    bool strict;
    switchyard_per_row names;
} sample;

#endif
