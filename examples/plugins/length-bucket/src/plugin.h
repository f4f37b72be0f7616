/// What the parts of the plugin share.
#ifndef PLUGIN_H
#define PLUGIN_H

#include <switchyard.h>

/// Where an endpoint belongs.
struct place {
    /// Position of its bucket among all, the smallest first.
    size_t bucket;
    /// It says no length, and takes every prompt.
    bool open;
};

/// What a configuration said, and what was worked out of the endpoints' labels.
extern struct rule {
    const char *label;
    /// The lengths that some endpoint is meant for, ascending.
    double *buckets;
    size_t bucket_count;
    /// A `struct place` per row.
    switchyard_per_row places;
} rule;

switchyard_fault sort_endpoints(const switchyard_endpoint *endpoints, size_t count);
switchyard_fault score(const switchyard_endpoints *endpoints, double *scores);

#endif
