// Scores, order, and numbers that look random.

#include <switchyard/testing.h>

#include <string.h>

static void check_lower(size_t count, const double *values, const double *want) {
    double scores[8];
    switchyard_lower_is_better(values, count, scores);
    switchyard_compare_numbers(__FILE__, __LINE__, scores, count, want);
}

SWITCHYARD_TEST(lower_scores_better) {
    check_lower(SWITCHYARD_NUMBERS(10, 5, 0), (double[]){0, 0.5, 1});
    check_lower(SWITCHYARD_NUMBERS(5, 5), (double[]){1, 1});
    check_lower(SWITCHYARD_NUMBERS(3), (double[]){1});
    check_lower(SWITCHYARD_NUMBERS(2, NAN, 6), (double[]){1, 0, 0});
    check_lower(SWITCHYARD_NUMBERS(4, NAN), (double[]){1, 1});
    check_lower(SWITCHYARD_NUMBERS(NAN, NAN), (double[]){1, 1});
}

SWITCHYARD_TEST(an_unknown_value_gets_the_lowest_score) {
    double some[] = {0.75, NAN, 0.5};
    switchyard_unknown_is_worst(some, 3);
    switchyard_check_numbers(some, 0.75, 0.5, 0.5);
    double none[] = {NAN, NAN};
    switchyard_unknown_is_worst(none, 2);
    switchyard_check_numbers(none, 0, 0);
}

SWITCHYARD_TEST(equals_keep_their_order) {
    const double values[] = {1, 3, 2, 3, 1, 3, 2};
    uint32_t *order = switchyard_positions(7);
    switchyard_greatest_first(order, 7, values);
    switchyard_tested_rows found = {.items = order, .count = 7};
    switchyard_check_rows(found, 1, 3, 5, 2, 6, 0, 4);
}

SWITCHYARD_TEST(any_number_is_ordered) {
    for (size_t count = 0; count < 70; count++) {
        switchyard_random random = {count};
        double values[70];
        for (size_t at = 0; at < count; at++)
            values[at] = switchyard_random_below(&random, 10);
        uint32_t *order = switchyard_positions(count);
        switchyard_greatest_first(order, count, values);
        for (size_t at = 1; at < count; at++) {
            double before = values[order[at - 1]], after = values[order[at]];
            switchyard_check(before > after || (before == after && order[at - 1] < order[at]));
        }
    }
}

SWITCHYARD_TEST(the_sequence_is_the_published_one) {
    switchyard_random random = {1234567};
    switchyard_check(switchyard_random_next(&random) == UINT64_C(6457827717110365317));
    switchyard_check(switchyard_random_next(&random) == UINT64_C(3203168211198807973));
}

SWITCHYARD_TEST(shuffles_are_those_of_every_language) {
    switchyard_random random = {7};
    uint32_t *order = switchyard_positions(5);
    switchyard_shuffle(&random, order, 5);
    switchyard_tested_rows found = {.items = order, .count = 5};
    switchyard_check_rows(found, 3, 4, 2, 0, 1);
    switchyard_shuffle(&random, order, 0);
}

SWITCHYARD_TEST(fractions_stay_between_0_and_1) {
    switchyard_random random = {1};
    double sum = 0;
    for (int draws = 0; draws < 10000; draws++) {
        double drawn = switchyard_random_fraction(&random);
        switchyard_check(drawn > 0 && drawn < 1);
        sum += drawn;
    }
    switchyard_check(fabs(sum / 10000 - 0.5) < 0.02);
    switchyard_check(switchyard_random_below(&random, 0) == 0);
}
