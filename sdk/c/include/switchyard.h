/// Write a Switchyard plugin in C.
///
/// A plugin defines one `switchyard_exported`: who it is, what a configuration can tell it, what it reads, and one
/// function for each of its stages.
///
///     #include <switchyard.h>
///
///     // The emptier the KV cache, the better.
///     static switchyard_fault score(const switchyard_endpoints *endpoints, double *scores) {
///         const double *usage = switchyard_column(endpoints, SWITCHYARD_COLUMN_KV_CACHE_USAGE);
///         for (size_t at = 0; at < endpoints->count; at++)
///             scores[at] = 1 - usage[at];
///         switchyard_unknown_is_worst(scores, endpoints->count);
///         return SWITCHYARD_NO_FAULT;
///     }
///
///     static void needs(switchyard_needs *needs) {
///         switchyard_need_column(needs, SWITCHYARD_COLUMN_KV_CACHE_USAGE);
///     }
///
///     const switchyard_plugin switchyard_exported = {
///         .name = "roomy-scorer",
///         .version = "1.0.0",
///         .summary = "Prefers servers with room in their KV cache",
///         .needs = needs,
///         .score = score,
///     };
///
/// Three rules hold everywhere. A number that is not known is NaN. Texts end with a zero byte, in both directions.
/// An instance may be replaced at any time and there are several of it, so what must last or be shared goes to
/// `switchyard_state_set` or to own columns.
#ifndef SWITCHYARD_H
#define SWITCHYARD_H

#include <switchyard/columns.h>
#include <switchyard/endpoints.h>
#include <switchyard/exposition.h>
#include <switchyard/fault.h>
#include <switchyard/host.h>
#include <switchyard/log.h>
#include <switchyard/memory.h>
#include <switchyard/needs.h>
#include <switchyard/order.h>
#include <switchyard/plugin.h>
#include <switchyard/profiles.h>
#include <switchyard/random.h>
#include <switchyard/request.h>
#include <switchyard/scores.h>
#include <switchyard/scraper.h>
#include <switchyard/settings.h>

#endif
