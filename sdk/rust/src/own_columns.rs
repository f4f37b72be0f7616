//! The columns this plugin writes: shared by its instances, read by any plugin, and still there when
//! an instance is replaced.
//!
//! A column's index is its position among [`crate::Needs::own_column`] calls. To read one, a plugin
//! asks for it like for any other column: by its name, in its needs. Where nothing was written yet it
//! is NaN. Off wasm the values are kept per thread.

#[cfg(target_arch = "wasm32")]
use crate::bindings::guest::switchyard::plugin::own_columns as host;
#[cfg(not(target_arch = "wasm32"))]
use crate::testing::imports::own_columns as host;

/// Sets the value of an endpoint.
pub fn set(column: u32, row: u32, value: f64) {
    host::set(column, row, value);
}

/// Adds to the value of an endpoint, atomically; NaN counts as 0 before.
pub fn add(column: u32, row: u32, delta: f64) {
    host::add(column, row, delta);
}
