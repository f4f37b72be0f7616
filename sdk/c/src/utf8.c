// A plugin that quotes bytes of a body in a message shall not fall over them.

#include "utf8.h"

#include <stdbool.h>
#include <stdint.h>

#include <switchyard/memory.h>

// How many bytes a character has by its first; 0 for one that cannot begin any.
static size_t character_length(unsigned char first) {
    if (first < 0x80)
        return 1;
    if (first >= 0xc2 && first < 0xe0)
        return 2;
    if (first >= 0xe0 && first < 0xf0)
        return 3;
    return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

static bool is_character(const unsigned char *at, size_t length) {
    for (size_t next = 1; next < length; next++)
        if ((at[next] & 0xc0) != 0x80)
            return false;
    switch (at[0]) {
    case 0xe0: // Longer than it must be.
        return at[1] >= 0xa0;
    case 0xed: // A surrogate.
        return at[1] < 0xa0;
    case 0xf0:
        return at[1] >= 0x90;
    case 0xf4: // Past the last.
        return at[1] < 0x90;
    default:
        return true;
    }
}

size_t switchyard_valid_utf8(const char *text, size_t length) {
    const unsigned char *bytes = (const unsigned char *)text;
    size_t at = 0;
    while (at < length) {
        size_t one = character_length(bytes[at]);
        if (one == 0 || one > length - at || !is_character(bytes + at, one))
            return at;
        at += one;
    }
    return at;
}

const char *switchyard_as_utf8(const char *text, size_t length) {
    size_t valid = switchyard_valid_utf8(text, length);
    if (valid == length)
        return text;
    char *mended = switchyard_copy(text, length);
    while (valid < length) {
        mended[valid++] = '?';
        valid += switchyard_valid_utf8(text + valid, length - valid);
    }
    return mended;
}
