/// Reads a JSON object member by member, strictly.
///
/// Settings are flat, so a value that is an array or an object is passed over, and known by its kind alone.
#ifndef SWITCHYARD_SRC_JSON_H
#define SWITCHYARD_SRC_JSON_H

#include <stdbool.h>
#include <stddef.h>

typedef enum switchyard_json_kind {
    SWITCHYARD_JSON_NULL,
    SWITCHYARD_JSON_FALSE,
    SWITCHYARD_JSON_TRUE,
    SWITCHYARD_JSON_NUMBER,
    SWITCHYARD_JSON_TEXT,
    SWITCHYARD_JSON_ARRAY,
    SWITCHYARD_JSON_OBJECT,
} switchyard_json_kind;

/// A value as it stands in the text.
typedef struct switchyard_json_value {
    switchyard_json_kind kind;
    const char *raw;
    size_t raw_length;
    /// What it says, of a text.
    const char *text;
} switchyard_json_value;

/// Where the reader stands.
typedef struct switchyard_json {
    const char *begin;
    const char *at;
    /// Why it cannot go on; NULL: nothing is wrong.
    const char *mistake;
    bool inside;
} switchyard_json;

/// The next member. False behind the last, where the text has to end, and on a mistake.
bool switchyard_json_member(switchyard_json *json, const char **name, switchyard_json_value *value);

#endif
