// Keeps short prompts off the servers that were set up for long ones.

#include "plugin.h"

struct rule rule;

// What a configuration can say under `parameters`. The texts are shown to who writes one.
static const switchyard_setting settings[] = {
    {.name = "label",
     .about = "The label that says up to how many prompt tokens an endpoint is meant for.",
     .text = {&rule.label, "max-prompt-tokens"}},
};

static void needs(switchyard_needs *needs) {
    switchyard_need_scalar(needs, SWITCHYARD_SCALAR_PROMPT_TOKENS);
}

const switchyard_plugin switchyard_exported = {
    .name = "length-bucket",
    .version = "0.1.0",
    .summary = "Keeps short prompts off the servers that were set up for long ones",
    SWITCHYARD_SETTINGS(settings),
    .needs = needs,
    .endpoints_changed = sort_endpoints,
    .score = score,
};
