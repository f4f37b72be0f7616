//! The rows that share a block.

/// A block that more than one row holds, or held a moment ago.
#[derive(Debug, Default)]
pub(super) struct Holders {
    pub(super) hash: u64,
    /// Bit `row % 64` of word `row / 64`.
    words: Vec<u64>,
    /// The block's position in the recency of each row, by row.
    positions: Vec<u32>,
}

impl Holders {
    pub(super) fn new(hash: u64) -> Self {
        Self {
            hash,
            words: Vec::new(),
            positions: Vec::new(),
        }
    }

    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    /// The block's position in the row's recency.
    pub(super) fn position(&self, row: u32) -> Option<u32> {
        let word = self.words.get(row as usize / 64)?;
        (word >> (row % 64) & 1 == 1).then(|| self.positions[self.rank(row)])
    }

    pub(super) fn add(&mut self, row: u32, position: u32) {
        let word = row as usize / 64;
        if word >= self.words.len() {
            self.words.resize(word + 1, 0);
        }
        self.words[word] |= 1 << (row % 64);
        let rank = self.rank(row);
        self.positions.insert(rank, position);
    }

    pub(super) fn remove(&mut self, row: u32) {
        if self.position(row).is_some() {
            let rank = self.rank(row);
            self.positions.remove(rank);
            self.words[row as usize / 64] &= !(1 << (row % 64));
        }
    }

    /// The row and its position, if it is the only one left.
    pub(super) fn only(&self) -> Option<(u32, u32)> {
        let [position] = self.positions[..] else {
            return None;
        };
        let word = self.words.iter().position(|&word| word != 0)?;
        Some((
            word as u32 * 64 + self.words[word].trailing_zeros(),
            position,
        ))
    }

    /// How many rows below `row` hold the block.
    fn rank(&self, row: u32) -> usize {
        let (word, below) = (row as usize / 64, (1_u64 << (row % 64)) - 1);
        let whole: u32 = self.words[..word]
            .iter()
            .map(|word| word.count_ones())
            .sum();
        (whole + (self.words[word] & below).count_ones()) as usize
    }
}
