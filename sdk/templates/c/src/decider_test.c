#include <switchyard/testing.h>

static bool agrees(const char *settings, double tokens) {
    switchyard_test_settings(settings);
    switchyard_test_scalar(SWITCHYARD_SCALAR_PROMPT_TOKENS, tokens);
    return switchyard_test_agree("prefill", SWITCHYARD_ROWS(0));
}

SWITCHYARD_TEST(long_prompts_are_agreed_to) {
    switchyard_check(!agrees("{}", 255));
    switchyard_check(agrees("{}", 256));
    switchyard_check(agrees("{\"minPromptTokens\": 10}", 11));
    switchyard_check(!agrees("{}", NAN));
}
