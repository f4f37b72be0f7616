//! The index: a tree of runs of blocks, per run the rows that hold it, per row the order in which it was
//! sent them.
//!
//! Every hash stands for all blocks before it, so prompts that begin alike form a tree. Its branches are
//! kept as runs of blocks, not block by block: a prompt of thousands of blocks is a few runs, and what it
//! costs to enter, to look up or to forget is little more than comparing or copying its hashes.
//!
//! One read-write lock guards all of it. A lookup holds it for some microseconds beside other lookups, an
//! insertion no longer; what takes longer, forgetting many short prompts, gives it back in between.
//! Per-shard locks would not do: a row's order runs through all hashes.

mod holders;
mod order;
mod run;
mod runs;
mod store;
mod tally;

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use store::Store;
use tally::Tally;

/// Runs let go of under one hold of the lock.
const BATCH: usize = 64;

/// Rows from this on are not entered: rows are small numbers, and each one below the largest takes memory.
pub const MAX_ROWS: u32 = 1 << 16;

/// Which row probably holds which block.
///
/// Rows are small numbers that may be used again after [`Index::remove_row`]. Memory is 8 bytes for each
/// distinct block, and some 60 for each run of blocks: one where prompts end or part ways. A further row
/// that holds a run costs 24 bytes.
#[derive(Debug)]
pub struct Index {
    store: RwLock<Store>,
    capacity: usize,
}

impl Index {
    /// An empty index that keeps the `capacity_per_server` blocks each row was sent last (at least 1).
    pub fn new(capacity_per_server: usize) -> Self {
        Self {
            store: RwLock::new(Store::new()),
            capacity: capacity_per_server.max(1),
        }
    }

    /// Notes that `row` was sent the chain `hashes`, which must be whole, from its first block on: that is
    /// what makes equal hashes mean equal prefixes. The first block counts as the most recent, so that
    /// what is forgotten first is the end of a chain and not the beginning all of it hangs on; of a chain
    /// longer than the capacity, the beginning is kept. Rows from [`MAX_ROWS`] on are not entered.
    ///
    /// While this runs, the row may hold as many blocks too many as the chain has.
    pub fn insert(&self, row: u32, hashes: &[u64]) {
        if row >= MAX_ROWS || hashes.is_empty() {
            return;
        }
        let mut store = self.write();
        store.insert(row, &hashes[..hashes.len().min(self.capacity)]);
        let mut more = store.trim(row, self.capacity, BATCH);
        drop(store);
        while more {
            more = self.write().trim(row, self.capacity, BATCH);
        }
    }

    /// Walks the chain up to the first block that no row holds, and writes into `matched` how many of the
    /// blocks passed each of `rows` holds, in their order. Answers how many were passed.
    pub fn lookup(&self, hashes: &[u64], rows: &[u32], matched: &mut Vec<u32>) -> usize {
        let store = self.read();
        let mut tally = Tally::new(store.rows());
        let passed = store.lookup(hashes, &mut tally);
        drop(store);
        matched.clear();
        matched.extend(rows.iter().map(|&row| tally.of(row)));
        passed
    }

    /// Forgets everything about `row`.
    pub fn remove_row(&self, row: u32) {
        while self.write().trim(row, 0, BATCH) {}
    }

    /// How many blocks `row` holds.
    pub fn row_len(&self, row: u32) -> usize {
        self.read().row_len(row)
    }

    /// How many distinct blocks are held by any row.
    pub fn len(&self) -> usize {
        self.read().len()
    }

    /// Whether no row holds anything.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    // No code of others runs under the lock, and a thread that dies in ours leaves at worst an entry that
    // recency forgets.
    fn read(&self) -> RwLockReadGuard<'_, Store> {
        self.store.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Store> {
        self.store.write().unwrap_or_else(PoisonError::into_inner)
    }
}
