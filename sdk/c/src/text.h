/// `printf`'s arguments handed on: `switchyard_format` for functions that take `...` themselves.
#ifndef SWITCHYARD_SRC_TEXT_H
#define SWITCHYARD_SRC_TEXT_H

#include <stdarg.h>

/// A text in memory of the call at hand.
__attribute__((format(printf, 1, 0))) char *switchyard_format_list(const char *format, va_list values);

#endif
