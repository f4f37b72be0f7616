// Settings: values, mistakes, and the schema.

#include <switchyard/testing.h>

#include <string.h>

#include "sample.h"

SWITCHYARD_TEST(nothing_given_is_what_the_table_says) {
    switchyard_test_settings("{\"fullAt\": 3, \"label\": \"x\", \"strict\": true, \"fallbacks\": 7}");
    switchyard_test_settings(" {\n} ");
    switchyard_check_numbers(&sample.full_at, 10);
    switchyard_check_numbers(&sample.share, 0.1);
    switchyard_check_numbers(&sample.any, -2.5);
    switchyard_check(sample.fallbacks == 1);
    switchyard_check(!sample.strict);
    switchyard_check_text(sample.label, "drain");
}

SWITCHYARD_TEST(what_is_given_holds) {
    switchyard_test_settings("{\"fullAt\":1.5e1,\"share\":1,\"any\":-0.25,\"fallbacks\":100,\"strict\":true}");
    switchyard_check_numbers(&sample.full_at, 15);
    switchyard_check_numbers(&sample.share, 1);
    switchyard_check_numbers(&sample.any, -0.25);
    switchyard_check(sample.fallbacks == 100);
    switchyard_check(sample.strict);
}

static void check_label(const char *json, const char *want) {
    switchyard_test_settings(switchyard_format("{\"label\": %s}", json));
    switchyard_check_text(sample.label, want);
}

SWITCHYARD_TEST(texts_lose_their_escapes) {
    check_label("\"\"", "");
    check_label("\"llm-d.ai/role\"", "llm-d.ai/role");
    check_label("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t");
    check_label("\"\\u0041\\u00e9\\u20aC\\ud83d\\ude00\"", "A\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
    check_label("\"\xc3\xa9\"", "\xc3\xa9");
}

static void check_mistake(const char *json, const char *path, const char *message) {
    const switchyard_diagnostic *mistake = switchyard_test_mistake(json);
    if (mistake == NULL)
        switchyard_fail(__FILE__, __LINE__, "%s was taken, expected a mistake in `%s`", json, path);
    switchyard_check_text(mistake->path, path);
    switchyard_check_text(mistake->message, message);
}

SWITCHYARD_TEST(a_mistake_is_named_with_its_path) {
    check_mistake("{\"fullAt\": 0}", "fullAt", "found 0, expected a number above 0");
    check_mistake("{\"fullAt\": \"ten\"}", "fullAt", "found \"ten\", expected a number above 0");
    check_mistake("{\"fullAt\": 1e999}", "fullAt", "found 1e999, expected a number above 0");
    check_mistake("{\"share\": 1.5}", "share", "found 1.5, expected a number from 0 to 1");
    check_mistake("{\"share\": -0.1}", "share", "found -0.1, expected a number from 0 to 1");
    check_mistake("{\"atLeast\": 2}", "atLeast", "found 2, expected a number of at least 3");
    check_mistake("{\"any\": null}", "any", "found null, expected a number");
    check_mistake("{\"fallbacks\": 1.5}", "fallbacks", "found 1.5, expected a whole number from 0 to 4294967295");
    check_mistake("{\"fallbacks\": -1}", "fallbacks", "found -1, expected a whole number from 0 to 4294967295");
    check_mistake("{\"fallbacks\": 4294967296}", "fallbacks",
                  "found 4294967296, expected a whole number from 0 to 4294967295");
    check_mistake("{\"label\": 7}", "label", "found 7, expected a text");
    check_mistake("{\"label\": {\"a\": [1, {\"b\": null}]}}", "label",
                  "found {\"a\": [1, {\"b\": null}]}, expected a text");
    check_mistake("{\"strict\": \"\xc3\xa9 and much more than fits into a message\"}", "strict",
                  "found \"\xc3\xa9 and much more than fits into a messa..., expected true or false");
    check_mistake("{\"fullat\": 3}", "fullat",
                  "unknown setting, expected one of `fullAt`, `share`, `any`, `atLeast`, `fallbacks`, `label`, `strict`");
    check_mistake("{\"any\": 1, \"any\": 1}", "any", "found it twice, expected it once");
    check_mistake("{\"fallbacks\": 101}", "fallbacks", "found 101, expected at most 100");
}

SWITCHYARD_TEST(what_is_no_json_is_refused) {
    check_mistake("", "", "no JSON at byte 0: found the end, expected an object");
    check_mistake("[1]", "", "no JSON at byte 0: found `[`, expected an object");
    check_mistake("{", "", "no JSON at byte 1: found the end, expected a text in double quotes");
    check_mistake("{\"any\" 1}", "", "no JSON at byte 7: found `1`, expected `:`");
    check_mistake("{\"any\": 1 \"share\"", "", "no JSON at byte 10: found `\"`, expected `,` or `}`");
    check_mistake("{\"any\": 1,}", "", "no JSON at byte 10: found `}`, expected a text in double quotes");
    check_mistake("{\"any\": 01}", "", "no JSON at byte 9: found `1`, expected `,` or `}`");
    check_mistake("{\"any\": 1.}", "", "no JSON at byte 10: found `}`, expected a digit");
    check_mistake("{\"any\": \xc3\xa9}", "", "no JSON at byte 8: found `\xc3\xa9`, expected a value");
    check_mistake("{\"any\": nul}", "", "no JSON at byte 8: found `n`, expected a value");
    check_mistake("{\"any\": [1, 2}", "", "no JSON at byte 13: found `}`, expected `,` or `]`");
    check_mistake("{} x", "", "no JSON at byte 3: found `x`, expected the end");
    check_mistake("{\"label\": \"a", "", "no JSON at byte 12: found the end, expected the end of the text");
    check_mistake("{\"label\": \"\\x\"}", "", "no JSON at byte 12: found `x`, expected an escape");
    check_mistake("{\"label\": \"\\ud83d\"}", "", "no JSON at byte 17: found `\"`, expected a pair of surrogates");
    check_mistake("{\"label\": \"\\u00g0\"}", "", "no JSON at byte 15: found `g`, expected four hexadecimal digits");
    check_mistake("{\"label\": \"\\u0000\"}", "", "no JSON at byte 17: found `\"`, expected no zero character");
}

SWITCHYARD_TEST(depth_is_bounded) {
    char deep[400] = "{\"any\": ";
    size_t begin = strlen(deep);
    memset(deep + begin, '[', 200);
    const switchyard_diagnostic *mistake = switchyard_test_mistake(deep);
    switchyard_check(mistake != NULL && strstr(mistake->message, "expected less depth") != NULL);
}

SWITCHYARD_TEST(the_schema_says_the_same) {
    switchyard_check_text(
        switchyard_test_schema(),
        "{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\",\"properties\":{"
        "\"fullAt\":{\"description\":\"With so many it is full.\",\"type\":\"number\",\"exclusiveMinimum\":0,"
        "\"default\":10},"
        "\"share\":{\"description\":\"A share.\",\"type\":\"number\",\"minimum\":0,\"maximum\":1,\"default\":0.1},"
        "\"any\":{\"description\":\"Any.\",\"type\":\"number\",\"default\":-2.5},"
        "\"atLeast\":{\"description\":\"From 3.\",\"type\":\"number\",\"minimum\":3,\"default\":3},"
        "\"fallbacks\":{\"description\":\"How many.\",\"type\":\"integer\",\"minimum\":0,\"maximum\":4294967295,"
        "\"default\":1},"
        "\"label\":{\"description\":\"With \\\"quotes\\\".\",\"type\":\"string\",\"default\":\"drain\"},"
        "\"strict\":{\"description\":\"Whether.\",\"type\":\"boolean\",\"default\":false}"
        "},\"additionalProperties\":false}");
}
