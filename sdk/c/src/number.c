// Nearly all numbers in expositions are short: their digits fit a double exactly and so does the power of ten, and one
// multiplication or division of exact numbers is rounded right. The library does the others; its way takes a
// microsecond on wasm.

#include "number.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <switchyard/memory.h>

enum { EXACT_POWER = 22, FAR_EXPONENT = 100000 };

static const double POWERS[EXACT_POWER + 1] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                               1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

// A number as digits times a power of ten.
typedef struct decimal {
    uint64_t digits;
    int exponent;
    // Some digits had no room.
    bool cut;
} decimal;

static bool is_digit(char character) {
    return character >= '0' && character <= '9';
}

static bool read_exponent(const char **at, const char *end, int *exponent) {
    bool negative = false;
    if (*at < end && (**at == '+' || **at == '-'))
        negative = *(*at)++ == '-';
    const char *first = *at;
    int value = 0;
    for (; *at < end && is_digit(**at); (*at)++)
        if (value < FAR_EXPONENT)
            value = 10 * value + (**at - '0');
    *exponent += negative ? -value : value;
    return *at > first;
}

static bool read_decimal(const char *at, const char *end, decimal *number) {
    bool any = false, fraction = false;
    for (; at < end && (is_digit(*at) || (*at == '.' && !fraction)); at++) {
        if (*at == '.') {
            fraction = true;
            continue;
        }
        any = true;
        if (number->digits < UINT64_MAX / 100) {
            number->digits = 10 * number->digits + (uint64_t)(*at - '0');
            number->exponent -= fraction;
        } else {
            number->cut = true;
            number->exponent += !fraction;
        }
    }
    if (!any)
        return false;
    if (at < end && (*at == 'e' || *at == 'E')) {
        at++;
        if (!read_exponent(&at, end, &number->exponent))
            return false;
    }
    return at == end;
}

static bool is_word(const char *text, size_t length, const char *word) {
    return length == strlen(word) && strncasecmp(text, word, length) == 0;
}

static double by_library(const char *text, size_t length) {
    char copy[64];
    if (length >= sizeof copy)
        return strtod(switchyard_copy(text, length), NULL);
    memcpy(copy, text, length);
    copy[length] = '\0';
    return strtod(copy, NULL);
}

static bool read_unsigned(const char *text, size_t length, double *value) {
    decimal number = {0};
    if (is_word(text, length, "inf") || is_word(text, length, "infinity"))
        *value = INFINITY;
    else if (is_word(text, length, "nan"))
        *value = NAN;
    else if (!read_decimal(text, text + length, &number))
        return false;
    else if (number.cut || number.digits > UINT64_C(1) << 53 || abs(number.exponent) > EXACT_POWER)
        *value = by_library(text, length);
    else if (number.exponent < 0)
        *value = (double)number.digits / POWERS[-number.exponent];
    else
        *value = (double)number.digits * POWERS[number.exponent];
    return true;
}

bool switchyard_read_number(const char *text, size_t length, double *value) {
    bool negative = length > 0 && text[0] == '-';
    size_t sign = length > 0 && (text[0] == '-' || text[0] == '+');
    if (!read_unsigned(text + sign, length - sign, value))
        return false;
    if (negative)
        *value = -*value;
    return true;
}
