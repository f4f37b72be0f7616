//! The columns this plugin writes: shared by its instances, read by any plugin.
//!
//! A column's index is its position among [`crate::Needs::own_column`] calls. Off wasm the values are
//! kept per thread.

/// Sets the value of an endpoint.
pub fn set(column: u32, row: u32, value: f64) {
    #[cfg(target_arch = "wasm32")]
    crate::bindings::guest::switchyard::plugin::own_columns::set(column, row, value);
    #[cfg(not(target_arch = "wasm32"))]
    crate::testing::with_own_columns(|values| values.insert((column, row), value));
}

/// Adds to the value of an endpoint; NaN counts as 0 before.
pub fn add(column: u32, row: u32, delta: f64) {
    #[cfg(target_arch = "wasm32")]
    crate::bindings::guest::switchyard::plugin::own_columns::add(column, row, delta);
    #[cfg(not(target_arch = "wasm32"))]
    crate::testing::with_own_columns(|values| {
        let value = values.entry((column, row)).or_insert(0.0);
        *value = if value.is_nan() {
            delta
        } else {
            *value + delta
        };
    });
}
