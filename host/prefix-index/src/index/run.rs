//! A run of blocks that were always sent together.

use super::holders::{Held, Holders};

/// Blocks that follow each other. A row that holds one of them holds all before it.
///
/// The first stands apart: finding a run then touches no memory but its own, and a run of one block needs
/// no other.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) first: u64,
    rest: Box<[u64]>,
    pub(super) holders: Holders,
}

impl Run {
    /// From at least one hash.
    pub(super) fn new(first: u64, rest: &[u64], holders: Holders) -> Self {
        Self {
            first,
            rest: rest.into(),
            holders,
        }
    }

    /// How many blocks it has.
    pub(super) fn len(&self) -> usize {
        1 + self.rest.len()
    }

    /// How many of its blocks `chain`, which begins as it does, begins with.
    pub(super) fn common(&self, chain: &[u64]) -> usize {
        let chain = chain.get(1..).unwrap_or_default();
        if chain.starts_with(&self.rest) {
            return self.len();
        }
        let pairs = self.rest.iter().zip(chain);
        1 + pairs.take_while(|(own, other)| own == other).count()
    }

    /// What `row` has of it.
    pub(super) fn held_by(&self, row: u32) -> Option<Held> {
        self.holders.get(row, self.len())
    }

    /// Keeps the first `blocks`, at least one.
    pub(super) fn truncate(&mut self, blocks: usize) {
        if blocks < self.len() {
            let mut rest = std::mem::take(&mut self.rest).into_vec();
            rest.truncate(blocks.saturating_sub(1));
            self.rest = rest.into();
        }
    }

    /// The block at `at` (not the first) and those after it.
    pub(super) fn from(&self, at: usize) -> (u64, &[u64]) {
        (self.rest[at - 1], &self.rest[at..])
    }
}
