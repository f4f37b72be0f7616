#include <switchyard/testing.h>

static const switchyard_profile_result PICKED = {
    .profile = "default",
    .outcome = SWITCHYARD_PICKED,
    .rows = (const uint32_t[]){3, 1},
    .totals = (const double[]){2, 1},
    .count = 2,
};

static switchyard_steps steps_after(const char *settings, size_t count) {
    switchyard_test_settings(settings);
    switchyard_steps steps;
    switchyard_check(!switchyard_failed(switchyard_test_next(&PICKED, count, &steps)));
    return steps;
}

SWITCHYARD_TEST(the_profile_runs_once) {
    switchyard_check(steps_after("{}", 0).count == 1);
    switchyard_check_text(steps_after("{}", 0).items[0].profile, "default");
    switchyard_check(steps_after("{}", 1).count == 0);
    switchyard_check_text(steps_after("{\"profile\": \"chat\"}", 0).items[0].profile, "chat");
}

SWITCHYARD_TEST(its_pick_is_the_decision) {
    switchyard_decision decision;
    switchyard_check(!switchyard_failed(switchyard_test_decide(&PICKED, 1, &decision)));
    switchyard_check_text(decision.primary, "default");
    switchyard_check(decision.target_count == 2);
    switchyard_check(decision.targets[0].row == 3 && decision.targets[1].row == 1);
}

SWITCHYARD_TEST(without_a_pick_the_request_is_refused) {
    const switchyard_profile_result done = {.profile = "default", .outcome = SWITCHYARD_FILTERED_OUT};
    switchyard_decision decision;
    switchyard_check(switchyard_test_decide(&done, 1, &decision).code == 503);
}
