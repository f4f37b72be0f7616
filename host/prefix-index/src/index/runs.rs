//! All runs, and which begins with a hash.

use hashbrown::HashTable;

use super::holders::Holders;
use super::run::Run;

/// Many small tables instead of one, so that none takes long to grow.
const TABLES: usize = 1024;

#[derive(Debug)]
pub(super) struct Runs {
    /// Numbers of runs, by their first hash.
    tables: Vec<HashTable<u32>>,
    runs: Vec<Run>,
    /// Numbers that are not in use.
    free: Vec<u32>,
}

impl Runs {
    pub(super) fn new() -> Self {
        Self {
            tables: (0..TABLES).map(|_| HashTable::new()).collect(),
            runs: Vec::new(),
            free: Vec::new(),
        }
    }

    pub(super) fn get(&self, number: u32) -> &Run {
        &self.runs[number as usize]
    }

    pub(super) fn get_mut(&mut self, number: u32) -> &mut Run {
        &mut self.runs[number as usize]
    }

    /// The run that begins with `hash`.
    pub(super) fn find(&self, hash: u64) -> Option<u32> {
        let begins = |&number: &u32| self.get(number).first == hash;
        self.tables[table(hash)].find(hash, begins).copied()
    }

    /// The number that the next run to be entered will have.
    pub(super) fn next_number(&self) -> u32 {
        let fresh =
            || u32::try_from(self.runs.len()).expect("runs take 40 bytes and memory is finite");
        self.free.last().copied().unwrap_or_else(fresh)
    }

    pub(super) fn enter(&mut self, run: Run) -> u32 {
        let number = self.next_number();
        let hash = run.first;
        if self.free.pop().is_some() {
            self.runs[number as usize] = run;
        } else {
            self.runs.push(run);
        }
        let Self { tables, runs, .. } = self;
        tables[table(hash)].insert_unique(hash, number, |&number| runs[number as usize].first);
        number
    }

    pub(super) fn remove(&mut self, number: u32) {
        let hash = self.get(number).first;
        let entry = self.tables[table(hash)].find_entry(hash, |&other| other == number);
        if let Ok(entry) = entry {
            entry.remove();
            // Gives the memory back, too.
            self.runs[number as usize] = Run::new(0, &[], Holders::One { row: 0, place: 0 });
            self.free.push(number);
        }
    }
}

/// Which table a hash belongs to. Block hashes are as good as random; tables look at the lowest and the
/// highest bits themselves, hence the middle.
fn table(hash: u64) -> usize {
    (hash >> 32) as usize % TABLES
}
