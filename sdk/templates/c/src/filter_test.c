#include <switchyard/testing.h>

static switchyard_tested_rows keep_of_three(const char *settings) {
    switchyard_test_settings(settings);
    const switchyard_label late[] = {{"drain", "false"}, {"old", "true"}};
    switchyard_endpoint endpoints[] = {
        switchyard_test_endpoint(0),
        switchyard_test_labelled(1, "drain", "true"),
        switchyard_test_endpoint(2),
    };
    endpoints[2].labels = late;
    endpoints[2].label_count = 2;
    switchyard_check(!switchyard_failed(switchyard_test_endpoints(endpoints, 3)));
    return switchyard_test_keep(SWITCHYARD_ROWS(0, 1, 2));
}

SWITCHYARD_TEST(drained_endpoints_go) {
    switchyard_check_rows(keep_of_three("{}"), 0, 2);
}

SWITCHYARD_TEST(another_label_can_say_so) {
    switchyard_check_rows(keep_of_three("{\"drainLabel\": \"old\"}"), 0, 1);
}
