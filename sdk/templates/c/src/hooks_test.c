#include <switchyard/testing.h>

static switchyard_headers headers_for(const char *settings, size_t count, const uint32_t *taken) {
    switchyard_test_settings(settings);
    const switchyard_endpoint endpoints[] = {switchyard_test_endpoint(0), switchyard_test_endpoint(1)};
    switchyard_check(!switchyard_failed(switchyard_test_endpoints(endpoints, 2)));
    switchyard_test_peers("", count, taken);
    switchyard_headers headers;
    switchyard_check(!switchyard_failed(switchyard_test_response_started(200, &headers)));
    return headers;
}

SWITCHYARD_TEST(the_first_endpoint_is_named) {
    switchyard_headers headers = headers_for("{}", SWITCHYARD_ROWS(1, 0));
    switchyard_check(headers.count == 1);
    switchyard_check_text(headers.items[0].name, "x-served-by");
    switchyard_check_text(headers.items[0].value, "pod-1");
}

SWITCHYARD_TEST(another_header_can_name_it) {
    switchyard_headers headers = headers_for("{\"header\": \"x-pod\"}", SWITCHYARD_ROWS(0));
    switchyard_check_text(headers.items[0].name, "x-pod");
    switchyard_check_text(headers.items[0].value, "pod-0");
}

SWITCHYARD_TEST(what_is_not_known_is_not_named) {
    switchyard_check(headers_for("{}", 0, NULL).count == 0);
}

SWITCHYARD_TEST(an_endpoint_that_left_is_not_named) {
    switchyard_check(headers_for("{}", SWITCHYARD_ROWS(9)).count == 0);
}
