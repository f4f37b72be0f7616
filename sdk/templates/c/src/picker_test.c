#include <switchyard/testing.h>

static switchyard_tested_rows pick_of(const char *settings, uint64_t seed, size_t count, const double *totals) {
    switchyard_test_settings(settings);
    switchyard_test_request.seed = seed;
    return switchyard_test_pick(count, totals);
}

SWITCHYARD_TEST(the_best_come_first) {
    switchyard_check_rows(pick_of("{}", 1, SWITCHYARD_NUMBERS(0.5, 2, 1)), 1, 2);
    switchyard_check_rows(pick_of("{\"fallbacks\": 0}", 1, SWITCHYARD_NUMBERS(0.5, 2, 1)), 1);
    switchyard_check_rows(pick_of("{\"fallbacks\": 9}", 1, SWITCHYARD_NUMBERS(0.5, 2)), 1, 0);
}

SWITCHYARD_TEST(chance_decides_among_equals) {
    int zeros = 0;
    for (uint64_t seed = 0; seed < 1000; seed++)
        zeros += pick_of("{}", seed, SWITCHYARD_NUMBERS(1, 1)).items[0] == 0;
    switchyard_check(zeros > 400 && zeros < 600);
    switchyard_check_rows(pick_of("{}", 7, SWITCHYARD_NUMBERS(1, 1)), 1, 0);
    switchyard_check_rows(pick_of("{}", 7, SWITCHYARD_NUMBERS(1, 1)), 1, 0);
}
