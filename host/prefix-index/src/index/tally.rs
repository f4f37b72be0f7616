//! How far each row holds a chain.
//!
//! A row that holds a run holds all runs before it, so the rows that still hold the chain only grow
//! fewer, and each is counted once: where it stops.

use super::run::Run;

/// A run of the chain at hand, how many blocks come before it, and how many of its own the chain has.
pub(super) type Passed<'a> = (&'a Run, usize, usize);

#[derive(Debug)]
pub(super) struct Tally {
    counts: Vec<u32>,
    /// The rows that hold the run walked last. Bit `row % 64` of word `row / 64`.
    holding: Vec<u64>,
}

impl Tally {
    /// For rows below `rows`.
    pub(super) fn new(rows: usize) -> Self {
        Self {
            counts: vec![0; rows],
            holding: vec![0; rows.div_ceil(64)],
        }
    }

    /// Walks from `last` into `run`.
    pub(super) fn enter(&mut self, last: Option<Passed<'_>>, run: &Run) {
        for word in 0..self.holding.len() {
            let here = run.holders.word(word);
            match last {
                None => self.holding[word] = here,
                Some(last) => {
                    self.count(word, self.holding[word] & !here, last);
                    self.holding[word] &= here;
                }
            }
        }
    }

    /// Ends the walk after `last`.
    pub(super) fn finish(&mut self, last: Option<Passed<'_>>) {
        let Some(last) = last else {
            return;
        };
        for word in 0..self.holding.len() {
            self.count(word, self.holding[word], last);
        }
    }

    /// How many blocks of the chain `row` holds.
    pub(super) fn of(&self, row: u32) -> u32 {
        self.counts.get(row as usize).copied().unwrap_or_default()
    }

    fn count(&mut self, word: usize, mut bits: u64, (run, before, common): Passed<'_>) {
        while bits != 0 {
            let row = word * 64 + bits.trailing_zeros() as usize;
            let held = run.held_by(row as u32);
            let held = held.map_or(0, |held| common.min(held.blocks as usize));
            self.counts[row] = (before + held) as u32;
            bits &= bits - 1;
        }
    }
}
