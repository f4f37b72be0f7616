/// What a plugin's author writes: one `switchyard_exported`.
#ifndef SWITCHYARD_PLUGIN_H
#define SWITCHYARD_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <switchyard/endpoints.h>
#include <switchyard/fault.h>
#include <switchyard/needs.h>
#include <switchyard/profiles.h>
#include <switchyard/scraper.h>
#include <switchyard/settings.h>

/// A plugin: who it is, and the functions it has. Leave out what it has not.
///
/// An instance is one memory with one plugin in it, so what a plugin keeps stands in plain `static` variables. Lists
/// that a function is to fill come empty.
typedef struct switchyard_plugin {
    /// The type name as configurations write it, such as `queue-scorer`.
    const char *name;
    /// The plugin's own version.
    const char *version;
    /// One sentence for lists and tables.
    const char *summary;

    /// What a configuration can say.
    const switchyard_setting *settings;
    size_t setting_count;

    /// After the settings were read and found right: what else has to be right.
    void (*configure)(switchyard_diagnostics *diagnostics);
    /// What it reads and may do.
    void (*needs)(switchyard_needs *needs);
    /// All endpoints that exist now, after any of them came, went or changed its labels.
    switchyard_fault (*endpoints_changed)(const switchyard_endpoint *endpoints, size_t count);

    /// Filter: which endpoints stay.
    switchyard_fault (*keep)(const switchyard_endpoints *endpoints, switchyard_rows *kept);

    /// Scorer: one score per row, from 0 to 1. They are 0 when it begins.
    switchyard_fault (*score)(const switchyard_endpoints *endpoints, double *scores);

    /// Picker: the rows to use, best first, at least one. `totals` has one number per row.
    switchyard_fault (*pick)(const switchyard_endpoints *endpoints, const double *totals, switchyard_rows *picked);

    /// Decider: whether `profile` shall run. `picked` are the rows its forerunner picked, best first.
    switchyard_fault (*agree)(const char *profile, const switchyard_endpoints *picked, bool *agrees);

    /// Profile handler: the profiles to run next; none: go on to `decide`. `picked` are the rows of all results in
    /// `done`, one result after the other.
    switchyard_fault (*next)(const switchyard_profile_result *done, size_t count, const switchyard_endpoints *picked,
                             switchyard_steps *steps);
    /// Profile handler: the decision.
    switchyard_fault (*decide)(const switchyard_profile_result *done, size_t count, const switchyard_endpoints *picked,
                               switchyard_decision *decision);

    /// Scraper: what to fetch. Asked once.
    switchyard_fault (*plan)(switchyard_plan *plan);
    /// Scraper: what an answer tells of its endpoint, or of each rank behind the address.
    switchyard_fault (*parse)(const switchyard_answer *answer, switchyard_samples *samples);

    /// Hooks: the decision is made; answers headers for the request. `targets` are its rows.
    switchyard_fault (*picked)(const switchyard_decision *decision, const switchyard_endpoints *targets,
                               switchyard_headers *headers);
    /// Hooks: the response began; answers headers for the response.
    switchyard_fault (*response_started)(uint16_t status, switchyard_headers *headers);
    /// Hooks: the request is over.
    switchyard_fault (*response_ended)(const switchyard_ended *ended);
} switchyard_plugin;

/// The plugin. Its author defines it.
extern const switchyard_plugin switchyard_exported;

/// The table `settings` as two fields of `switchyard_plugin`.
#define SWITCHYARD_SETTINGS(table) .settings = (table), .setting_count = sizeof(table) / sizeof *(table)

#endif
