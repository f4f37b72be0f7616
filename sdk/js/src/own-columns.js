// The columns this plugin writes: shared by its instances, read by any plugin. `column` is a position
// in the `ownColumns` of its needs.

import { ownColumns } from "#host";

export function set(column, row, value) {
  ownColumns.set(column, row, Number(value));
}

export function add(column, row, delta) {
  ownColumns.add(column, row, Number(delta));
}
