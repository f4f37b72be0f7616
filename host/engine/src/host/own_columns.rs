//! The interface `own-columns`: numbers that a plugin keeps per endpoint and anyone may read.

use crate::bindings::switchyard::plugin::own_columns::Host;
use crate::store::State;

/// Where the columns live; the picker's column store implements it.
///
/// A column is a position in the list given to [`OwnColumns::declare`].
pub trait OwnColumns: Send + Sync {
    /// The plugin's own columns, told once, when it is configured.
    fn declare(&self, plugin: &str, columns: &[String]);
    /// Sets a value. False: there is no such row.
    fn set(&self, column: u32, row: u32, value: f64) -> bool;
    /// Adds atomically, NaN counting as 0 before. False: there is no such row.
    fn add(&self, column: u32, row: u32, delta: f64) -> bool;
}

impl State {
    fn write(&self, column: u32, write: impl FnOnce(&dyn OwnColumns) -> bool) {
        // Neither a replay nor a trial must change what live requests read.
        if self.aside || self.journal.is_replay() {
            return;
        }
        let exists = column < self.granted.own_columns && write(self.common.own_columns.as_ref());
        if !exists {
            self.ignored_write();
        }
    }
}

impl Host for State {
    fn set(&mut self, column: u32, row: u32, value: f64) -> wasmtime::Result<()> {
        self.write(column, |columns| columns.set(column, row, value));
        Ok(())
    }

    fn add(&mut self, column: u32, row: u32, delta: f64) -> wasmtime::Result<()> {
        self.write(column, |columns| columns.add(column, row, delta));
        Ok(())
    }
}
