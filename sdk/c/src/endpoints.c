// Views of what a call carries: row numbers, and one flat list of numbers.

#include <switchyard/endpoints.h>

#include <string.h>

#include <switchyard/log.h>
#include <switchyard/memory.h>

#include "needs.h"

const char *switchyard_label_of(const switchyard_endpoint *endpoint, const char *key) {
    for (size_t at = 0; at < endpoint->label_count; at++)
        if (strcmp(endpoint->labels[at].key, key) == 0)
            return endpoint->labels[at].value;
    return NULL;
}

static noreturn void undeclared(const char *name) {
    switchyard_panic("the plugin read `%s`, which its `needs` do not name", name);
}

const double *switchyard_column(const switchyard_endpoints *endpoints, const char *name) {
    const switchyard_inputs *columns = &endpoints->needs->columns;
    size_t position = switchyard_input_position(columns, name);
    if (position == columns->count)
        undeclared(name);
    switchyard_assert((position + 1) * endpoints->count <= endpoints->input_count);
    return endpoints->inputs + position * endpoints->count;
}

double switchyard_scalar(const switchyard_endpoints *endpoints, const char *name) {
    const switchyard_inputs *scalars = &endpoints->needs->scalars;
    size_t position = switchyard_input_position(scalars, name);
    if (position == scalars->count)
        undeclared(name);
    size_t at = endpoints->needs->columns.count * endpoints->count + position;
    switchyard_assert(at < endpoints->input_count);
    return endpoints->inputs[at];
}

switchyard_per_row switchyard_per_row_of(const switchyard_endpoint *endpoints, size_t count, size_t size) {
    size_t length = 0;
    for (size_t at = 0; at < count; at++)
        if (endpoints[at].row >= length)
            length = (size_t)endpoints[at].row + 1;
    switchyard_per_row made = {
        .values = switchyard_allocate_array(length, size),
        .known = switchyard_allocate_array(length, sizeof(bool)),
        .length = length,
        .size = size,
    };
    for (size_t at = 0; at < count; at++)
        made.known[endpoints[at].row] = true;
    return made;
}

void *switchyard_at_row(const switchyard_per_row *values, uint32_t row) {
    if (row >= values->length || !values->known[row])
        return NULL;
    return values->values + row * values->size;
}

void switchyard_add_row(switchyard_rows *rows, uint32_t row) {
    if (rows->count == rows->capacity)
        switchyard_panic("more rows were answered than the %zu that were offered", rows->capacity);
    rows->rows[rows->count++] = row;
}
