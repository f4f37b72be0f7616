/// What the parts of the stand-in tell one another.
#ifndef SWITCHYARD_NATIVE_H
#define SWITCHYARD_NATIVE_H

#include <switchyard/testing.h>

/// Forgets the request, the log, the state and the own columns.
void switchyard_forget_host(void);

/// Forgets the columns and scalars of a test.
void switchyard_forget_inputs(void);

/// The plugin panicked, and the line says why.
noreturn void switchyard_panicked(const char *line);

#endif
