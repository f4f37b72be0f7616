/// What lies under `switchyard_log` and `switchyard_panic`: the host's log as a component, a test's log off wasm.
#ifndef SWITCHYARD_SRC_LOG_H
#define SWITCHYARD_SRC_LOG_H

#include <stddef.h>
#include <stdnoreturn.h>

#include <switchyard/log.h>

/// Writes a line.
void switchyard_write_line(switchyard_level level, const char *line, size_t length);

/// Ends the instance; the reason was written.
noreturn void switchyard_die(void);

#endif
