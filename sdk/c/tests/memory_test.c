// How long memory lasts, and that there is no more of it after many calls than after a few.

#include <switchyard/testing.h>

#include <stdint.h>
#include <string.h>

#include "memory.h"

// A call that takes as much as its number says.
static void call(size_t number) {
    for (size_t piece = 0; piece < number % 50; piece++) {
        char *taken = switchyard_allocate(1 + (number * 7919 + piece * 104729) % 5000);
        switchyard_check((uintptr_t)taken % 16 == 0 && taken[0] == 0);
        memset(taken, 'x', 1);
    }
    switchyard_end_call();
}

SWITCHYARD_TEST(memory_is_flat_over_many_calls) {
    for (size_t number = 0; number < 5000; number++)
        call(number);
    size_t before = switchyard_reserved();
    for (size_t number = 0; number < 200000; number++)
        call(number);
    switchyard_check(switchyard_reserved() == before);
}

SWITCHYARD_TEST(a_large_call_fits_one_block_from_then_on) {
    for (int times = 0; times < 3; times++) {
        for (int piece = 0; piece < 1000; piece++)
            switchyard_allocate(1000);
        switchyard_end_call();
    }
    switchyard_allocate(1);
    size_t before = switchyard_reserved();
    for (int piece = 0; piece < 1000; piece++)
        switchyard_allocate(1000);
    switchyard_check(switchyard_reserved() == before);
}

SWITCHYARD_TEST(what_the_endpoints_gave_stays_until_they_change) {
    switchyard_begin_endpoints();
    const char *kept = switchyard_format("pod-%d", 7);
    switchyard_keep_endpoints();
    switchyard_end_call();
    for (size_t number = 0; number < 1000; number++)
        call(number);
    switchyard_check_text(kept, "pod-7");
}

SWITCHYARD_TEST(what_configure_took_stays) {
    switchyard_keep_for_instance();
    const char *kept = switchyard_format("setting %d", 7);
    switchyard_end_call();
    for (size_t number = 0; number < 1000; number++)
        call(number);
    for (int generation = 0; generation < 3; generation++) {
        switchyard_begin_endpoints();
        switchyard_allocate(100000);
        switchyard_keep_endpoints();
        switchyard_end_call();
    }
    switchyard_check_text(kept, "setting 7");
}

static void too_much(void) {
    switchyard_allocate_array(SIZE_MAX / 4, 8);
}

SWITCHYARD_TEST(too_much_is_a_panic) {
    const char *message = switchyard_test_panic(too_much);
    switchyard_check(message != NULL && strncmp(message, "out of memory", 13) == 0);
}
