// The two ways in which a plugin says no.

#include <switchyard/fault.h>

#include "text.h"

switchyard_fault switchyard_cannot_answer(const char *format, ...) {
    va_list values;
    va_start(values, format);
    switchyard_fault fault = {.code = 0, .message = switchyard_format_list(format, values)};
    va_end(values);
    return fault;
}

switchyard_fault switchyard_refuse(uint16_t status, const char *format, ...) {
    va_list values;
    va_start(values, format);
    switchyard_fault fault = {.code = status, .message = switchyard_format_list(format, values)};
    va_end(values);
    return fault;
}
