// Expositions: lines, and their labels.

#include <switchyard/testing.h>

#include <string.h>

static bool first(const char *text, switchyard_series *series) {
    switchyard_exposition lines = {text, strlen(text)};
    return switchyard_next_series(&lines, series);
}

static void check_line(const char *text, const char *name, const char *labels, double value) {
    switchyard_series series;
    if (!first(text, &series))
        switchyard_fail(__FILE__, __LINE__, "`%s` holds no series, expected one", text);
    switchyard_check(switchyard_series_is(&series, name));
    switchyard_check_text(switchyard_copy(series.labels, series.labels_length), labels);
    switchyard_check_numbers(&series.value, value);
}

SWITCHYARD_TEST(lines_become_series) {
    check_line("up 1", "up", "", 1);
    check_line("  up\t1.5  ", "up", "", 1.5);
    check_line("up{a=\"b\"} 3 1395066363000\n", "up", "a=\"b\"", 3);
    check_line("up{} +Inf\r\n", "up", "", INFINITY);
    check_line("up{a=\"}\\\"}\"} 2", "up", "a=\"}\\\"}\"", 2);
    check_line("up_bucket{le=\"1\"} 7 # {trace=\"x\"} 0.5", "up_bucket", "le=\"1\"", 7);
    check_line("up NaN", "up", "", NAN);
    check_line("# HELP up Whether it is up.\n\nno series\nup 4", "up", "", 4);
}

SWITCHYARD_TEST(other_lines_are_passed_over) {
    const char *texts[] = {"# HELP up Whether it is up.", "",      "\n\n", "up", "up x", "up{a=\"b\" 1", "up 1 yesterday",
                           "{a=\"b\"} 1",                 "up{a=\""};
    for (size_t at = 0; at < sizeof texts / sizeof *texts; at++) {
        switchyard_series series;
        if (first(texts[at], &series))
            switchyard_fail(__FILE__, __LINE__, "`%s` was taken for a series", texts[at]);
    }
}

SWITCHYARD_TEST(names_are_compared_whole) {
    switchyard_series series;
    switchyard_check(first("vllm:num_requests_waiting_by_reason 1", &series));
    switchyard_check(!switchyard_series_is(&series, "vllm:num_requests_waiting"));
    switchyard_check(!switchyard_series_is(&series, "vllm:num_requests_waiting_by_reason_total"));
}

static void check_label(const char *labels, const char *name, const char *want) {
    switchyard_series series = {.labels = labels, .labels_length = strlen(labels)};
    const char *found = switchyard_series_label(&series, name);
    switchyard_check_text(found == NULL ? "(none)" : found, want);
}

SWITCHYARD_TEST(labels_are_unescaped) {
    check_label("a=\"1\",b=\"2\"", "b", "2");
    check_label("a = \"1\" , b=\"2\",", "b", "2");
    check_label("a=\"x,b=y\",b=\"2\"", "b", "2");
    check_label("a=\"say \\\"hi\\\"\\n\\\\ \\t\"", "a", "say \"hi\"\n\\ \\t");
    check_label("ab=\"1\"", "a", "(none)");
    check_label("a=1", "a", "(none)");
    check_label("a=\"1", "a", "(none)");
    check_label("", "a", "(none)");
}
