// `printf` and its kin without WASI.
//
// The C library writes by way of WASI, and even `snprintf` refers to it. A plugin has no files: what it writes to
// standard output or standard error becomes lines in the host's log, and nothing of WASI is imported.

#include <stdint.h>
#include <string.h>

#include "../log.h"

enum { NO_ERROR = 0, BAD_FILE = 8, STDOUT = 1, STDERR = 2 };

// As WASI lays them out.
typedef struct piece {
    const char *bytes;
    size_t length;
} piece;

int32_t __imported_wasi_snapshot_preview1_fd_write(int32_t file, int32_t pieces, int32_t count, int32_t written);
int32_t __imported_wasi_snapshot_preview1_fd_seek(int32_t file, int64_t offset, int32_t from, int32_t position);
int32_t __imported_wasi_snapshot_preview1_fd_fdstat_get(int32_t file, int32_t status);
int close(int file);

static void write_lines(switchyard_level level, piece text) {
    while (text.length > 0) {
        const char *end = memchr(text.bytes, '\n', text.length);
        size_t length = end == NULL ? text.length : (size_t)(end - text.bytes);
        if (length > 0)
            switchyard_write_line(level, text.bytes, length);
        size_t taken = end == NULL ? length : length + 1;
        text.bytes += taken;
        text.length -= taken;
    }
}

int32_t __imported_wasi_snapshot_preview1_fd_write(int32_t file, int32_t pieces, int32_t count, int32_t written) {
    if (file != STDOUT && file != STDERR)
        return BAD_FILE;
    const piece *all = (const piece *)pieces;
    size_t sum = 0;
    for (int32_t at = 0; at < count; at++) {
        write_lines(file == STDERR ? SWITCHYARD_WARN : SWITCHYARD_INFO, all[at]);
        sum += all[at].length;
    }
    *(size_t *)written = sum;
    return NO_ERROR;
}

int close(int file) {
    (void)file;
    return -1;
}

int32_t __imported_wasi_snapshot_preview1_fd_seek(int32_t file, int64_t offset, int32_t from, int32_t position) {
    (void)file, (void)offset, (void)from, (void)position;
    return BAD_FILE;
}

// Like a terminal, so that the library writes line by line.
int32_t __imported_wasi_snapshot_preview1_fd_fdstat_get(int32_t file, int32_t status) {
    enum { STATUS_BYTES = 24, CHARACTER_DEVICE = 2 };
    (void)file;
    memset((void *)status, 0, STATUS_BYTES);
    *(uint8_t *)status = CHARACTER_DEVICE;
    return NO_ERROR;
}
