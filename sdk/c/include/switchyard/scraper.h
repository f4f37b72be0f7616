/// What scrapers plan and read. The host does the fetching.
#ifndef SWITCHYARD_SCRAPER_H
#define SWITCHYARD_SCRAPER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A growing list of texts.
typedef struct switchyard_texts {
    const char **items;
    size_t count;
    size_t capacity;
} switchyard_texts;

/// Who is asked.
typedef enum switchyard_scope {
    /// Every endpoint, at its own address and port.
    SWITCHYARD_EACH_ENDPOINT,
    /// Every address once; the answer is for all ranks behind it.
    SWITCHYARD_EACH_ADDRESS,
} switchyard_scope;

/// Something the host shall fetch from every model server, again and again.
typedef struct switchyard_fetch {
    /// For logs and metrics, such as `metrics`.
    const char *name;
    switchyard_scope scope;
    /// `http` or `https`.
    const char *scheme;
    /// 0: the endpoint's own port.
    uint16_t port;
    /// Such as `/metrics`.
    const char *path;
    /// 0: the host's `--refresh-metrics-interval`.
    uint32_t interval_ms;
    /// 0: 1000.
    uint32_t timeout_ms;
    switchyard_texts families;
    switchyard_texts columns;
    switchyard_texts sets;
} switchyard_fetch;

/// All that shall be fetched.
typedef struct switchyard_plan {
    switchyard_fetch *fetches;
    size_t count;
    size_t capacity;
} switchyard_plan;

/// Adds `http` from this path of every endpoint, at its own port. Change what shall be otherwise before you add the
/// next.
switchyard_fetch *switchyard_add_fetch(switchyard_plan *plan, const char *name, const char *path);

/// A metric family whose lines the answer shall hold; where none is named it is the whole body.
void switchyard_fetch_family(switchyard_fetch *fetch, const char *name);

/// A column that `values` of a sample fill, in the order in which columns are named here.
void switchyard_fetch_column(switchyard_fetch *fetch, const char *name);

/// A set of names that a sample may hold, such as `lora-running`.
void switchyard_fetch_set(switchyard_fetch *fetch, const char *name);

/// One answer that the host fetched.
typedef struct switchyard_answer {
    /// Which of the planned fetches it answers, from 0.
    uint32_t fetch;
    /// The endpoint asked; with `SWITCHYARD_EACH_ADDRESS` its first rank.
    uint32_t row;
    /// HTTP status.
    uint16_t status;
    /// How long the fetch took.
    uint32_t elapsed_ms;
    /// The body, or of an exposition just the families asked for; a zero byte stands behind it.
    const char *body;
    size_t length;
} switchyard_answer;

/// A named set of names, such as the LoRA adapters a server has loaded.
typedef struct switchyard_set {
    const char *name;
    switchyard_texts members;
} switchyard_set;

/// What an answer told of one endpoint.
typedef struct switchyard_sample {
    /// The rank it is about; of no account with `SWITCHYARD_EACH_ENDPOINT`.
    uint32_t rank;
    /// One per column of the fetch, NaN until it is set.
    double *values;
    size_t value_count;
    switchyard_set *sets;
    size_t set_count;
    size_t set_capacity;
} switchyard_sample;

/// All that an answer told.
typedef struct switchyard_samples {
    switchyard_sample *items;
    size_t count;
    size_t capacity;
    /// How many columns the fetch fills.
    size_t columns;
} switchyard_samples;

/// Adds what is told of one rank; fill its `values` before you add the next.
switchyard_sample *switchyard_add_sample(switchyard_samples *samples, uint32_t rank);

/// Says that a set is known; without members it is known to be empty.
switchyard_set *switchyard_add_set(switchyard_sample *sample, const char *name);

/// Adds a member to a set.
void switchyard_add_member(switchyard_set *set, const char *member);

#endif
