// The conversions that several stages share.

#include "guest.h"

#include <string.h>

#include "../utf8.h"

switchyard_bindings_string_t switchyard_text_out(const char *text) {
    size_t length = strlen(text);
    const char *valid = switchyard_as_utf8(text, length);
    return (switchyard_bindings_string_t){(uint8_t *)valid, length};
}

switchyard_bindings_list_string_t switchyard_texts_out(const switchyard_texts *texts) {
    switchyard_bindings_string_t *out = switchyard_allocate_array(texts->count, sizeof *out);
    for (size_t at = 0; at < texts->count; at++)
        out[at] = switchyard_text_out(texts->items[at]);
    return (switchyard_bindings_list_string_t){out, texts->count};
}

switchyard_plugin_types_header_t *switchyard_headers_out(const switchyard_headers *headers) {
    switchyard_plugin_types_header_t *out = switchyard_allocate_array(headers->count, sizeof *out);
    for (size_t at = 0; at < headers->count; at++) {
        out[at].name = switchyard_text_out(headers->items[at].name);
        out[at].value = switchyard_text_out(headers->items[at].value);
    }
    return out;
}

switchyard_headers switchyard_headers_in(switchyard_plugin_types_list_header_t headers) {
    switchyard_headers in = {0};
    for (size_t at = 0; at < headers.len; at++)
        switchyard_add_header(&in, switchyard_text_in(headers.ptr[at].name), switchyard_text_in(headers.ptr[at].value));
    return in;
}

bool switchyard_answered(switchyard_fault fault, switchyard_plugin_types_fault_t *out) {
    if (!switchyard_failed(fault))
        return true;
    out->code = fault.code;
    out->message = switchyard_text_out(fault.message);
    return false;
}

switchyard_endpoints switchyard_view(const uint32_t *rows, size_t count, const switchyard_bindings_list_f64_t *inputs) {
    return (switchyard_endpoints){
        .rows = rows,
        .count = count,
        .inputs = inputs->ptr,
        .input_count = inputs->len,
        .needs = &switchyard_needed,
    };
}
