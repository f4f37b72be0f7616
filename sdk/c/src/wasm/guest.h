/// Between the generated bindings and the SDK's own types.
///
/// What comes in is texts with a zero byte behind them (see memory.c) and lists that are used where they lie. What
/// goes out lies in memory of the call at hand, which ends when the host has read it.
#ifndef SWITCHYARD_WASM_GUEST_H
#define SWITCHYARD_WASM_GUEST_H

#include <switchyard_bindings.h>

#include <switchyard.h>

#include "../memory.h"
#include "../needs.h"

/// What the plugin asked for when it was configured.
extern switchyard_needs switchyard_needed;

/// A text from the host.
static inline const char *switchyard_text_in(switchyard_bindings_string_t text) {
    return text.len == 0 ? "" : (const char *)text.ptr;
}

/// A text for the host.
switchyard_bindings_string_t switchyard_text_out(const char *text);

/// Texts for the host.
switchyard_bindings_list_string_t switchyard_texts_out(const switchyard_texts *texts);

/// Headers for the host, as many as there are.
switchyard_plugin_types_header_t *switchyard_headers_out(const switchyard_headers *headers);

/// Headers from the host.
switchyard_headers switchyard_headers_in(switchyard_plugin_types_list_header_t headers);

/// Whether a function has an answer; if not, `out` says why.
bool switchyard_answered(switchyard_fault fault, switchyard_plugin_types_fault_t *out);

/// The endpoints of a call.
switchyard_endpoints switchyard_view(const uint32_t *rows, size_t count, const switchyard_bindings_list_f64_t *inputs);

/// Ends a call once the host has its results, in place of the generated function that frees each of them. `stage` is
/// as the contract writes it, `symbol` as the bindings do.
#define SWITCHYARD_AFTER(stage, function, symbol) \
    void __wasm_export_exports_switchyard_plugin_##symbol##_post_return(uint8_t *results); \
    __attribute__((export_name("cabi_post_switchyard:plugin/" stage "@0.1.0#" function))) \
    void __wasm_export_exports_switchyard_plugin_##symbol##_post_return(uint8_t *results) { \
        (void)results; \
        switchyard_end_call(); \
    }

#endif
