//! What the lock guards: a tree of runs, and per row the order in which it was sent them.
//!
//! Runs are cut wherever a chain that was inserted parts from another or ends. So every chain consists of
//! whole runs, each block of a run was sent when the others were, and remembering the order of runs
//! remembers that of blocks: the last block of a run counts as older than the first.

use super::holders::{Held, Holders};
use super::order::Order;
use super::run::Run;
use super::runs::Runs;
use super::tally::Tally;

#[derive(Debug)]
pub(super) struct Store {
    runs: Runs,
    rows: Vec<Order>,
    /// Distinct blocks.
    len: usize,
    /// The runs of the chain at hand; here so that it is allocated once.
    path: Vec<u32>,
}

impl Store {
    pub(super) fn new() -> Self {
        Self {
            runs: Runs::new(),
            rows: Vec::new(),
            len: 0,
            path: Vec::new(),
        }
    }

    /// Rows are below this.
    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn row_len(&self, row: u32) -> usize {
        self.rows.get(row as usize).map_or(0, |order| order.blocks)
    }

    pub(super) fn len(&self) -> usize {
        self.len
    }

    /// Walks `chain` as far as any row holds it, and counts for each row how far it does. Answers how
    /// many blocks were passed.
    pub(super) fn lookup(&self, chain: &[u64], tally: &mut Tally) -> usize {
        let mut passed = 0;
        let mut last = None;
        while let Some(number) = chain.get(passed).and_then(|&hash| self.runs.find(hash)) {
            let run = self.runs.get(number);
            let common = run.common(&chain[passed..]);
            tally.enter(last, run);
            last = Some((run, passed, common));
            passed += common;
            if common < run.len() {
                break;
            }
        }
        tally.finish(last);
        passed
    }

    /// Makes the blocks of `chain` the newest of `row`, its first the very newest.
    pub(super) fn insert(&mut self, row: u32, chain: &[u64]) {
        if row as usize >= self.rows.len() {
            self.rows.resize_with(row as usize + 1, Order::new);
        }
        let mut path = std::mem::take(&mut self.path);
        let mut at = 0;
        while let Some(number) = chain.get(at).and_then(|&hash| self.runs.find(hash)) {
            let common = self.runs.get(number).common(&chain[at..]);
            self.cut(number, common);
            path.push(number);
            at += common;
        }
        if let Some((&first, rest)) = chain[at..].split_first() {
            let order = &mut self.rows[row as usize];
            let place = order.push(self.runs.next_number());
            order.blocks += chain.len() - at;
            self.len += chain.len() - at;
            self.runs
                .enter(Run::new(first, rest, Holders::One { row, place }));
        }
        while let Some(number) = path.pop() {
            self.touch(row, number);
        }
        self.path = path;
    }

    /// Lets the row forget its oldest blocks until it holds no more than `capacity`, but lets go of at
    /// most `most` runs; whether too many are left.
    pub(super) fn trim(&mut self, row: u32, capacity: usize, most: usize) -> bool {
        for _ in 0..most {
            let Some(order) = self.rows.get_mut(row as usize) else {
                return false;
            };
            let excess = order.blocks.saturating_sub(capacity);
            let Some(number) = order.oldest().filter(|_| excess > 0) else {
                break;
            };
            let run = self.runs.get_mut(number);
            let before = run.len();
            let held = run.held_by(row).map_or(0, |held| held.blocks as usize);
            let kept = held.saturating_sub(excess);
            order.blocks -= held - kept;
            let longest = if kept > 0 {
                run.holders.resize(row, kept as u32)
            } else {
                order.pop_oldest();
                run.holders.remove(row)
            };
            self.len -= before - longest;
            if longest == 0 {
                self.runs.remove(number);
            } else {
                run.truncate(longest);
            }
        }
        match self.rows.get_mut(row as usize) {
            Some(order) if order.blocks == 0 => {
                // Gives the memory back, too.
                *order = Order::new();
                false
            }
            Some(order) => order.blocks > capacity && order.oldest().is_some(),
            None => false,
        }
    }

    /// Makes a run, all of it, the newest of `row`.
    fn touch(&mut self, row: u32, number: u32) {
        let run = self.runs.get_mut(number);
        let blocks = run.len();
        let order = &mut self.rows[row as usize];
        match run.held_by(row) {
            Some(held) => {
                order.touch(held.place);
                let missing = blocks - held.blocks as usize;
                if missing > 0 {
                    order.blocks += missing;
                    run.holders.resize(row, blocks as u32);
                }
            }
            None => {
                order.blocks += blocks;
                let held = Held {
                    row,
                    place: order.push(number),
                    blocks: blocks as u32,
                };
                run.holders.add(held, blocks);
            }
        }
    }

    /// Makes what is past the first `kept` blocks of a run a run of its own, if there is something.
    fn cut(&mut self, number: u32, kept: usize) {
        let run = self.runs.get(number);
        let blocks = run.len();
        if kept >= blocks {
            return;
        }
        let next = self.runs.next_number();
        let mut near = run.holders.list(blocks);
        let mut far = Vec::new();
        for held in &mut near {
            let past = held.blocks.saturating_sub(kept as u32);
            if past > 0 {
                held.blocks -= past;
                let order = &mut self.rows[held.row as usize];
                far.push(Held {
                    row: held.row,
                    place: order.push_after(held.place, next),
                    blocks: past,
                });
            }
        }
        let (first, rest) = run.from(kept);
        let run = Run::new(first, rest, Holders::of(far));
        self.runs.enter(run);
        let run = self.runs.get_mut(number);
        run.holders = Holders::of(near);
        run.truncate(kept);
    }
}
