/// What a plugin reads and may do. Asked once, after the settings were read.
///
/// The order in which columns are named is the order in which the host hands them over; a plugin reads them by name
/// and need not care. Names must stay where they are: a constant, or a setting.
#ifndef SWITCHYARD_NEEDS_H
#define SWITCHYARD_NEEDS_H

/// Gathers them.
typedef struct switchyard_needs switchyard_needs;

/// A column without which the plugin makes no sense: if nothing produces it, the configuration is refused.
void switchyard_need_column(switchyard_needs *needs, const char *name);

/// A column that is NaN where nothing produces it.
void switchyard_want_column(switchyard_needs *needs, const char *name);

/// A scalar without which the plugin makes no sense.
void switchyard_need_scalar(switchyard_needs *needs, const char *name);

/// A scalar that is NaN where nothing produces it.
void switchyard_want_scalar(switchyard_needs *needs, const char *name);

/// A column the plugin writes with `switchyard_own_column_set`; the first named has index 0.
void switchyard_own_column(switchyard_needs *needs, const char *name);

/// Asks to read the request's body.
void switchyard_need_body(switchyard_needs *needs);

/// Asks for the key-value store.
void switchyard_need_state(switchyard_needs *needs);

#endif
