#include <switchyard/testing.h>

// Two endpoints for 4,096 tokens, one for 8,192, one for 32,768, one that says nothing and one that says nonsense.
static switchyard_tested_scores score_of(const char *settings, double tokens) {
    switchyard_test_settings(settings);
    const char *lengths[] = {"32768", "4096", NULL, "8192", "4096", "many"};
    enum { COUNT = sizeof lengths / sizeof *lengths };
    switchyard_endpoint endpoints[COUNT];
    for (uint32_t row = 0; row < COUNT; row++)
        endpoints[row] = lengths[row] == NULL ? switchyard_test_endpoint(row)
                                              : switchyard_test_labelled(row, "max-prompt-tokens", lengths[row]);
    switchyard_check(!switchyard_failed(switchyard_test_endpoints(endpoints, COUNT)));
    switchyard_test_column("any", SWITCHYARD_NUMBERS(0, 0, 0, 0, 0, 0));
    switchyard_test_scalar(SWITCHYARD_SCALAR_PROMPT_TOKENS, tokens);
    return switchyard_test_score();
}

SWITCHYARD_TEST(the_smallest_bucket_that_fits_is_best) {
    switchyard_check_scores(score_of("{}", 0), 1.0 / 3, 1, 1.0 / 3, 2.0 / 3, 1, 1.0 / 3);
    switchyard_check_scores(score_of("{}", 4096), 1.0 / 3, 1, 1.0 / 3, 2.0 / 3, 1, 1.0 / 3);
    switchyard_check_scores(score_of("{}", 4097), 2.0 / 3, 0, 2.0 / 3, 1, 0, 2.0 / 3);
    switchyard_check_scores(score_of("{}", 8193), 1, 0, 1, 0, 0, 1);
}

SWITCHYARD_TEST(what_fits_no_bucket_goes_where_every_prompt_does) {
    switchyard_check_scores(score_of("{}", 100000), 0, 0, 1, 0, 0, 1);
}

SWITCHYARD_TEST(where_the_length_is_not_known_all_are_equal) {
    switchyard_check_scores(score_of("{}", NAN), 0.5, 0.5, 0.5, 0.5, 0.5, 0.5);
}

SWITCHYARD_TEST(without_labels_all_are_equal) {
    switchyard_check_scores(score_of("{\"label\": \"other\"}", 100), 1, 1, 1, 1, 1, 1);
}

SWITCHYARD_TEST(a_label_that_is_no_number_is_told) {
    score_of("{}", 1);
    switchyard_check_text(switchyard_test_last_line(),
                          "default/pod-5: found `many` in the label `max-prompt-tokens`, expected a number of tokens; "
                          "it takes every prompt");
}
