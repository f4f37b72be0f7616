// Texts that leave a plugin.

#include <switchyard/testing.h>

#include <string.h>

#include "utf8.h"

static void check_mended(const char *text, const char *want) {
    switchyard_check_text(switchyard_as_utf8(text, strlen(text)), want);
}

SWITCHYARD_TEST(what_is_utf8_stays_as_it_is) {
    const char *text = "A \xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80 \xf4\x8f\xbf\xbf \xed\x9f\xbf \xe0\xa0\x80";
    switchyard_check(switchyard_as_utf8(text, strlen(text)) == text);
}

SWITCHYARD_TEST(other_bytes_become_question_marks) {
    check_mended("a\xff"
                 "b",
                 "a?b");
    check_mended("\xc3", "?");
    check_mended("\xc3\xc3\xa9", "?\xc3\xa9");
    check_mended("\xe2\x82", "??");
    check_mended("\xc0\x80", "??");
    check_mended("\xe0\x80\x80", "???");
    check_mended("\xed\xa0\x80", "???");
    check_mended("\xf0\x80\x80\x80", "????");
    check_mended("\xf4\x90\x80\x80", "????");
    check_mended("\xf5\x80\x80\x80", "????");
    check_mended("\x80", "?");
}
