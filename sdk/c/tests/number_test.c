// Numbers out of texts.

#include <switchyard/testing.h>

#include <string.h>

#include "number.h"

static void check_number(const char *text, double want) {
    double found = 0;
    if (!switchyard_read_number(text, strlen(text), &found))
        switchyard_fail(__FILE__, __LINE__, "`%s` was not read, expected %g", text, want);
    // To the bit, and NaN like NaN.
    if (memcmp(&found, &want, sizeof found) != 0 && !(isnan(found) && isnan(want)))
        switchyard_fail(__FILE__, __LINE__, "`%s`: found %.17g, expected %.17g", text, found, want);
}

SWITCHYARD_TEST(numbers_are_read_to_the_bit) {
    check_number("0", 0);
    check_number("-0", -0.0);
    check_number("61.5", 61.5);
    check_number("+1.", 1);
    check_number(".5", 0.5);
    check_number("0.1", 0.1);
    check_number("1e3", 1000);
    check_number("1.5E-3", 0.0015);
    check_number("123456789012345", 123456789012345);
    check_number("9007199254740993", 9007199254740992);
    check_number("0.30000000000000004", 0.1 + 0.2);
    check_number("1.7976931348623157e308", 1.7976931348623157e308);
    check_number("5e-324", 5e-324);
    check_number("1e23", 1e23);
    check_number("100000000000000000000000000000000000000000000000000000000000000000000000000000", 1e77);
    check_number("1e99999999999", INFINITY);
}

SWITCHYARD_TEST(words_are_numbers_too) {
    check_number("+Inf", INFINITY);
    check_number("-inf", -INFINITY);
    check_number("Infinity", INFINITY);
    check_number("NaN", NAN);
}

SWITCHYARD_TEST(other_texts_are_no_numbers) {
    const char *texts[] = {"", "-", ".", "x", "1x", "1e", "1e+", "0x1p3", "1 ", " 1", "1.2.3", "--1", "nan(1)", "in"};
    for (size_t at = 0; at < sizeof texts / sizeof *texts; at++) {
        double found;
        if (switchyard_read_number(texts[at], strlen(texts[at]), &found))
            switchyard_fail(__FILE__, __LINE__, "`%s` was read as %g, expected no number", texts[at], found);
    }
}
