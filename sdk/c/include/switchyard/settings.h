/// What a configuration can say under a plugin's `parameters`.
///
/// A plugin lists its settings in a table. From it come the values, written to where the table says, the JSON Schema
/// that people and tools are shown, and the messages about whatever is wrong: settings that are not in the table are
/// refused.
#ifndef SWITCHYARD_SETTINGS_H
#define SWITCHYARD_SETTINGS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What numbers a setting takes.
typedef struct switchyard_range {
    double least;
    double most;
    /// Not `least` itself.
    bool above;
} switchyard_range;

/// Any number.
#define SWITCHYARD_ANY {-INFINITY, INFINITY, false}
/// This number or more.
#define SWITCHYARD_AT_LEAST(number) {(number), INFINITY, false}
/// More than this number.
#define SWITCHYARD_ABOVE(number) {(number), INFINITY, true}
/// Between these numbers or one of them.
#define SWITCHYARD_BETWEEN(least, most) {(least), (most), false}

/// One setting: its name, what it is about, and one of `number`, `count`, `text` and `flag`, each with the place the
/// value goes to and the value where a configuration says nothing.
///
///     {.name = "fullAt", .about = "With so many it is full.", .number = {&full_at, 10, SWITCHYARD_ABOVE(0)}},
typedef struct switchyard_setting {
    /// As configurations write it, by convention in camelCase.
    const char *name;
    /// A sentence for who writes a configuration.
    const char *about;
    /// A number.
    struct {
        double *place;
        double otherwise;
        switchyard_range range;
    } number;
    /// A whole number from 0 to 4294967295.
    struct {
        uint32_t *place;
        uint32_t otherwise;
    } count;
    /// A text.
    struct {
        const char **place;
        const char *otherwise;
    } text;
    /// True or false.
    struct {
        bool *place;
        bool otherwise;
    } flag;
} switchyard_setting;

/// One mistake in the settings.
typedef struct switchyard_diagnostic {
    /// The setting's name. Empty: the whole.
    const char *path;
    /// What was found and what is allowed.
    const char *message;
} switchyard_diagnostic;

/// All mistakes that were found in the settings.
typedef struct switchyard_diagnostics {
    switchyard_diagnostic *items;
    size_t count;
    size_t capacity;
} switchyard_diagnostics;

/// Notes a mistake. Go on afterwards, so that a person sees all of them at once.
__attribute__((format(printf, 3, 4))) void switchyard_diagnose(switchyard_diagnostics *diagnostics, const char *path,
                                                               const char *format, ...);

#endif
