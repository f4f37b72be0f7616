//! What the lock guards: from a hash to those who hold it.
//!
//! A table's entry is one 32-bit number and its hash stands elsewhere: a block of a single row is named
//! by its position in that row's recency, a shared one by its place among the holders.

use hashbrown::HashTable;

use super::holders::Holders;
use super::recency::Recency;
use super::tally::Tally;

/// Many small tables instead of one, so that none takes long to grow.
const TABLES: usize = 1024;

/// Set in an entry that names holders.
const SHARED: u32 = 1 << 31;

#[derive(Debug)]
pub(super) struct Store {
    tables: Vec<HashTable<u32>>,
    rows: Vec<Recency>,
    holders: Vec<Holders>,
    /// Places among the holders that are not in use.
    free_holders: Vec<u32>,
    capacity: usize,
}

impl Store {
    pub(super) const MAX_CAPACITY: usize = SHARED as usize - 1;

    pub(super) fn new(capacity: usize) -> Self {
        Self {
            tables: (0..TABLES).map(|_| HashTable::new()).collect(),
            rows: Vec::new(),
            holders: Vec::new(),
            free_holders: Vec::new(),
            capacity,
        }
    }

    /// Rows are below this.
    pub(super) fn rows(&self) -> usize {
        self.rows.len()
    }

    pub(super) fn row_len(&self, row: u32) -> usize {
        self.rows.get(row as usize).map_or(0, Recency::len)
    }

    pub(super) fn len(&self) -> usize {
        self.tables.iter().map(HashTable::len).sum()
    }

    /// Adds one for each row that holds `hash`; `false` if none does.
    pub(super) fn tally(&self, hash: u64, tally: &mut Tally) -> bool {
        let Some(entry) = self.find(hash) else {
            return false;
        };
        match self.resolve(entry) {
            Entry::Single(row, _) => tally.add(row as usize / 64, 1 << (row % 64)),
            Entry::Shared(place) => {
                for (word, &bits) in self.holders[place].words().iter().enumerate() {
                    tally.add(word, bits);
                }
            }
        }
        true
    }

    /// Makes `hash` the newest of `row`.
    pub(super) fn insert(&mut self, row: u32, hash: u64) {
        if row as usize >= SHARED as usize / self.capacity {
            return;
        }
        if row as usize >= self.rows.len() {
            let capacity = self.capacity;
            self.rows
                .resize_with(row as usize + 1, || Recency::new(capacity));
        }
        match self.find(hash).map(|entry| self.resolve(entry)) {
            None => {
                let position = self.claim(row, hash);
                let entry = self.single(row, position);
                self.add_entry(hash, entry);
            }
            Some(Entry::Single(holder, position)) if holder == row => {
                self.rows[row as usize].touch(position);
            }
            Some(Entry::Single(holder, held_at)) => {
                let position = self.claim(row, hash);
                let mut holders = Holders::new(hash);
                holders.add(holder, held_at);
                holders.add(row, position);
                let place = self.place(holders);
                self.replace(hash, SHARED | place);
            }
            Some(Entry::Shared(place)) => match self.holders[place].position(row) {
                Some(position) => self.rows[row as usize].touch(position),
                None => {
                    // Claiming may forget another block of the row, never this one: it has other holders.
                    let position = self.claim(row, hash);
                    self.holders[place].add(row, position);
                }
            },
        }
    }

    /// Forgets up to `most` of the row's blocks, the oldest first; whether some are left.
    pub(super) fn remove_oldest(&mut self, row: u32, most: usize) -> bool {
        for _ in 0..most {
            if !self.forget_oldest(row) {
                // Gives the memory back, too.
                if let Some(empty) = self.rows.get_mut(row as usize) {
                    *empty = Recency::new(self.capacity);
                }
                return false;
            }
        }
        true
    }

    /// A position for a new block of `row`, where needed that of its oldest.
    fn claim(&mut self, row: u32, hash: u64) -> u32 {
        if self.rows[row as usize].is_full() {
            self.forget_oldest(row);
        }
        self.rows[row as usize].push(hash)
    }

    fn forget_oldest(&mut self, row: u32) -> bool {
        let Some(recency) = self.rows.get(row as usize) else {
            return false;
        };
        let Some(hash) = recency.oldest() else {
            return false;
        };
        self.detach(row, hash);
        self.rows[row as usize].pop_oldest();
        true
    }

    /// Takes `row` from the holders of `hash`. Its position must still hold the hash, which finds it.
    fn detach(&mut self, row: u32, hash: u64) {
        match self.find(hash).map(|entry| self.resolve(entry)) {
            None => {}
            Some(Entry::Single(..)) => self.remove_entry(hash),
            Some(Entry::Shared(place)) => {
                self.holders[place].remove(row);
                if let Some((last, position)) = self.holders[place].only() {
                    let entry = self.single(last, position);
                    self.replace(hash, entry);
                    self.holders[place] = Holders::default();
                    self.free_holders.push(place as u32);
                }
            }
        }
    }

    fn place(&mut self, holders: Holders) -> u32 {
        match self.free_holders.pop() {
            Some(place) => {
                self.holders[place as usize] = holders;
                place
            }
            None => {
                self.holders.push(holders);
                (self.holders.len() - 1) as u32
            }
        }
    }

    fn single(&self, row: u32, position: u32) -> u32 {
        row * self.capacity as u32 + position
    }

    fn resolve(&self, entry: u32) -> Entry {
        resolve(entry, self.capacity)
    }

    fn find(&self, hash: u64) -> Option<u32> {
        let is_it = |&entry: &u32| hash_of(&self.rows, &self.holders, self.capacity, entry) == hash;
        self.tables[table(hash)].find(hash, is_it).copied()
    }

    fn add_entry(&mut self, hash: u64, entry: u32) {
        let Self {
            tables,
            rows,
            holders,
            capacity,
            ..
        } = self;
        let rehash = |&entry: &u32| hash_of(rows, holders, *capacity, entry);
        tables[table(hash)].insert_unique(hash, entry, rehash);
    }

    fn replace(&mut self, hash: u64, entry: u32) {
        let Self {
            tables,
            rows,
            holders,
            capacity,
            ..
        } = self;
        let is_it = |entry: &u32| hash_of(rows, holders, *capacity, *entry) == hash;
        if let Some(found) = tables[table(hash)].find_mut(hash, is_it) {
            *found = entry;
        }
    }

    fn remove_entry(&mut self, hash: u64) {
        let Self {
            tables,
            rows,
            holders,
            capacity,
            ..
        } = self;
        let is_it = |entry: &u32| hash_of(rows, holders, *capacity, *entry) == hash;
        if let Ok(found) = tables[table(hash)].find_entry(hash, is_it) {
            found.remove();
        }
    }
}

/// What a table's entry names.
enum Entry {
    /// The one row that holds the block, and its position there.
    Single(u32, u32),
    /// The place among the holders.
    Shared(usize),
}

fn resolve(entry: u32, capacity: usize) -> Entry {
    if entry & SHARED == 0 {
        Entry::Single(entry / capacity as u32, entry % capacity as u32)
    } else {
        Entry::Shared((entry & !SHARED) as usize)
    }
}

fn hash_of(rows: &[Recency], holders: &[Holders], capacity: usize, entry: u32) -> u64 {
    match resolve(entry, capacity) {
        Entry::Single(row, position) => rows[row as usize].hash(position),
        Entry::Shared(place) => holders[place].hash,
    }
}

/// Which table a hash belongs to. Block hashes are as good as random; tables look at the lowest and the highest bits themselves, hence the
/// middle.
fn table(hash: u64) -> usize {
    (hash >> 32) as usize % TABLES
}
