// What a plugin may ask the host.

#include "guest.h"

#include "../log.h"
#include "../utf8.h"

void switchyard_write_line(switchyard_level level, const char *line, size_t length) {
    const char *valid = switchyard_as_utf8(line, length);
    switchyard_bindings_string_t text = {(uint8_t *)valid, length};
    switchyard_plugin_log_write((switchyard_plugin_log_level_t)level, &text);
}

void switchyard_die(void) {
    __builtin_trap();
}

#define TEXT_OF(function) \
    const char *switchyard_request_##function(void) { \
        switchyard_bindings_string_t text; \
        switchyard_plugin_request_##function(&text); \
        return switchyard_text_in(text); \
    }

TEXT_OF(id)
TEXT_OF(path)
TEXT_OF(model)
TEXT_OF(target_model)
TEXT_OF(profile)

const char *switchyard_request_header(const char *name) {
    switchyard_bindings_string_t key = switchyard_text_out(name), value;
    return switchyard_plugin_request_header(&key, &value) ? switchyard_text_in(value) : NULL;
}

const char *switchyard_request_body(uint64_t offset, uint32_t length, size_t *found) {
    switchyard_bindings_list_u8_t bytes;
    switchyard_plugin_request_body(offset, length, &bytes);
    *found = bytes.len;
    return bytes.len == 0 ? "" : (const char *)bytes.ptr;
}

const char *const *switchyard_request_profiles(size_t *count) {
    switchyard_bindings_list_string_t profiles;
    switchyard_plugin_request_profiles(&profiles);
    const char **names = switchyard_allocate_array(profiles.len, sizeof *names);
    for (size_t at = 0; at < profiles.len; at++)
        names[at] = switchyard_text_in(profiles.ptr[at]);
    *count = profiles.len;
    return names;
}

const uint32_t *switchyard_request_peers(const char *profile, size_t *count) {
    switchyard_bindings_string_t name = switchyard_text_out(profile);
    switchyard_bindings_list_u32_t rows;
    switchyard_plugin_request_peers(&name, &rows);
    *count = rows.len;
    return rows.ptr;
}

uint64_t switchyard_request_now_ms(void) {
    return switchyard_plugin_request_now_ms();
}

uint64_t switchyard_request_seed(void) {
    return switchyard_plugin_request_seed();
}

const void *switchyard_state_get(const char *key, size_t *length) {
    switchyard_bindings_string_t name = switchyard_text_out(key);
    switchyard_bindings_list_u8_t value;
    *length = 0;
    if (!switchyard_plugin_state_get(&name, &value))
        return NULL;
    *length = value.len;
    return value.len == 0 ? (const void *)"" : value.ptr;
}

switchyard_fault switchyard_state_set(const char *key, const void *value, size_t length, uint32_t ttl_ms) {
    switchyard_bindings_string_t name = switchyard_text_out(key);
    switchyard_bindings_list_u8_t bytes = {(uint8_t *)value, length};
    switchyard_plugin_state_fault_t fault;
    if (switchyard_plugin_state_set(&name, &bytes, ttl_ms, &fault))
        return SWITCHYARD_NO_FAULT;
    return (switchyard_fault){fault.code, switchyard_text_in(fault.message)};
}

void switchyard_state_remove(const char *key) {
    switchyard_bindings_string_t name = switchyard_text_out(key);
    switchyard_plugin_state_remove(&name);
}

void switchyard_own_column_set(uint32_t column, uint32_t row, double value) {
    switchyard_plugin_own_columns_set(column, row, value);
}

void switchyard_own_column_add(uint32_t column, uint32_t row, double delta) {
    switchyard_plugin_own_columns_add(column, row, delta);
}
