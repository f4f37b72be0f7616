/// Memory that nobody has to free.
///
/// There is one function to ask for some, and it lives as long as what it was asked for in:
///
/// - in `configure`, until the instance ends;
/// - in `endpoints_changed`, until endpoints change again, and so does everything in that call's arguments;
/// - in any other call, until that call is over.
///
/// So a plugin allocates nothing that stays per request, and its memory is flat however long it runs.
#ifndef SWITCHYARD_MEMORY_H
#define SWITCHYARD_MEMORY_H

#include <stddef.h>

/// Memory of this many bytes, all zero, aligned for anything. Never NULL: where there is no more, it is a panic.
void *switchyard_allocate(size_t size);

/// The same for an array.
void *switchyard_allocate_array(size_t count, size_t size);

/// A copy of `length` bytes with a zero byte behind them.
char *switchyard_copy(const char *text, size_t length);

/// What `snprintf` would write.
__attribute__((format(printf, 1, 2))) char *switchyard_format(const char *format, ...);

#endif
