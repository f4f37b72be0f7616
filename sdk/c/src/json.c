// A reader by descent. The zero byte behind the text ends every loop.

#include "json.h"

#include <stdint.h>
#include <string.h>

#include <switchyard/memory.h>

enum { DEEPEST = 64 };

static bool read_value(switchyard_json *json, switchyard_json_value *value, int depth);

// Notes what was expected, once.
static bool wrong(switchyard_json *json, const char *expected) {
    if (json->mistake == NULL) {
        int found = *json->at != '\0';
        while (((unsigned char)json->at[found] & 0xc0) == 0x80)
            found++;
        json->mistake = switchyard_format("no JSON at byte %zu: found %s%.*s%s, expected %s",
                                          (size_t)(json->at - json->begin), found ? "`" : "the end", found, json->at,
                                          found ? "`" : "", expected);
    }
    return false;
}

static void skip_blanks(switchyard_json *json) {
    json->at += strspn(json->at, " \t\r\n");
}

static bool take(switchyard_json *json, char character) {
    skip_blanks(json);
    if (*json->at != character)
        return false;
    json->at++;
    return true;
}

static int hex_digit(char digit) {
    if (digit >= '0' && digit <= '9')
        return digit - '0';
    if (digit >= 'a' && digit <= 'f')
        return digit - 'a' + 10;
    if (digit >= 'A' && digit <= 'F')
        return digit - 'A' + 10;
    return -1;
}

static bool read_unit(switchyard_json *json, uint32_t *unit) {
    *unit = 0;
    for (int digits = 0; digits < 4; digits++) {
        int digit = hex_digit(*json->at);
        if (digit < 0)
            return wrong(json, "four hexadecimal digits");
        *unit = *unit * 16 + (uint32_t)digit;
        json->at++;
    }
    return true;
}

// What follows `\u`: one UTF-16 unit, or two that belong together.
static bool read_code_point(switchyard_json *json, uint32_t *point) {
    if (!read_unit(json, point))
        return false;
    if (*point < 0xd800 || *point > 0xdfff)
        return *point != 0 || wrong(json, "no zero character");
    uint32_t low;
    if (*point > 0xdbff || strncmp(json->at, "\\u", 2) != 0)
        return wrong(json, "a pair of surrogates");
    json->at += 2;
    if (!read_unit(json, &low))
        return false;
    if (low < 0xdc00 || low > 0xdfff)
        return wrong(json, "a pair of surrogates");
    *point = 0x10000 + ((*point - 0xd800) << 10) + (low - 0xdc00);
    return true;
}

static char *write_utf8(char *to, uint32_t point) {
    if (point < 0x80) {
        *to++ = (char)point;
    } else if (point < 0x800) {
        *to++ = (char)(0xc0 | point >> 6);
        *to++ = (char)(0x80 | (point & 0x3f));
    } else if (point < 0x10000) {
        *to++ = (char)(0xe0 | point >> 12);
        *to++ = (char)(0x80 | (point >> 6 & 0x3f));
        *to++ = (char)(0x80 | (point & 0x3f));
    } else {
        *to++ = (char)(0xf0 | point >> 18);
        *to++ = (char)(0x80 | (point >> 12 & 0x3f));
        *to++ = (char)(0x80 | (point >> 6 & 0x3f));
        *to++ = (char)(0x80 | (point & 0x3f));
    }
    return to;
}

static bool read_escape(switchyard_json *json, char **to) {
    static const char escapes[] = "\"\\/bfnrt", meant[] = "\"\\/\b\f\n\r\t";
    char escape = *json->at;
    const char *known = escape == '\0' ? NULL : strchr(escapes, escape);
    if (known != NULL) {
        json->at++;
        *(*to)++ = meant[known - escapes];
        return true;
    }
    if (escape != 'u')
        return wrong(json, "an escape");
    json->at++;
    uint32_t point;
    if (!read_code_point(json, &point))
        return false;
    *to = write_utf8(*to, point);
    return true;
}

// An escape is longer than what it means, so the text fits where it stands.
static size_t room_for(const char *at) {
    size_t length = 0;
    while (at[length] != '\0' && at[length] != '"')
        length += at[length] == '\\' && at[length + 1] != '\0' ? 2 : 1;
    return length + 1;
}

static bool read_text(switchyard_json *json, const char **text) {
    if (!take(json, '"'))
        return wrong(json, "a text in double quotes");
    char *to = switchyard_allocate(room_for(json->at));
    *text = to;
    while (*json->at != '"') {
        if ((unsigned char)*json->at < 0x20)
            return wrong(json, "the end of the text");
        if (*json->at != '\\') {
            *to++ = *json->at++;
            continue;
        }
        json->at++;
        if (!read_escape(json, &to))
            return false;
    }
    json->at++;
    return true;
}

static bool skip_digits(switchyard_json *json) {
    size_t digits = strspn(json->at, "0123456789");
    json->at += digits;
    return digits > 0 || wrong(json, "a digit");
}

static bool skip_number(switchyard_json *json) {
    json->at += *json->at == '-';
    if (*json->at == '0')
        json->at++;
    else if (!skip_digits(json))
        return false;
    if (*json->at == '.') {
        json->at++;
        if (!skip_digits(json))
            return false;
    }
    if (*json->at == 'e' || *json->at == 'E') {
        json->at++;
        json->at += *json->at == '+' || *json->at == '-';
        return skip_digits(json);
    }
    return true;
}

static bool skip_word(switchyard_json *json, const char *word) {
    size_t length = strlen(word);
    if (strncmp(json->at, word, length) != 0)
        return wrong(json, "a value");
    json->at += length;
    return true;
}

static bool skip_nested(switchyard_json *json, char end, int depth) {
    json->at++;
    if (depth == DEEPEST)
        return wrong(json, "less depth");
    if (take(json, end))
        return true;
    do {
        switchyard_json_value ignored;
        const char *name;
        if (end == '}' && !read_text(json, &name))
            return false;
        if (end == '}' && !take(json, ':'))
            return wrong(json, "`:`");
        if (!read_value(json, &ignored, depth + 1))
            return false;
    } while (take(json, ','));
    return take(json, end) || wrong(json, end == '}' ? "`,` or `}`" : "`,` or `]`");
}

static bool read_kind(switchyard_json *json, switchyard_json_value *value, int depth) {
    switch (*json->at) {
    case '{':
        value->kind = SWITCHYARD_JSON_OBJECT;
        return skip_nested(json, '}', depth);
    case '[':
        value->kind = SWITCHYARD_JSON_ARRAY;
        return skip_nested(json, ']', depth);
    case '"':
        value->kind = SWITCHYARD_JSON_TEXT;
        return read_text(json, &value->text);
    case 't':
        value->kind = SWITCHYARD_JSON_TRUE;
        return skip_word(json, "true");
    case 'f':
        value->kind = SWITCHYARD_JSON_FALSE;
        return skip_word(json, "false");
    case 'n':
        value->kind = SWITCHYARD_JSON_NULL;
        return skip_word(json, "null");
    default:
        if (*json->at != '-' && (*json->at < '0' || *json->at > '9'))
            return wrong(json, "a value");
        value->kind = SWITCHYARD_JSON_NUMBER;
        return skip_number(json);
    }
}

static bool read_value(switchyard_json *json, switchyard_json_value *value, int depth) {
    skip_blanks(json);
    *value = (switchyard_json_value){.raw = json->at};
    bool read = read_kind(json, value, depth);
    value->raw_length = (size_t)(json->at - value->raw);
    return read;
}

static bool end_of_text(switchyard_json *json) {
    skip_blanks(json);
    if (*json->at != '\0')
        wrong(json, "the end");
    return false;
}

bool switchyard_json_member(switchyard_json *json, const char **name, switchyard_json_value *value) {
    bool first = !json->inside;
    if (first && !take(json, '{'))
        return wrong(json, "an object");
    json->inside = true;
    if (take(json, '}'))
        return end_of_text(json);
    if (!first && !take(json, ','))
        return wrong(json, "`,` or `}`");
    if (!read_text(json, name))
        return false;
    if (!take(json, ':'))
        return wrong(json, "`:`");
    return read_value(json, value, 1);
}
