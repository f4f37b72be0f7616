// The table of settings as a JSON Schema (draft 2020-12), for people who write configurations and tools that check them.

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <switchyard/memory.h>

#include "settings.h"

const char *switchyard_number_text(double number) {
    enum { ENOUGH_DIGITS = 17 };
    // Rather 10 than 1e+01.
    if (fabs(number) < 1e15 && number == floor(number))
        return switchyard_format("%.0f", number);
    for (int digits = 1; digits < ENOUGH_DIGITS; digits++) {
        const char *text = switchyard_format("%.*g", digits, number);
        if (strtod(text, NULL) == number)
            return text;
    }
    return switchyard_format("%.*g", ENOUGH_DIGITS, number);
}

// A text in quotes.
static const char *quoted(const char *text) {
    enum { LONGEST_ESCAPE = 6 };
    char *made = switchyard_allocate(LONGEST_ESCAPE * strlen(text) + 3);
    char *to = made;
    *to++ = '"';
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte < 0x20) {
            const char *escape = switchyard_format("\\u%04x", byte);
            to = (char *)memcpy(to, escape, LONGEST_ESCAPE) + LONGEST_ESCAPE;
            continue;
        }
        if (byte == '"' || byte == '\\')
            *to++ = '\\';
        *to++ = *text;
    }
    *to = '"';
    return made;
}

static const char *bound(const char *name, double number) {
    return isfinite(number) ? switchyard_format(",\"%s\":%s", name, switchyard_number_text(number)) : "";
}

static const char *number_type(const switchyard_setting *setting) {
    const switchyard_range *range = &setting->number.range;
    return switchyard_format("\"type\":\"number\"%s%s%s",
                             bound(range->above ? "exclusiveMinimum" : "minimum", range->least),
                             bound("maximum", range->most), bound("default", setting->number.otherwise));
}

static const char *type(const switchyard_setting *setting) {
    if (setting->number.place != NULL)
        return number_type(setting);
    if (setting->count.place != NULL)
        return switchyard_format("\"type\":\"integer\",\"minimum\":0,\"maximum\":4294967295,\"default\":%lu",
                                 (unsigned long)setting->count.otherwise);
    if (setting->text.place != NULL)
        return switchyard_format("\"type\":\"string\",\"default\":%s", quoted(setting->text.otherwise));
    return switchyard_format("\"type\":\"boolean\",\"default\":%s", setting->flag.otherwise ? "true" : "false");
}

const char *switchyard_settings_schema(const switchyard_plugin *plugin) {
    const char *properties = "";
    for (size_t at = 0; at < plugin->setting_count; at++) {
        const switchyard_setting *setting = &plugin->settings[at];
        properties = switchyard_format("%s%s%s:{\"description\":%s,%s}", properties, at == 0 ? "" : ",",
                                       quoted(setting->name), quoted(setting->about), type(setting));
    }
    return switchyard_format("{\"$schema\":\"https://json-schema.org/draft/2020-12/schema\",\"type\":\"object\","
                             "\"properties\":{%s},\"additionalProperties\":false}",
                             properties);
}
