/// Reads a Prometheus exposition line by line.
///
///     switchyard_exposition lines = {body, length};
///     switchyard_series series;
///     while (switchyard_next_series(&lines, &series))
///         if (switchyard_series_is(&series, "vllm:num_requests_waiting"))
///             waiting = series.value;
///
/// Nothing is copied: a series points into the body, and its labels are looked at only when asked for. Names are
/// compared whole, because `vllm:num_requests_waiting` is also how `vllm:num_requests_waiting_by_reason` begins.
#ifndef SWITCHYARD_EXPOSITION_H
#define SWITCHYARD_EXPOSITION_H

#include <stdbool.h>
#include <stddef.h>

/// What is left to read.
typedef struct switchyard_exposition {
    const char *rest;
    size_t length;
} switchyard_exposition;

/// One line with a value: a series at one time.
typedef struct switchyard_series {
    /// The name, without a zero byte behind it.
    const char *name;
    size_t name_length;
    /// What stands between the braces.
    const char *labels;
    size_t labels_length;
    /// The value; may be NaN or an infinity.
    double value;
} switchyard_series;

/// The next series; false at the end. Comments, empty lines and lines that are no series are passed over.
bool switchyard_next_series(switchyard_exposition *exposition, switchyard_series *series);

/// Whether it has this name.
bool switchyard_series_is(const switchyard_series *series, const char *name);

/// The value of a label, with its escapes resolved; NULL if the series has none of this name.
const char *switchyard_series_label(const switchyard_series *series, const char *name);

#endif
