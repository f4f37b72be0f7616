//! The rows that hold a run.

/// A run has one holder mostly, which must not cost an allocation.
#[derive(Debug)]
pub(super) enum Holders {
    /// One row, which holds all of the run.
    One { row: u32, place: u32 },
    /// Several rows.
    Many(Box<Many>),
}

#[derive(Debug, Default)]
pub(super) struct Many {
    /// Bit `row % 64` of word `row / 64`.
    words: Vec<u64>,
    /// By row.
    held: Vec<Held>,
}

/// What a row has of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Held {
    pub(super) row: u32,
    /// The run's place in the row's order.
    pub(super) place: u32,
    /// How many blocks of the run, from its first.
    pub(super) blocks: u32,
}

impl Holders {
    /// From a list by row. If there is but one, it must hold all of the run.
    pub(super) fn of(held: Vec<Held>) -> Self {
        match held[..] {
            [Held { row, place, .. }] => Self::One { row, place },
            _ => {
                let mut many = Many::default();
                held.iter().for_each(|held| many.mark(held.row));
                many.held = held;
                Self::Many(Box::new(many))
            }
        }
    }

    /// All of them, by row; `blocks` are in the run.
    pub(super) fn list(&self, blocks: usize) -> Vec<Held> {
        match self {
            Self::One { row, place } => vec![Held {
                row: *row,
                place: *place,
                blocks: blocks as u32,
            }],
            Self::Many(many) => many.held.clone(),
        }
    }

    /// What `row` has of a run of `blocks`.
    pub(super) fn get(&self, row: u32, blocks: usize) -> Option<Held> {
        match self {
            Self::One { row: only, place } => (*only == row).then_some(Held {
                row,
                place: *place,
                blocks: blocks as u32,
            }),
            Self::Many(many) => (many.word(row as usize / 64) >> (row % 64) & 1 == 1)
                .then(|| many.held[many.rank(row)]),
        }
    }

    /// Which of the 64 rows from `64 * word` are among them.
    pub(super) fn word(&self, word: usize) -> u64 {
        match self {
            Self::One { row, .. } if *row as usize / 64 == word => 1 << (row % 64),
            Self::One { .. } => 0,
            Self::Many(many) => many.word(word),
        }
    }

    /// Adds a row that is not among them. `blocks` are in the run.
    pub(super) fn add(&mut self, held: Held, blocks: usize) {
        match self {
            Self::One { row, .. } => {
                let after = *row < held.row;
                let mut list = self.list(blocks);
                list.insert(usize::from(after), held);
                *self = Self::of(list);
            }
            Self::Many(many) => {
                many.mark(held.row);
                let rank = many.rank(held.row);
                many.held.insert(rank, held);
            }
        }
    }

    /// Notes that `row`, which is among them, holds `blocks` of the run; how many those hold that hold
    /// most. A single holder always holds all.
    pub(super) fn resize(&mut self, row: u32, blocks: u32) -> usize {
        let Self::Many(many) = self else {
            return blocks as usize;
        };
        let rank = many.rank(row);
        many.held[rank].blocks = blocks;
        many.longest()
    }

    /// Takes `row`, which is among them, away; how many blocks those of the others hold that hold most,
    /// 0 if there are none.
    pub(super) fn remove(&mut self, row: u32) -> usize {
        let Self::Many(many) = self else {
            return 0;
        };
        let rank = many.rank(row);
        many.held.remove(rank);
        many.words[row as usize / 64] &= !(1 << (row % 64));
        let longest = many.longest();
        if many.held.len() == 1 {
            *self = Self::of(std::mem::take(&mut many.held));
        }
        longest
    }
}

impl Many {
    fn word(&self, word: usize) -> u64 {
        self.words.get(word).copied().unwrap_or_default()
    }

    fn longest(&self) -> usize {
        let blocks = self.held.iter().map(|held| held.blocks as usize);
        blocks.max().unwrap_or_default()
    }

    fn mark(&mut self, row: u32) {
        let word = row as usize / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (row % 64);
    }

    /// How many rows below `row` are among them.
    fn rank(&self, row: u32) -> usize {
        let word = row as usize / 64;
        let whole = self.words.iter().take(word).map(|word| word.count_ones());
        let below = self.word(word) & ((1 << (row % 64)) - 1);
        (whole.sum::<u32>() + below.count_ones()) as usize
    }
}
