/// The endpoints a call is about, and their numbers.
#ifndef SWITCHYARD_ENDPOINTS_H
#define SWITCHYARD_ENDPOINTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A key with its value.
typedef struct switchyard_label {
    const char *key;
    const char *value;
} switchyard_label;

/// One model server, as `endpoints_changed` tells of it.
typedef struct switchyard_endpoint {
    /// Its row number, which stays with it for life.
    uint32_t row;
    /// `namespace/name`, unique among the endpoints.
    const char *id;
    /// The part of `id` after the slash.
    const char *name;
    /// The part of `id` before the slash.
    const char *namespace_name;
    /// IPv4 or IPv6 literal, without brackets.
    const char *address;
    /// Where it serves requests.
    uint16_t port;
    /// Data-parallel rank; 0 where there is only one.
    uint32_t rank;
    /// As discovery gave them, by key.
    const switchyard_label *labels;
    size_t label_count;
} switchyard_endpoint;

/// The value of a label; NULL if the endpoint has none of this key.
const char *switchyard_label_of(const switchyard_endpoint *endpoint, const char *key);

/// What `switchyard_need_column` and its kin gathered.
struct switchyard_needs;

/// The endpoints of one call.
typedef struct switchyard_endpoints {
    /// Their row numbers, in the host's order.
    const uint32_t *rows;
    /// How many there are.
    size_t count;
    /// The numbers, as the host handed them over; `switchyard_column` finds its way in them.
    const double *inputs;
    size_t input_count;
    const struct switchyard_needs *needs;
} switchyard_endpoints;

/// One value per row, in their order. Copies nothing. A column that the plugin's needs do not name is a panic.
const double *switchyard_column(const switchyard_endpoints *endpoints, const char *name);

/// One number about the request. A scalar that the plugin's needs do not name is a panic.
double switchyard_scalar(const switchyard_endpoints *endpoints, const char *name);

/// Something a plugin worked out about every endpoint when they last changed, found by row. Names and labels cross
/// into a plugin only then, so a rule about them is worked out once and is an array access afterwards.
typedef struct switchyard_per_row {
    unsigned char *values;
    bool *known;
    size_t length;
    size_t size;
} switchyard_per_row;

/// Room for one value of `size` bytes for each of these endpoints, all zero.
switchyard_per_row switchyard_per_row_of(const switchyard_endpoint *endpoints, size_t count, size_t size);

/// Where the value of the endpoint in this row is; NULL if there is no such endpoint.
void *switchyard_at_row(const switchyard_per_row *values, uint32_t row);

/// Row numbers that a plugin answers.
typedef struct switchyard_rows {
    uint32_t *rows;
    size_t count;
    size_t capacity;
} switchyard_rows;

/// Adds one. More than were offered is a panic.
void switchyard_add_row(switchyard_rows *rows, uint32_t row);

#endif
