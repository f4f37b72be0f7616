//! Numbers about endpoints: one `f64` per endpoint and column, written by scrapers, hooks and the
//! in-flight accounting, read when a request's inputs are gathered.
//!
//! Cells are atomics in chunks that never move, so that writers and readers need no lock.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use crate::sets::SetColumn;

const CHUNK: usize = 256;
const CHUNKS: usize = 256;
/// Rows past this one hold nothing: a write is dropped and a read is NaN.
pub const MAX_ROWS: u32 = (CHUNK * CHUNKS) as u32;
/// The time of a value that never gets stale.
const FOREVER: u64 = u64::MAX;

struct Cell {
    bits: AtomicU64,
    /// When it was written, Unix ms; 0: never.
    at_ms: AtomicU64,
}

impl Cell {
    /// The value, unless it is older than `oldest_ms`.
    fn read(&self, oldest_ms: u64) -> f64 {
        if self.at_ms.load(Ordering::Acquire) >= oldest_ms {
            f64::from_bits(self.bits.load(Ordering::Relaxed))
        } else {
            f64::NAN
        }
    }
}

type Chunk = Box<[Cell]>;

/// One number per endpoint.
pub struct Column {
    name: Arc<str>,
    chunks: Box<[OnceLock<Chunk>]>,
}

impl Column {
    fn new(name: Arc<str>) -> Self {
        Self {
            name,
            chunks: (0..CHUNKS).map(|_| OnceLock::new()).collect(),
        }
    }

    /// Its name, such as `waiting-requests`.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    fn cell(&self, row: u32) -> Option<&Cell> {
        let row = row as usize;
        self.chunks.get(row / CHUNK)?.get()?.get(row % CHUNK)
    }

    fn cell_or_new(&self, row: u32) -> Option<&Cell> {
        let row = row as usize;
        let chunk = self.chunks.get(row / CHUNK)?.get_or_init(|| {
            (0..CHUNK)
                .map(|_| Cell {
                    bits: AtomicU64::new(f64::NAN.to_bits()),
                    at_ms: AtomicU64::new(0),
                })
                .collect()
        });
        chunk.get(row % CHUNK)
    }

    /// The value if it was written at `oldest_ms` or later, or never gets stale; else NaN.
    pub fn get(&self, row: u32, oldest_ms: u64) -> f64 {
        self.cell(row).map_or(f64::NAN, |cell| cell.read(oldest_ms))
    }

    /// Appends what [`Column::get`] gives for each row. Rows next to each other lie in one chunk, which is
    /// looked up once.
    pub(crate) fn gather(&self, rows: &[u32], oldest_ms: u64, out: &mut Vec<f64>) {
        let mut at = usize::MAX;
        let mut cells: &[Cell] = &[];
        out.extend(rows.iter().map(|row| {
            let row = *row as usize;
            if row / CHUNK != at {
                at = row / CHUNK;
                let chunk = self.chunks.get(at).and_then(OnceLock::get);
                cells = chunk.map_or(&[], |chunk| chunk);
            }
            match cells.get(row % CHUNK) {
                Some(cell) => cell.read(oldest_ms),
                None => f64::NAN,
            }
        }));
    }

    /// When the value was written; `None`: never, or it is of the kind that has no age.
    pub fn written_ms(&self, row: u32) -> Option<u64> {
        match self.cell(row)?.at_ms.load(Ordering::Acquire) {
            0 | FOREVER => None,
            at => Some(at),
        }
    }

    /// Writes a measured value, which gets stale.
    pub fn set_at(&self, row: u32, value: f64, at_ms: u64) {
        if let Some(cell) = self.cell_or_new(row) {
            cell.bits.store(value.to_bits(), Ordering::Relaxed);
            cell.at_ms.store(at_ms, Ordering::Release);
        }
    }

    /// Writes a value that never gets stale, such as a count kept by the host.
    pub fn set(&self, row: u32, value: f64) {
        self.set_at(row, value, FOREVER);
    }

    /// Adds to a value that never gets stale; NaN counts as 0. Never goes below 0 by rounding alone:
    /// the counts that use it add and take away whole numbers.
    pub fn add(&self, row: u32, delta: f64) {
        let Some(cell) = self.cell_or_new(row) else {
            return;
        };
        let _ = cell
            .bits
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |bits| {
                let value = f64::from_bits(bits);
                Some((if value.is_nan() { 0.0 } else { value } + delta).to_bits())
            });
        cell.at_ms.store(FOREVER, Ordering::Release);
    }

    /// Forgets a row, before it is given to another endpoint.
    fn clear(&self, row: u32) {
        if let Some(cell) = self.cell(row) {
            cell.at_ms.store(0, Ordering::Release);
            cell.bits.store(f64::NAN.to_bits(), Ordering::Relaxed);
        }
    }
}

/// All columns and string sets. Names are open: whoever writes one creates it.
#[derive(Default)]
pub struct ColumnStore {
    columns: RwLock<BTreeMap<Arc<str>, Arc<Column>>>,
    sets: RwLock<BTreeMap<Arc<str>, Arc<SetColumn>>>,
}

impl ColumnStore {
    /// The column of this name, made if there is none. Look it up once and keep it.
    pub fn column(&self, name: &str) -> Arc<Column> {
        let known = self
            .columns
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(name)
            .cloned();
        known.unwrap_or_else(|| {
            let mut columns = self.columns.write().unwrap_or_else(PoisonError::into_inner);
            let name: Arc<str> = name.into();
            columns
                .entry(name.clone())
                .or_insert_with(|| Arc::new(Column::new(name)))
                .clone()
        })
    }

    /// The string sets of this name, made if there are none.
    pub fn set_column(&self, name: &str) -> Arc<SetColumn> {
        let mut sets = self.sets.write().unwrap_or_else(PoisonError::into_inner);
        sets.entry(name.into()).or_default().clone()
    }

    /// Every column, by name.
    pub fn columns(&self) -> Vec<Arc<Column>> {
        self.columns
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
            .cloned()
            .collect()
    }

    /// Every string set with its name.
    pub fn set_columns(&self) -> Vec<(Arc<str>, Arc<SetColumn>)> {
        let sets = self.sets.read().unwrap_or_else(PoisonError::into_inner);
        sets.iter()
            .map(|(name, set)| (name.clone(), set.clone()))
            .collect()
    }

    /// Forgets everything about a row.
    pub fn clear_row(&self, row: u32) {
        for column in self
            .columns
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
        {
            column.clear(row);
        }
        for set in self
            .sets
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .values()
        {
            set.clear(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_gets_stale_and_a_count_does_not() {
        let store = ColumnStore::default();
        let column = store.column("waiting-requests");
        assert!(column.get(3, 0).is_nan(), "nothing written yet");
        column.set_at(3, 7.0, 1_000);
        assert_eq!(column.get(3, 1_000), 7.0);
        assert!(column.get(3, 1_001).is_nan());
        column.add(4, 1.0);
        column.add(4, 1.0);
        assert_eq!(column.get(4, u64::MAX), 2.0);
        assert_eq!(column.written_ms(4), None);
        store.clear_row(3);
        assert!(column.get(3, 0).is_nan());
    }

    #[test]
    fn gathered_values_are_those_of_the_rows_one_by_one() {
        let column = ColumnStore::default().column("x");
        column.set(0, 1.0);
        column.set_at(255, 2.0, 1_000);
        column.set_at(256, 3.0, 999);
        column.set(700, 4.0);
        let rows = [700, 0, 1, 255, 256, 0, 5_000, MAX_ROWS, 255];
        let mut gathered = vec![0.5];
        column.gather(&rows, 1_000, &mut gathered);
        let bits = |values: &[f64]| {
            values
                .iter()
                .map(|value| value.to_bits())
                .collect::<Vec<_>>()
        };
        let one_by_one: Vec<f64> = rows.iter().map(|row| column.get(*row, 1_000)).collect();
        assert_eq!(bits(&gathered[1..]), bits(&one_by_one));
        assert_eq!(gathered[..2], [0.5, 4.0]);
    }

    #[test]
    fn rows_past_the_end_are_dropped() {
        let column = ColumnStore::default().column("x");
        column.set(MAX_ROWS, 1.0);
        assert!(column.get(MAX_ROWS, 0).is_nan());
        column.set(MAX_ROWS - 1, 1.0);
        assert_eq!(column.get(MAX_ROWS - 1, 0), 1.0);
    }
}
