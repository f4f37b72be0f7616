/// What `switchyard_need_column` and its kin gather.
#ifndef SWITCHYARD_SRC_NEEDS_H
#define SWITCHYARD_SRC_NEEDS_H

#include <stdbool.h>
#include <stddef.h>

#include <switchyard/needs.h>
#include <switchyard/scraper.h>

/// A column or scalar.
typedef struct switchyard_input {
    const char *name;
    bool required;
} switchyard_input;

typedef struct switchyard_inputs {
    switchyard_input *items;
    size_t count;
    size_t capacity;
} switchyard_inputs;

struct switchyard_needs {
    switchyard_inputs columns;
    switchyard_inputs scalars;
    switchyard_texts own_columns;
    switchyard_texts capabilities;
};

/// Where the name stands in the list; its length if it is not there.
size_t switchyard_input_position(const switchyard_inputs *inputs, const char *name);

/// Appends a text.
void switchyard_add_text(switchyard_texts *texts, const char *text);

#endif
