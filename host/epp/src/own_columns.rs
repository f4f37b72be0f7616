//! A plugin's own columns, in the pool's column store or nowhere.

use std::sync::{Arc, OnceLock};

use switchyard_engine::OwnColumns;
use switchyard_scheduler::{Column, MAX_ROWS};

use crate::pool::Pool;

/// Those of a plugin in shadow mode: others may read columns of these names, so nothing is written.
pub struct NoColumns;

impl OwnColumns for NoColumns {
    fn declare(&self, _plugin: &str, _columns: &[String]) {}

    fn set(&self, _column: u32, row: u32, _value: f64) -> bool {
        row < MAX_ROWS
    }

    fn add(&self, _column: u32, row: u32, _delta: f64) -> bool {
        row < MAX_ROWS
    }
}

/// The own columns of one plugin.
pub struct PoolColumns {
    pool: Arc<Pool>,
    declared: OnceLock<Vec<Arc<Column>>>,
}

impl PoolColumns {
    /// For a plugin that has declared none yet.
    pub fn new(pool: Arc<Pool>) -> Self {
        Self {
            pool,
            declared: OnceLock::new(),
        }
    }

    fn column(&self, column: u32, row: u32) -> Option<&Column> {
        let column = self.declared.get()?.get(column as usize)?;
        (row < MAX_ROWS).then_some(&**column)
    }
}

impl OwnColumns for PoolColumns {
    fn declare(&self, _plugin: &str, columns: &[String]) {
        let declared = columns
            .iter()
            .map(|name| self.pool.columns().column(name))
            .collect();
        // Every instance of the plugin declares the same: the first one counts.
        let _ = self.declared.set(declared);
    }

    fn set(&self, column: u32, row: u32, value: f64) -> bool {
        self.column(column, row)
            .map(|column| column.set(row, value))
            .is_some()
    }

    fn add(&self, column: u32, row: u32, delta: f64) -> bool {
        self.column(column, row)
            .map(|column| column.add(row, delta))
            .is_some()
    }
}
