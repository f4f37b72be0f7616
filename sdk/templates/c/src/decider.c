// A further profile runs for long prompts only: from `minPromptTokens` on.
//
// Where the length is not known, it does not run.

#include "plugin.h"

switchyard_fault agree(const char *profile, const switchyard_endpoints *picked, bool *agrees) {
    (void)profile;
    // A comparison with NaN is false.
    *agrees = switchyard_scalar(picked, SWITCHYARD_SCALAR_PROMPT_TOKENS) >= rule.min_prompt_tokens;
    return SWITCHYARD_NO_FAULT;
}
