// Arenas: allocating moves a cursor, and ending a lifetime moves it back.
//
// An arena that a call outgrew takes further blocks; when its lifetime ends they are given up for one block of their
// common size. So after the largest call came once, an arena is one block for good.

#include "memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <switchyard/log.h>
#include <switchyard/memory.h>

enum { FIRST_BLOCK = 16 * 1024, ALIGN = 16 };

typedef struct block {
    struct block *older;
    size_t capacity;
    size_t used;
} block;

typedef struct arena {
    block *newest;
    // What one block must hold from now on.
    size_t wanted;
} arena;

static arena call, generation, instance;
static arena *current = &call;

static block *new_block(size_t capacity, block *older) {
    block *made = malloc(sizeof *made + ALIGN + capacity);
    if (made == NULL)
        switchyard_panic("out of memory: %zu bytes could not be had", capacity);
    *made = (block){.older = older, .capacity = capacity, .used = 0};
    return made;
}

// The first byte of a block that is aligned for anything.
static uintptr_t begin(const block *one) {
    return ((uintptr_t)(one + 1) + ALIGN - 1) & ~(uintptr_t)(ALIGN - 1);
}

static size_t larger(size_t one, size_t other) {
    return one > other ? one : other;
}

static void *allocate(arena *from, size_t size, size_t align) {
    block *one = from->newest;
    size_t start = one == NULL ? 0 : (one->used + align - 1) & ~(align - 1);
    if (one == NULL || start > one->capacity || size > one->capacity - start) {
        size_t more = one == NULL ? larger(from->wanted, FIRST_BLOCK) : 2 * one->capacity;
        one = new_block(larger(size, more), one);
        from->newest = one;
        start = 0;
    }
    one->used = start + size;
    return (void *)(begin(one) + start);
}

static void reset(arena *ended) {
    block *one = ended->newest;
    if (one == NULL)
        return;
    if (one->older == NULL) {
        one->used = 0;
        return;
    }
    ended->wanted = 0;
    while (one != NULL) {
        block *older = one->older;
        ended->wanted += one->capacity;
        free(one);
        one = older;
    }
    ended->newest = NULL;
}

void *switchyard_call_allocate(size_t size, size_t align) {
    return allocate(&call, size, align);
}

void switchyard_begin_instance(void) {
    reset(&instance);
}

void switchyard_keep_for_instance(void) {
    current = &instance;
}

void switchyard_keep_for_call(void) {
    current = &call;
}

void switchyard_begin_endpoints(void) {
    reset(&generation);
}

void switchyard_keep_endpoints(void) {
    arena kept = call;
    call = generation;
    generation = kept;
}

void switchyard_end_call(void) {
    switchyard_keep_for_call();
    reset(&call);
}

size_t switchyard_reserved(void) {
    const arena *all[] = {&call, &generation, &instance};
    size_t sum = 0;
    for (size_t at = 0; at < sizeof all / sizeof *all; at++)
        for (const block *one = all[at]->newest; one != NULL; one = one->older)
            sum += one->capacity;
    return sum;
}

void *switchyard_allocate(size_t size) {
    void *made = allocate(current, size, ALIGN);
    return memset(made, 0, size);
}

void *switchyard_allocate_array(size_t count, size_t size) {
    if (size != 0 && count > SIZE_MAX / size)
        switchyard_panic("out of memory: %zu items of %zu bytes are too many", count, size);
    return switchyard_allocate(count * size);
}

void *switchyard_grow(void *items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity)
        return items;
    *capacity = *capacity == 0 ? 4 : 2 * *capacity;
    void *more = switchyard_allocate_array(*capacity, size);
    return count == 0 ? more : memcpy(more, items, count * size);
}

char *switchyard_copy(const char *text, size_t length) {
    char *copy = switchyard_allocate(length + 1);
    if (length > 0)
        memcpy(copy, text, length);
    return copy;
}
