/// What profile handlers and hooks are told and answer.
#ifndef SWITCHYARD_PROFILES_H
#define SWITCHYARD_PROFILES_H

#include <stddef.h>
#include <stdint.h>

/// How a profile ended.
typedef enum switchyard_outcome {
    /// A picker chose at least one row.
    SWITCHYARD_PICKED,
    /// Its gate said no; nothing ran.
    SWITCHYARD_GATED,
    /// The filters left no endpoint.
    SWITCHYARD_FILTERED_OUT,
    /// A plugin of the profile failed and its `onFault` is `fail`.
    SWITCHYARD_FAILED,
} switchyard_outcome;

/// What a profile came to.
typedef struct switchyard_profile_result {
    const char *profile;
    switchyard_outcome outcome;
    /// The picked rows, best first, and the total score of each.
    const uint32_t *rows;
    const double *totals;
    size_t count;
} switchyard_profile_result;

/// A profile to run next.
typedef struct switchyard_step {
    const char *profile;
    /// The name of a decider that must agree first; empty: none.
    const char *gate;
} switchyard_step;

/// The profiles to run next, in this order.
typedef struct switchyard_steps {
    switchyard_step *items;
    size_t count;
    size_t capacity;
} switchyard_steps;

/// Runs a profile, whatever anyone says.
void switchyard_run(switchyard_steps *steps, const char *profile);

/// Runs a profile if the decider of this name agrees.
void switchyard_run_if(switchyard_steps *steps, const char *profile, const char *gate);

/// An HTTP header; the name in lower case.
typedef struct switchyard_header {
    const char *name;
    const char *value;
} switchyard_header;

/// Headers to set.
typedef struct switchyard_headers {
    switchyard_header *items;
    size_t count;
    size_t capacity;
} switchyard_headers;

/// Adds one.
void switchyard_add_header(switchyard_headers *headers, const char *name, const char *value);

/// Where a request goes.
typedef struct switchyard_target {
    uint32_t row;
    /// A port to use instead of the endpoint's own; 0: the endpoint's own.
    uint16_t port;
} switchyard_target;

/// The answer to a request.
typedef struct switchyard_decision {
    /// The profile whose pick is the destination.
    const char *primary;
    /// Best first; the rest are fallbacks the proxy may retry on.
    switchyard_target *targets;
    size_t target_count;
    size_t target_capacity;
    /// To set on the way to the model server.
    switchyard_headers headers;
} switchyard_decision;

/// Adds a further target.
void switchyard_add_target(switchyard_decision *decision, uint32_t row, uint16_t port);

/// Sends the request where `result` says, to each endpoint's own port.
void switchyard_decide_for(switchyard_decision *decision, const switchyard_profile_result *result);

/// How a request ended.
typedef enum switchyard_ending {
    /// The whole response went through.
    SWITCHYARD_COMPLETE,
    /// The model server or the proxy broke off, or answered 500 or above.
    SWITCHYARD_FAILED_UPSTREAM,
    /// The client went away.
    SWITCHYARD_CLIENT_LEFT,
    /// Switchyard refused it after the pick.
    SWITCHYARD_REFUSED,
} switchyard_ending;

/// What is known of a request when it is over. Every number is NaN where it is not known.
typedef struct switchyard_ended {
    switchyard_ending ending;
    /// HTTP status of the response; 0: none was seen.
    uint16_t status;
    /// As the server counted them.
    double prompt_tokens;
    double cached_tokens;
    double completion_tokens;
    /// From the request's headers to the first byte of the response's body.
    double first_token_ms;
    /// From the request's headers to the end.
    double total_ms;
} switchyard_ended;

#endif
