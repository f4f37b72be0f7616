/// Texts that leave a plugin must be UTF-8, or the host takes the call for broken.
#ifndef SWITCHYARD_SRC_UTF8_H
#define SWITCHYARD_SRC_UTF8_H

#include <stddef.h>

/// How many bytes at the beginning are UTF-8; `length` if all are.
size_t switchyard_valid_utf8(const char *text, size_t length);

/// The text itself, or a copy with a `?` for each byte that is out of place.
const char *switchyard_as_utf8(const char *text, size_t length);

#endif
