/// What lasts longer than an instance and is shared by all instances of a plugin.
#ifndef SWITCHYARD_HOST_H
#define SWITCHYARD_HOST_H

#include <stddef.h>
#include <stdint.h>

#include <switchyard/fault.h>

/// The value of a key and, in `length`, how long it is; NULL if there is none or its time is over. Needs
/// `switchyard_need_state`.
const void *switchyard_state_get(const char *key, size_t *length);

/// Keeps a value for `ttl_ms` milliseconds; 0: for the host's longest time, 24 hours. A fault where key and value
/// together are more than 1 MiB.
switchyard_fault switchyard_state_set(const char *key, const void *value, size_t length, uint32_t ttl_ms);

/// Forgets a key.
void switchyard_state_remove(const char *key);

/// Sets the value of an endpoint in an own column. `column` is its position among `switchyard_own_column` calls.
void switchyard_own_column_set(uint32_t column, uint32_t row, double value);

/// Adds to the value of an endpoint; NaN counts as 0 before.
void switchyard_own_column_add(uint32_t column, uint32_t row, double delta);

#endif
