/// The three lifetimes behind `switchyard_allocate`, for whoever carries calls in and out.
#ifndef SWITCHYARD_SRC_MEMORY_H
#define SWITCHYARD_SRC_MEMORY_H

#include <stddef.h>

/// Memory for as long as the call at hand, not zeroed. What the host hands over goes here.
void *switchyard_call_allocate(size_t size, size_t align);

/// A plugin begins anew: what stayed is forgotten.
void switchyard_begin_instance(void);

/// From here on, what is allocated stays until the instance ends.
void switchyard_keep_for_instance(void);

/// From here on, what is allocated stays for the call at hand. So it is when a call begins.
void switchyard_keep_for_call(void);

/// The endpoints of last time and all that was worked out of them are forgotten.
void switchyard_begin_endpoints(void);

/// What this call allocated, its arguments included, stays until endpoints change again.
void switchyard_keep_endpoints(void);

/// The call is over and its results are with the host.
void switchyard_end_call(void);

/// Makes room for one more item in a growing list; the new `items`.
void *switchyard_grow(void *items, size_t count, size_t *capacity, size_t size);

/// How many bytes are set aside, used or not.
size_t switchyard_reserved(void);

#endif
