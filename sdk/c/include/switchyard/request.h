/// The request at hand, as the host tells it during a call. Texts are never NULL unless it is said here.
///
/// In calls that are about no request (`configure`, `endpoints_changed`, `plan`, `parse`) all texts are empty and all
/// numbers 0.
#ifndef SWITCHYARD_REQUEST_H
#define SWITCHYARD_REQUEST_H

#include <stddef.h>
#include <stdint.h>

/// The request's id.
const char *switchyard_request_id(void);

/// The path without the query.
const char *switchyard_request_path(void);

/// The model the client named; empty where it named none.
const char *switchyard_request_model(void);

/// The model the server will be asked for.
const char *switchyard_request_target_model(void);

/// A header by its lower-case name; several of one name are joined by `, `. NULL where there is none.
const char *switchyard_request_header(const char *name);

/// Up to `length` bytes of the body from `offset`; `found` says how many. Needs `switchyard_need_body`.
const char *switchyard_request_body(uint64_t offset, uint32_t length, size_t *found);

/// The profile that runs; empty outside of profiles.
const char *switchyard_request_profile(void);

/// The names of the configuration's profiles, in its order.
const char *const *switchyard_request_profiles(size_t *count);

/// The rows that `profile` picked, best first; `""`: those of the decision.
const uint32_t *switchyard_request_peers(const char *profile, size_t *count);

/// Unix time in ms at which scheduling began; the same for every plugin of one request.
uint64_t switchyard_request_now_ms(void);

/// A number that looks random and is the same on replay.
uint64_t switchyard_request_seed(void);

#endif
