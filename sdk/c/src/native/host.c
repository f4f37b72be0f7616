// What the host's side of the imports answers in a test.

#include "native.h"

#include <stdlib.h>
#include <string.h>

#include "../log.h"
#include "../memory.h"

enum { MOST = 256, LONGEST_LINE = 1024 };

// A value under a key, of whatever kind.
typedef struct entry {
    const char *key;
    const void *value;
    size_t length;
} entry;

typedef struct entries {
    entry items[MOST];
    size_t count;
} entries;

typedef struct own_value {
    uint32_t column;
    uint32_t row;
    double value;
} own_value;

switchyard_test_request_t switchyard_test_request;

static entries headers, peers, state;
static own_value own_columns[MOST];
static size_t own_count;
static char last_line[LONGEST_LINE];

void switchyard_forget_host(void) {
    switchyard_test_request = (switchyard_test_request_t){
        .id = "", .path = "", .model = "", .target_model = "", .body = "", .profile = ""};
    headers.count = peers.count = own_count = 0;
    while (state.count > 0)
        switchyard_state_remove(state.items[0].key);
    last_line[0] = '\0';
}

static void add(entries *to, const char *key, const void *value, size_t length) {
    if (to->count == MOST)
        switchyard_fail(__FILE__, __LINE__, "found more than %d entries, expected fewer in a test", MOST);
    to->items[to->count++] = (entry){key, value, length};
}

static entry *find(entries *in, const char *key) {
    for (size_t at = 0; at < in->count; at++)
        if (strcmp(in->items[at].key, key) == 0)
            return &in->items[at];
    return NULL;
}

void switchyard_test_header(const char *name, const char *value) {
    add(&headers, name, value, strlen(value));
}

void switchyard_test_peers(const char *profile, size_t count, const uint32_t *rows) {
    add(&peers, profile, rows, count);
}

const char *switchyard_test_last_line(void) {
    return last_line;
}

void switchyard_write_line(switchyard_level level, const char *line, size_t length) {
    (void)level;
    size_t kept = length < LONGEST_LINE ? length : LONGEST_LINE - 1;
    memcpy(last_line, line, kept);
    last_line[kept] = '\0';
}

void switchyard_die(void) {
    switchyard_panicked(last_line);
}

const char *switchyard_request_id(void) {
    return switchyard_test_request.id;
}

const char *switchyard_request_path(void) {
    return switchyard_test_request.path;
}

const char *switchyard_request_model(void) {
    return switchyard_test_request.model;
}

const char *switchyard_request_target_model(void) {
    return switchyard_test_request.target_model;
}

const char *switchyard_request_profile(void) {
    return switchyard_test_request.profile;
}

const char *switchyard_request_header(const char *name) {
    const char *all = NULL;
    for (size_t at = 0; at < headers.count; at++)
        if (strcmp(headers.items[at].key, name) == 0) {
            const char *value = headers.items[at].value;
            all = all == NULL ? value : switchyard_format("%s, %s", all, value);
        }
    return all;
}

const char *switchyard_request_body(uint64_t offset, uint32_t length, size_t *found) {
    size_t whole = switchyard_test_request.body_length;
    *found = 0;
    if (offset >= whole)
        return "";
    size_t left = whole - (size_t)offset;
    *found = left < length ? left : length;
    return switchyard_copy(switchyard_test_request.body + offset, *found);
}

const char *const *switchyard_request_profiles(size_t *count) {
    *count = switchyard_test_request.profile_count;
    return switchyard_test_request.profiles;
}

const uint32_t *switchyard_request_peers(const char *profile, size_t *count) {
    const entry *found = find(&peers, profile);
    *count = found == NULL ? 0 : found->length;
    return found == NULL ? NULL : found->value;
}

uint64_t switchyard_request_now_ms(void) {
    return switchyard_test_request.now_ms;
}

uint64_t switchyard_request_seed(void) {
    return switchyard_test_request.seed;
}

const void *switchyard_state_get(const char *key, size_t *length) {
    const entry *found = find(&state, key);
    *length = found == NULL ? 0 : found->length;
    return found == NULL ? NULL : found->value;
}

// The state outlives calls, whose memory does not.
static const void *lasting(const void *bytes, size_t length) {
    char *copy = calloc(length + 1, 1);
    if (copy == NULL)
        switchyard_fail(__FILE__, __LINE__, "out of memory");
    return length == 0 ? copy : memcpy(copy, bytes, length);
}

switchyard_fault switchyard_state_set(const char *key, const void *value, size_t length, uint32_t ttl_ms) {
    (void)ttl_ms;
    switchyard_state_remove(key);
    add(&state, lasting(key, strlen(key)), lasting(value, length), length);
    return SWITCHYARD_NO_FAULT;
}

void switchyard_state_remove(const char *key) {
    entry *found = find(&state, key);
    if (found == NULL)
        return;
    free((void *)found->key);
    free((void *)found->value);
    *found = state.items[--state.count];
}

static own_value *own(uint32_t column, uint32_t row) {
    for (size_t at = 0; at < own_count; at++)
        if (own_columns[at].column == column && own_columns[at].row == row)
            return &own_columns[at];
    if (own_count == MOST)
        switchyard_fail(__FILE__, __LINE__, "found more than %d own values, expected fewer in a test", MOST);
    own_columns[own_count] = (own_value){column, row, 0};
    return &own_columns[own_count++];
}

void switchyard_own_column_set(uint32_t column, uint32_t row, double value) {
    own(column, row)->value = value;
}

void switchyard_own_column_add(uint32_t column, uint32_t row, double delta) {
    own_value *before = own(column, row);
    before->value = isnan(before->value) ? delta : before->value + delta;
}

double switchyard_test_own_column(uint32_t column, uint32_t row) {
    return own(column, row)->value;
}
