// Every stage of a plugin, called as the host would, and what its functions may ask.

#include <switchyard/testing.h>

#include <string.h>

#include "needs.h"
#include "sample.h"

SWITCHYARD_TEST(columns_and_scalars_are_found_by_name) {
    switchyard_test_settings("{}");
    switchyard_test_column(SWITCHYARD_COLUMN_KV_CACHE_USAGE, SWITCHYARD_NUMBERS(0.25, 0.5));
    switchyard_test_column(SWITCHYARD_COLUMN_WAITING_REQUESTS, SWITCHYARD_NUMBERS(1, 2));
    switchyard_test_scalar(SWITCHYARD_SCALAR_BLOCK_TOKENS, 16);
    switchyard_test_scalar(SWITCHYARD_SCALAR_PROMPT_TOKENS, 3);
    switchyard_check_scores(switchyard_test_score(), 16303.5, 16307);
}

SWITCHYARD_TEST(what_is_not_given_is_unknown) {
    switchyard_test_settings("{}");
    switchyard_test_column(SWITCHYARD_COLUMN_WAITING_REQUESTS, SWITCHYARD_NUMBERS(1, 2));
    switchyard_check_scores(switchyard_test_score(), NAN, NAN);
}

static const switchyard_needs no_needs;

static void read_undeclared_column(void) {
    switchyard_endpoints endpoints = {.needs = &no_needs};
    switchyard_column(&endpoints, SWITCHYARD_COLUMN_LORA_MAX);
}

static void read_undeclared_scalar(void) {
    switchyard_endpoints endpoints = {.needs = &no_needs};
    switchyard_scalar(&endpoints, SWITCHYARD_SCALAR_STREAM);
}

SWITCHYARD_TEST(an_undeclared_name_is_a_panic) {
    switchyard_check_text(switchyard_test_panic(read_undeclared_column),
                          "the plugin read `lora-max`, which its `needs` do not name");
    switchyard_check_text(switchyard_test_panic(read_undeclared_scalar),
                          "the plugin read `stream`, which its `needs` do not name");
}

SWITCHYARD_TEST(needs_are_known_by_name) {
    switchyard_test_settings("{}");
    switchyard_check(switchyard_test_needs("waiting-requests"));
    switchyard_check(switchyard_test_needs("block-tokens"));
    switchyard_check(switchyard_test_needs("sample/answers"));
    switchyard_check(switchyard_test_needs("state"));
    switchyard_check(!switchyard_test_needs("lora-max"));
}

SWITCHYARD_TEST(values_are_found_by_row_and_gaps_are_null) {
    switchyard_endpoint endpoints[] = {switchyard_test_endpoint(5), switchyard_test_endpoint(2)};
    switchyard_check(!switchyard_failed(switchyard_test_endpoints(endpoints, 2)));
    const char **name = switchyard_at_row(&sample.names, 5);
    switchyard_check(name != NULL);
    switchyard_check_text(*name, "pod-5");
    switchyard_check(switchyard_at_row(&sample.names, 0) == NULL);
    switchyard_check(switchyard_at_row(&sample.names, 6) == NULL);
    switchyard_check_rows(switchyard_test_keep(SWITCHYARD_ROWS(0, 2, 5, 6)), 2, 5);
}

SWITCHYARD_TEST(labels_are_found_by_key) {
    switchyard_endpoint endpoint = switchyard_test_labelled(3, "role", "decode");
    switchyard_check_text(switchyard_label_of(&endpoint, "role"), "decode");
    switchyard_check(switchyard_label_of(&endpoint, "rol") == NULL);
    switchyard_check_text(endpoint.id, "default/pod-3");
}

static void pick_too_many(void) {
    switchyard_test_pick(SWITCHYARD_NUMBERS(1, 2));
}

SWITCHYARD_TEST(more_rows_than_were_offered_are_a_panic) {
    switchyard_check_text(switchyard_test_panic(pick_too_many),
                          "more rows were answered than the 2 that were offered");
}

SWITCHYARD_TEST(a_decider_sees_the_rows) {
    switchyard_check(switchyard_test_agree("prefill", SWITCHYARD_ROWS(4, 2)));
    switchyard_check(!switchyard_test_agree("prefill", SWITCHYARD_ROWS(4)));
    switchyard_check(!switchyard_test_agree("decode", SWITCHYARD_ROWS(4, 2)));
}

SWITCHYARD_TEST(a_profile_handler_runs_profiles_and_decides) {
    switchyard_steps steps;
    switchyard_check(!switchyard_failed(switchyard_test_next(NULL, 0, &steps)));
    switchyard_check(steps.count == 1);
    switchyard_check_text(steps.items[0].profile, "decode");
    switchyard_check_text(steps.items[0].gate, "");

    const switchyard_profile_result done = {
        .profile = "decode", .rows = (uint32_t[]){3, 1}, .totals = (double[]){2, 1}, .count = 2};
    switchyard_check(!switchyard_failed(switchyard_test_next(&done, 1, &steps)));
    switchyard_check_text(steps.items[0].gate, "long-prompts");

    switchyard_decision decision;
    switchyard_check(!switchyard_failed(switchyard_test_decide(&done, 1, &decision)));
    switchyard_check_text(decision.primary, "decode");
    switchyard_check(decision.target_count == 2 && decision.targets[0].row == 3 && decision.targets[1].row == 1);
    switchyard_check_text(decision.headers.items[0].value, "b");

    switchyard_fault fault = switchyard_test_decide(NULL, 0, &decision);
    switchyard_check(fault.code == 503);
    switchyard_check_text(fault.message, "no profile of 2");
}

SWITCHYARD_TEST(a_scraper_plans_and_reads) {
    switchyard_test_settings("{}");
    switchyard_plan plan = switchyard_test_plan();
    switchyard_check(plan.count == 1 && plan.fetches[0].columns.count == 2);
    switchyard_check_text(plan.fetches[0].scheme, "http");
    switchyard_samples samples;
    switchyard_check(!switchyard_failed(switchyard_test_parse(200, "up 1\n", &samples)));
    switchyard_check(samples.count == 1 && samples.items[0].value_count == 2);
    switchyard_check_numbers(samples.items[0].values, 1, NAN);
    switchyard_check_text(samples.items[0].sets[0].members.items[1], "b");
}

SWITCHYARD_TEST(hooks_follow_a_request) {
    switchyard_decision decision = {.primary = "decode"};
    switchyard_add_target(&decision, 4, 0);
    switchyard_headers headers;
    switchyard_check(!switchyard_failed(switchyard_test_picked(&decision, &headers)));
    switchyard_check_text(headers.items[0].value, "decode");
    switchyard_check(!switchyard_failed(switchyard_test_response_started(200, &headers)));
    switchyard_check_text(headers.items[0].value, "200");
    const switchyard_ended ended = {.ending = SWITCHYARD_COMPLETE};
    switchyard_check(!switchyard_failed(switchyard_test_response_ended(&ended)));
    switchyard_check_numbers(&(double){switchyard_test_own_column(0, 4)}, 1);
    const switchyard_ended refused = {.ending = SWITCHYARD_REFUSED};
    switchyard_check_text(switchyard_test_response_ended(&refused).message, "ended with 3");
}

SWITCHYARD_TEST(the_request_is_what_the_test_says) {
    switchyard_test_request.model = "llama";
    switchyard_test_request.body = "0123456789";
    switchyard_test_request.body_length = 10;
    switchyard_test_header("x-tenant", "acme");
    switchyard_test_header("x-tenant", "other");
    switchyard_test_peers("prefill", SWITCHYARD_ROWS(3, 1));
    switchyard_check_text(switchyard_request_model(), "llama");
    switchyard_check_text(switchyard_request_path(), "");
    switchyard_check_text(switchyard_request_header("x-tenant"), "acme, other");
    switchyard_check(switchyard_request_header("x-none") == NULL);
    size_t found;
    switchyard_check_text(switchyard_request_body(8, 4, &found), "89");
    switchyard_check(found == 2);
    switchyard_request_body(10, 4, &found);
    switchyard_check(found == 0);
    switchyard_check(switchyard_request_peers("prefill", &found)[1] == 1 && found == 2);
    switchyard_request_peers("", &found);
    switchyard_check(found == 0);
}

SWITCHYARD_TEST(state_is_kept_until_it_is_removed) {
    size_t length;
    switchyard_check(switchyard_state_get("a", &length) == NULL);
    switchyard_check(!switchyard_failed(switchyard_state_set("a", "one", 3, 0)));
    switchyard_check(!switchyard_failed(switchyard_state_set("a", "four", 4, 0)));
    switchyard_check_text(switchyard_state_get("a", &length), "four");
    switchyard_check(length == 4);
    switchyard_state_remove("a");
    switchyard_check(switchyard_state_get("a", &length) == NULL);
}

SWITCHYARD_TEST(an_unknown_own_value_counts_as_0_when_added_to) {
    switchyard_own_column_set(0, 1, NAN);
    switchyard_own_column_add(0, 1, 2);
    switchyard_own_column_add(0, 1, 3);
    switchyard_check_numbers(&(double){switchyard_test_own_column(0, 1)}, 5);
}

SWITCHYARD_TEST(lines_are_logged) {
    switchyard_log(SWITCHYARD_WARN, "%d of %s", 3, "many");
    switchyard_check_text(switchyard_test_last_line(), "3 of many");
}

static void assert_what_does_not_hold(void) {
    switchyard_assert(1 > 2);
}

SWITCHYARD_TEST(an_assertion_names_its_place) {
    const char *message = switchyard_test_panic(assert_what_does_not_hold);
    switchyard_check(message != NULL && strstr(message, "plugin_test.c:") != NULL);
    switchyard_check(strstr(message, "`1 > 2` does not hold") != NULL);
}
