/// Putting endpoints in order.
#ifndef SWITCHYARD_ORDER_H
#define SWITCHYARD_ORDER_H

#include <stddef.h>
#include <stdint.h>

/// The positions 0, 1, 2 and so on, to be put in another order.
uint32_t *switchyard_positions(size_t count);

/// Orders positions by the value at each, the greatest first. Equals stay in the order they were in.
void switchyard_greatest_first(uint32_t *positions, size_t count, const double *values);

#endif
