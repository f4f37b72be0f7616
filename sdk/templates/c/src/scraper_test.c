#include <switchyard/testing.h>

SWITCHYARD_TEST(the_metric_is_asked_for) {
    switchyard_test_settings("{}");
    switchyard_plan plan = switchyard_test_plan();
    switchyard_check(plan.count == 1);
    switchyard_check_text(plan.fetches[0].families.items[0], "gpu_temperature_celsius");
    switchyard_check_text(plan.fetches[0].columns.items[0], "custom/gpu-temperature");
}

static double value_in(const char *body) {
    switchyard_test_settings("{}");
    switchyard_samples samples;
    switchyard_check(!switchyard_failed(switchyard_test_parse(200, body, &samples)));
    switchyard_check(samples.count == 1);
    return samples.items[0].values[0];
}

SWITCHYARD_TEST(its_value_fills_the_column) {
    switchyard_check(value_in("# HELP gpu_temperature_celsius Hottest GPU.\n"
                              "gpu_temperature_celsius_max 90\n"
                              "gpu_temperature_celsius{gpu=\"0\"} 61.5\n") == 61.5);
}

SWITCHYARD_TEST(a_metric_that_is_not_there_is_unknown) {
    switchyard_check(isnan(value_in("up 1\n")));
}

SWITCHYARD_TEST(any_other_status_is_a_fault) {
    switchyard_test_settings("{}");
    switchyard_samples samples;
    switchyard_fault fault = switchyard_test_parse(404, "", &samples);
    switchyard_check(switchyard_failed(fault) && fault.code == 0);
}
