// Text parsing is where a picker's idle CPU goes, so a series only points into the body.

#include <switchyard/exposition.h>

#include <string.h>

#include <switchyard/memory.h>

#include "number.h"

// A piece of the body.
typedef struct slice {
    const char *at;
    const char *end;
} slice;

static bool is_blank(char character) {
    return character == ' ' || character == '\t' || character == '\r' || character == '\n' || character == '\f';
}

static slice trimmed(slice text) {
    while (text.at < text.end && is_blank(*text.at))
        text.at++;
    while (text.end > text.at && is_blank(text.end[-1]))
        text.end--;
    return text;
}

static slice next_word(slice *text) {
    *text = trimmed(*text);
    slice word = {text->at, text->at};
    while (word.end < text->end && !is_blank(*word.end))
        word.end++;
    text->at = word.end;
    return word;
}

// Where an unescaped quote ends the value; NULL if none does.
static const char *closing_quote(slice value) {
    for (const char *at = value.at; at < value.end; at++) {
        if (*at == '\\')
            at++;
        else if (*at == '"')
            return at;
    }
    return NULL;
}

// Where the label list ends; a brace inside of quotes does not end it.
static const char *closing_brace(slice inside) {
    for (const char *at = inside.at; at < inside.end; at++) {
        if (*at == '}')
            return at;
        if (*at == '"') {
            at = closing_quote((slice){at + 1, inside.end});
            if (at == NULL)
                return NULL;
        }
    }
    return NULL;
}

static bool read_labels(slice *rest, switchyard_series *series) {
    series->labels = rest->at;
    series->labels_length = 0;
    if (rest->at == rest->end || *rest->at != '{')
        return true;
    const char *end = closing_brace((slice){rest->at + 1, rest->end});
    if (end == NULL)
        return false;
    series->labels = rest->at + 1;
    series->labels_length = (size_t)(end - series->labels);
    rest->at = end + 1;
    return true;
}

static bool read_number(slice word, double *value) {
    return switchyard_read_number(word.at, (size_t)(word.end - word.at), value);
}

static bool read_line(slice line, switchyard_series *series) {
    line = trimmed(line);
    const char *end = line.at;
    while (end < line.end && *end != '{' && *end != ' ' && *end != '\t')
        end++;
    if (end == line.at || end == line.end || *line.at == '#')
        return false;
    series->name = line.at;
    series->name_length = (size_t)(end - line.at);
    line.at = end;
    if (!read_labels(&line, series))
        return false;
    if (!read_number(next_word(&line), &series->value))
        return false;
    // A timestamp may follow, or an OpenMetrics exemplar, which begins with `#`.
    slice timestamp = next_word(&line);
    double ignored;
    return timestamp.at == timestamp.end || *timestamp.at == '#' || read_number(timestamp, &ignored);
}

bool switchyard_next_series(switchyard_exposition *exposition, switchyard_series *series) {
    while (exposition->length > 0) {
        const char *begin = exposition->rest;
        const char *end = memchr(begin, '\n', exposition->length);
        size_t taken = end == NULL ? exposition->length : (size_t)(end - begin) + 1;
        exposition->rest += taken;
        exposition->length -= taken;
        if (read_line((slice){begin, begin + taken}, series))
            return true;
    }
    return false;
}

static bool is(slice text, const char *name) {
    size_t length = (size_t)(text.end - text.at);
    return strlen(name) == length && memcmp(text.at, name, length) == 0;
}

bool switchyard_series_is(const switchyard_series *series, const char *name) {
    return is((slice){series->name, series->name + series->name_length}, name);
}

// `\\`, `\"` and `\n` as the format defines them; any other escape stays as it is.
static const char *unescaped(slice value) {
    char *plain = switchyard_allocate((size_t)(value.end - value.at) + 1);
    char *to = plain;
    for (const char *at = value.at; at < value.end; at++) {
        char next = at + 1 < value.end ? at[1] : '\0';
        if (*at != '\\' || (next != 'n' && next != '\\' && next != '"')) {
            *to++ = *at;
            continue;
        }
        *to++ = next == 'n' ? '\n' : next;
        at++;
    }
    return plain;
}

// The next label, its value still escaped. False at the end, and early where the list is malformed.
static bool next_label(slice *rest, slice *name, slice *value) {
    const char *equals = memchr(rest->at, '=', (size_t)(rest->end - rest->at));
    if (equals == NULL)
        return false;
    *name = trimmed((slice){rest->at, equals});
    *value = trimmed((slice){equals + 1, rest->end});
    if (value->at == value->end || *value->at != '"')
        return false;
    value->at++;
    value->end = closing_quote(*value);
    if (value->end == NULL)
        return false;
    *rest = trimmed((slice){value->end + 1, rest->end});
    while (rest->at < rest->end && *rest->at == ',')
        rest->at++;
    return true;
}

const char *switchyard_series_label(const switchyard_series *series, const char *name) {
    slice rest = {series->labels, series->labels + series->labels_length}, known, value;
    while (next_label(&rest, &known, &value))
        if (is(known, name))
            return unescaped(value);
    return NULL;
}
