//! The index: per hash the rows that hold it, per row the order in which it was sent them.
//!
//! One read-write lock guards all of it. A lookup holds it for some microseconds beside other lookups; an
//! insertion gives it back every [`BATCH`] blocks, so that nobody waits for a long prompt. Per-shard locks
//! would not do: a row's recency runs through all hashes.

mod holders;
mod recency;
mod store;
mod tally;

use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use store::Store;
use tally::Tally;

/// Blocks entered or removed under one hold of the lock.
const BATCH: usize = 64;

/// Which row probably holds which block.
///
/// Rows are small numbers that may be used again after [`Index::remove_row`]. Memory is 12 bytes for each
/// block of each row (16 where more than 65,535 blocks a row are kept) and some 7 for each distinct block;
/// a block that several rows hold costs about 100 bytes and 4 for each of them more.
#[derive(Debug)]
pub struct Index {
    store: RwLock<Store>,
    capacity: usize,
}

impl Index {
    /// An empty index that keeps the `capacity_per_server` blocks each row was sent last (at least 1).
    pub fn new(capacity_per_server: usize) -> Self {
        let capacity = capacity_per_server.clamp(1, Store::MAX_CAPACITY);
        Self {
            store: RwLock::new(Store::new(capacity)),
            capacity,
        }
    }

    /// Notes that `row` was sent the chain `hashes`. Its first block counts as the most recent, so that
    /// what is forgotten first is the end of a chain and not the beginning all of it hangs on; of a chain
    /// longer than the capacity, the beginning is kept. A row too large for the index
    /// (2^31 divided by the capacity) is not entered.
    pub fn insert(&self, row: u32, hashes: &[u64]) {
        let kept = &hashes[..hashes.len().min(self.capacity)];
        for batch in kept.rchunks(BATCH) {
            let mut store = self.write();
            for &hash in batch.iter().rev() {
                store.insert(row, hash);
            }
        }
    }

    /// Walks the chain up to the first block that no row holds, and writes into `matched` how many of the
    /// blocks passed each of `rows` holds, in their order. Answers how many were passed.
    pub fn lookup(&self, hashes: &[u64], rows: &[u32], matched: &mut Vec<u32>) -> usize {
        let store = self.read();
        let mut tally = Tally::new(store.rows(), hashes.len());
        let mut passed = 0;
        for &hash in hashes {
            if !store.tally(hash, &mut tally) {
                break;
            }
            passed += 1;
        }
        drop(store);
        matched.clear();
        matched.extend(rows.iter().map(|&row| tally.of(row)));
        passed
    }

    /// Forgets everything about `row`.
    pub fn remove_row(&self, row: u32) {
        while self.write().remove_oldest(row, BATCH) {}
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
