// Runs the tests of a program, one after the other in one process.
//
// A check that does not hold jumps out of its test, so each test stops at its first failure.

#include "native.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../memory.h"

typedef struct test {
    const char *file;
    const char *name;
    void (*body)(void);
} test;

static test *tests;
static size_t test_count;

static jmp_buf after_test, after_panic;
static bool expects_panic;

void switchyard_add_test(const char *file, const char *name, void (*body)(void)) {
    tests = realloc(tests, (test_count + 1) * sizeof *tests);
    if (tests == NULL)
        abort();
    tests[test_count++] = (test){file, name, body};
}

void switchyard_fail(const char *file, int line, const char *format, ...) {
    va_list values;
    va_start(values, format);
    printf("  %s:%d: ", file, line);
    vprintf(format, values);
    putchar('\n');
    va_end(values);
    longjmp(after_test, 1);
}

void switchyard_panicked(const char *line) {
    if (expects_panic)
        longjmp(after_panic, 1);
    printf("  the plugin panicked: %s\n", line);
    longjmp(after_test, 1);
}

const char *switchyard_test_panic(void (*body)(void)) {
    expects_panic = true;
    bool panicked = setjmp(after_panic) != 0;
    if (!panicked)
        body();
    expects_panic = false;
    return panicked ? switchyard_test_last_line() : NULL;
}

static const char *shown_numbers(const double *numbers, size_t count) {
    const char *text = "";
    for (size_t at = 0; at < count; at++)
        text = switchyard_format("%s%s%.10g", text, at == 0 ? "" : ", ", numbers[at]);
    return text;
}

static const char *shown_rows(const uint32_t *rows, size_t count) {
    const char *text = "";
    for (size_t at = 0; at < count; at++)
        text = switchyard_format("%s%s%u", text, at == 0 ? "" : ", ", rows[at]);
    return text;
}

static bool close_to(double found, double want) {
    return (isnan(found) && isnan(want)) || found == want || fabs(found - want) < 1e-9;
}

void switchyard_compare_texts(const char *file, int line, const char *found, const char *want) {
    if (strcmp(found, want) != 0)
        switchyard_fail(file, line, "found \"%s\"\n  expected \"%s\"", found, want);
}

void switchyard_compare_numbers(const char *file, int line, const double *found, size_t count, const double *want) {
    for (size_t at = 0; at < count; at++)
        if (!close_to(found[at], want[at]))
            switchyard_fail(file, line, "found %s, expected %s", shown_numbers(found, count),
                            shown_numbers(want, count));
}

static void answered(const char *file, int line, switchyard_fault fault) {
    if (switchyard_failed(fault))
        switchyard_fail(file, line, "found the fault \"%s\", expected an answer", fault.message);
}

void switchyard_compare_scores(const char *file, int line, switchyard_tested_scores found, size_t count,
                               const double *want) {
    answered(file, line, found.fault);
    if (found.count != count)
        switchyard_fail(file, line, "found %zu scores, expected %zu", found.count, count);
    switchyard_compare_numbers(file, line, found.items, count, want);
}

void switchyard_compare_rows(const char *file, int line, switchyard_tested_rows found, size_t count,
                             const uint32_t *want) {
    answered(file, line, found.fault);
    if (found.count != count || memcmp(found.items, want, count * sizeof *want) != 0)
        switchyard_fail(file, line, "found rows %s, expected %s", shown_rows(found.items, found.count),
                        shown_rows(want, count));
}

static bool passes(const test *one) {
    switchyard_end_call();
    switchyard_begin_instance();
    switchyard_begin_endpoints();
    switchyard_forget_host();
    switchyard_forget_inputs();
    expects_panic = false;
    if (setjmp(after_test) != 0)
        return false;
    one->body();
    return true;
}

int main(void) {
    size_t failed = 0;
    for (size_t at = 0; at < test_count; at++) {
        bool passed = passes(&tests[at]);
        printf("%s %s: %s\n", passed ? "ok  " : "FAIL", tests[at].file, tests[at].name);
        failed += !passed;
    }
    printf("%zu passed, %zu failed\n", test_count - failed, failed);
    free(tests);
    return failed == 0 && test_count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
