// Each setting checks the kind and range of its value, and a person sees all mistakes at once.

#include "settings.h"

#include <math.h>
#include <string.h>

#include <switchyard/memory.h>

#include "json.h"
#include "memory.h"
#include "number.h"
#include "text.h"

void switchyard_diagnose(switchyard_diagnostics *diagnostics, const char *path, const char *format, ...) {
    va_list values;
    va_start(values, format);
    const char *message = switchyard_format_list(format, values);
    va_end(values);
    diagnostics->items =
        switchyard_grow(diagnostics->items, diagnostics->count, &diagnostics->capacity, sizeof *diagnostics->items);
    diagnostics->items[diagnostics->count++] = (switchyard_diagnostic){path, message};
}

static const char *expected_number(const switchyard_range *range) {
    const char *least = switchyard_number_text(range->least), *most = switchyard_number_text(range->most);
    bool from = isfinite(range->least), to = isfinite(range->most);
    if (from && to)
        return switchyard_format("a number from %s to %s", least, most);
    if (from)
        return switchyard_format(range->above ? "a number above %s" : "a number of at least %s", least);
    return to ? switchyard_format("a number of at most %s", most) : "a number";
}

static const char *expected(const switchyard_setting *setting) {
    if (setting->number.place != NULL)
        return expected_number(&setting->number.range);
    if (setting->count.place != NULL)
        return "a whole number from 0 to 4294967295";
    return setting->text.place != NULL ? "a text" : "true or false";
}

static void set_otherwise(const switchyard_setting *setting) {
    if (setting->number.place != NULL)
        *setting->number.place = setting->number.otherwise;
    if (setting->count.place != NULL)
        *setting->count.place = setting->count.otherwise;
    if (setting->text.place != NULL)
        *setting->text.place = setting->text.otherwise;
    if (setting->flag.place != NULL)
        *setting->flag.place = setting->flag.otherwise;
}

static bool set_number(const switchyard_setting *setting, double value) {
    const switchyard_range *range = &setting->number.range;
    bool low = range->above ? !(value > range->least) : value < range->least;
    if (low || value > range->most || !isfinite(value))
        return false;
    *setting->number.place = value;
    return true;
}

static bool set_count(const switchyard_setting *setting, const switchyard_json_value *found) {
    uint64_t value = 0;
    for (size_t at = 0; at < found->raw_length; at++) {
        char digit = found->raw[at];
        if (digit < '0' || digit > '9' || value > UINT32_MAX)
            return false;
        value = 10 * value + (uint64_t)(digit - '0');
    }
    *setting->count.place = (uint32_t)value;
    return value <= UINT32_MAX;
}

static bool set(const switchyard_setting *setting, const switchyard_json_value *found) {
    double number;
    switch (found->kind) {
    case SWITCHYARD_JSON_NUMBER:
        if (setting->count.place != NULL)
            return set_count(setting, found);
        return setting->number.place != NULL && switchyard_read_number(found->raw, found->raw_length, &number) &&
               set_number(setting, number);
    case SWITCHYARD_JSON_TEXT:
        if (setting->text.place != NULL)
            *setting->text.place = found->text;
        return setting->text.place != NULL;
    case SWITCHYARD_JSON_TRUE:
    case SWITCHYARD_JSON_FALSE:
        if (setting->flag.place != NULL)
            *setting->flag.place = found->kind == SWITCHYARD_JSON_TRUE;
        return setting->flag.place != NULL;
    default:
        return false;
    }
}

// `a`, `b`: the names in the table.
static const char *names(const switchyard_plugin *plugin) {
    const char *all = "";
    for (size_t at = 0; at < plugin->setting_count; at++)
        all = switchyard_format("%s%s`%s`", all, at == 0 ? "" : ", ", plugin->settings[at].name);
    return all;
}

static const char *shown(const switchyard_json_value *found) {
    int most = 40;
    if (found->raw_length <= (size_t)most)
        return switchyard_copy(found->raw, found->raw_length);
    // Not in the middle of a character.
    while (((unsigned char)found->raw[most] & 0xc0) == 0x80)
        most--;
    return switchyard_format("%.*s...", most, found->raw);
}

static void read_one(const switchyard_plugin *plugin, const char *name, const switchyard_json_value *found, bool *given,
                     switchyard_diagnostics *diagnostics) {
    for (size_t at = 0; at < plugin->setting_count; at++) {
        const switchyard_setting *setting = &plugin->settings[at];
        if (strcmp(setting->name, name) != 0)
            continue;
        if (given[at])
            switchyard_diagnose(diagnostics, name, "found it twice, expected it once");
        else if (!set(setting, found))
            switchyard_diagnose(diagnostics, name, "found %s, expected %s", shown(found), expected(setting));
        given[at] = true;
        return;
    }
    if (plugin->setting_count == 0)
        switchyard_diagnose(diagnostics, name, "unknown setting, expected none");
    else
        switchyard_diagnose(diagnostics, name, "unknown setting, expected one of %s", names(plugin));
}

void switchyard_read_settings(const switchyard_plugin *plugin, const char *text, switchyard_diagnostics *diagnostics) {
    for (size_t at = 0; at < plugin->setting_count; at++)
        set_otherwise(&plugin->settings[at]);
    bool *given = switchyard_allocate_array(plugin->setting_count, sizeof *given);
    switchyard_json json = {.begin = text, .at = text};
    const char *name;
    switchyard_json_value found;
    while (switchyard_json_member(&json, &name, &found))
        read_one(plugin, name, &found, given, diagnostics);
    if (json.mistake != NULL)
        switchyard_diagnose(diagnostics, "", "%s", json.mistake);
}
