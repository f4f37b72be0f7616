// Lines are made on the stack, so that there is one even where no memory is left.

#include "log.h"

#include <stdarg.h>
#include <stdio.h>

enum { LONGEST_LINE = 1024 };

__attribute__((format(printf, 2, 0))) static void write_list(switchyard_level level, const char *format,
                                                             va_list values) {
    char line[LONGEST_LINE];
    int length = vsnprintf(line, sizeof line, format, values);
    if (length < 0)
        return;
    size_t written = (size_t)length < sizeof line ? (size_t)length : sizeof line - 1;
    switchyard_write_line(level, line, written);
}

void switchyard_log(switchyard_level level, const char *format, ...) {
    va_list values;
    va_start(values, format);
    write_list(level, format, values);
    va_end(values);
}

void switchyard_panic(const char *format, ...) {
    va_list values;
    va_start(values, format);
    write_list(SWITCHYARD_ERROR, format, values);
    va_end(values);
    switchyard_die();
}
