// A merge sort: the library's `qsort` may swap equals, and among equals chance has already decided.

#include <switchyard/order.h>

#include <string.h>

#include <switchyard/memory.h>

uint32_t *switchyard_positions(size_t count) {
    uint32_t *positions = switchyard_allocate_array(count, sizeof *positions);
    for (size_t at = 0; at < count; at++)
        positions[at] = (uint32_t)at;
    return positions;
}

static size_t at_most(size_t number, size_t most) {
    return number < most ? number : most;
}

static void merge(const uint32_t *from, size_t left, size_t middle, size_t end, uint32_t *to, const double *values) {
    size_t right = middle;
    for (size_t at = left; at < end; at++) {
        if (left < middle && (right == end || !(values[from[right]] > values[from[left]])))
            to[at] = from[left++];
        else
            to[at] = from[right++];
    }
}

void switchyard_greatest_first(uint32_t *positions, size_t count, const double *values) {
    uint32_t *from = positions;
    uint32_t *to = switchyard_allocate_array(count, sizeof *to);
    for (size_t width = 1; width < count; width *= 2) {
        for (size_t left = 0; left < count; left += 2 * width)
            merge(from, left, at_most(left + width, count), at_most(left + 2 * width, count), to, values);
        uint32_t *merged = to;
        to = from;
        from = merged;
    }
    if (from != positions)
        memcpy(positions, from, count * sizeof *positions);
}
