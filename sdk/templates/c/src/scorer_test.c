#include <switchyard/testing.h>

static switchyard_tested_scores score_of(const char *settings, size_t count, const double *waiting) {
    switchyard_test_settings(settings);
    switchyard_test_column(SWITCHYARD_COLUMN_WAITING_REQUESTS, count, waiting);
    return switchyard_test_score();
}

SWITCHYARD_TEST(fewer_waiting_requests_score_better) {
    switchyard_check_scores(score_of("{}", SWITCHYARD_NUMBERS(0, 5, 10, 99)), 1, 0.5, 0, 0);
    switchyard_check_scores(score_of("{\"fullAt\": 4}", SWITCHYARD_NUMBERS(1, 3)), 0.75, 0.25);
}

SWITCHYARD_TEST(unknown_is_worst) {
    switchyard_check_scores(score_of("{}", SWITCHYARD_NUMBERS(2, NAN, 5)), 0.8, 0.5, 0.5);
    switchyard_check_scores(score_of("{}", SWITCHYARD_NUMBERS(NAN, NAN)), 0, 0);
}

SWITCHYARD_TEST(settings_out_of_range_are_refused) {
    switchyard_check_text(switchyard_test_mistake("{\"fullAt\": 0}")->path, "fullAt");
    switchyard_check_text(switchyard_test_mistake("{\"fullat\": 3}")->path, "fullat");
}
