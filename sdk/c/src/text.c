// Texts made as by `printf`.

#include "text.h"

#include <stdio.h>

#include <switchyard/memory.h>

char *switchyard_format_list(const char *format, va_list values) {
    va_list again;
    va_copy(again, values);
    int length = vsnprintf(NULL, 0, format, values);
    char *text = switchyard_allocate(length < 0 ? 1 : (size_t)length + 1);
    if (length >= 0)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

char *switchyard_format(const char *format, ...) {
    va_list values;
    va_start(values, format);
    char *text = switchyard_format_list(format, values);
    va_end(values);
    return text;
}
