/// Numbers out of texts.
#ifndef SWITCHYARD_SRC_NUMBER_H
#define SWITCHYARD_SRC_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

/// Reads a decimal number that is the whole text, or one of the words `inf`, `infinity` and `nan` in any case.
bool switchyard_read_number(const char *text, size_t length, double *value);

#endif
