/// Lines for the host's log, and the way out where nothing can go on.
#ifndef SWITCHYARD_LOG_H
#define SWITCHYARD_LOG_H

#include <stdnoreturn.h>

/// How much a line matters.
typedef enum switchyard_level {
    /// For whoever looks into the plugin.
    SWITCHYARD_DEBUG,
    /// Worth knowing, and nothing to do about.
    SWITCHYARD_INFO,
    /// Something is wrong, and the plugin goes on.
    SWITCHYARD_WARN,
    /// The plugin cannot do what it is there for.
    SWITCHYARD_ERROR,
} switchyard_level;

/// Writes one line, made as by `printf`.
__attribute__((format(printf, 2, 3))) void switchyard_log(switchyard_level level, const char *format, ...);

/// For mistakes in the plugin itself: writes the line as an error and ends the instance. The request gets what the
/// plugin's `onFault` says, with this line as the reason, and a fresh instance takes the place.
__attribute__((format(printf, 1, 2))) noreturn void switchyard_panic(const char *format, ...);

/// A panic that names the place where something that always holds does not.
#define switchyard_assert(condition) \
    ((condition) ? (void)0 : switchyard_panic("%s:%d: `%s` does not hold", __FILE__, __LINE__, #condition))

#endif
