/// How a plugin says no. This is not a crash: the instance lives on.
#ifndef SWITCHYARD_FAULT_H
#define SWITCHYARD_FAULT_H

#include <stdbool.h>
#include <stdint.h>

/// What every stage's function returns: `SWITCHYARD_NO_FAULT`, or why there is no answer.
typedef struct switchyard_fault {
    /// 0: cannot answer. 400 to 599: the request is refused with this HTTP status.
    uint32_t code;
    /// NULL: no fault.
    const char *message;
} switchyard_fault;

/// All is well.
#define SWITCHYARD_NO_FAULT ((switchyard_fault){0, 0})

/// The plugin cannot answer, and its `onFault` says what the request gets.
__attribute__((format(printf, 1, 2))) switchyard_fault switchyard_cannot_answer(const char *format, ...);

/// The request is refused with this HTTP status, from 400 to 599; the client sees the message.
__attribute__((format(printf, 2, 3))) switchyard_fault switchyard_refuse(uint16_t status, const char *format, ...);

/// Whether it is one.
static inline bool switchyard_failed(switchyard_fault fault) {
    return fault.message != 0;
}

#endif
