// Lists of names, in the order in which they were given.

#include "needs.h"

#include <string.h>

#include "memory.h"

static void add(switchyard_inputs *inputs, const char *name, bool required) {
    inputs->items = switchyard_grow(inputs->items, inputs->count, &inputs->capacity, sizeof *inputs->items);
    inputs->items[inputs->count++] = (switchyard_input){name, required};
}

size_t switchyard_input_position(const switchyard_inputs *inputs, const char *name) {
    for (size_t at = 0; at < inputs->count; at++) {
        const char *known = inputs->items[at].name;
        // Constants are mostly one and the same object.
        if (known == name || strcmp(known, name) == 0)
            return at;
    }
    return inputs->count;
}

void switchyard_add_text(switchyard_texts *texts, const char *text) {
    texts->items = switchyard_grow(texts->items, texts->count, &texts->capacity, sizeof *texts->items);
    texts->items[texts->count++] = text;
}

void switchyard_need_column(switchyard_needs *needs, const char *name) {
    add(&needs->columns, name, true);
}

void switchyard_want_column(switchyard_needs *needs, const char *name) {
    add(&needs->columns, name, false);
}

void switchyard_need_scalar(switchyard_needs *needs, const char *name) {
    add(&needs->scalars, name, true);
}

void switchyard_want_scalar(switchyard_needs *needs, const char *name) {
    add(&needs->scalars, name, false);
}

void switchyard_own_column(switchyard_needs *needs, const char *name) {
    switchyard_add_text(&needs->own_columns, name);
}

void switchyard_need_body(switchyard_needs *needs) {
    switchyard_add_text(&needs->capabilities, "body");
}

void switchyard_need_state(switchyard_needs *needs) {
    switchyard_add_text(&needs->capabilities, "state");
}
