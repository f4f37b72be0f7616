// Where the host puts what it hands over.
//
// The bindings would ask the C library for memory and free each piece; this takes it from the call's arena.

#include "guest.h"

#include <stdlib.h>
#include <string.h>

void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size);
void *cabi_realloc_adapter(void *old, size_t old_size, size_t align, size_t size);

// The host's way to ask for memory, in place of the generated one. Only texts and bytes have an alignment of one:
// those get a zero byte behind them.
__attribute__((export_name("cabi_realloc"))) void *cabi_realloc(void *old, size_t old_size, size_t align, size_t size) {
    size_t end = align == 1;
    char *made = switchyard_call_allocate(size + end, align);
    if (end)
        made[size] = '\0';
    if (old_size > 0)
        memcpy(made, old, old_size < size ? old_size : size);
    return made;
}

// A plugin that calls what is WASI's, such as `time`, gets an adapter that asks for memory to keep.
__attribute__((export_name("cabi_realloc_adapter"))) void *cabi_realloc_adapter(void *old, size_t old_size,
                                                                                size_t align, size_t size) {
    (void)old_size, (void)align;
    void *made = realloc(old, size);
    if (made == NULL)
        switchyard_panic("out of memory: %zu bytes could not be had", size);
    return made;
}
