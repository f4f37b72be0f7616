//! Counting, for many rows at once, how many blocks each holds.
//!
//! A block that a hundred rows hold would cost a hundred additions. Counters are therefore kept sliced by
//! bit: plane `p` of a word holds bit `p` of the counters of 64 rows, and adding one to any set of them
//! is a carry that ripples through the planes, two on average.

/// A counter for each row.
#[derive(Debug)]
pub(super) struct Tally {
    /// The planes of word 0, then those of word 1, and so on.
    planes: Vec<u64>,
    planes_per_word: usize,
}

impl Tally {
    /// Zero for rows below `rows`; none may be counted more than `most` times.
    pub(super) fn new(rows: usize, most: usize) -> Self {
        let planes_per_word = (usize::BITS - most.leading_zeros()).max(1) as usize;
        Self {
            planes: vec![0; planes_per_word * rows.div_ceil(64)],
            planes_per_word,
        }
    }

    /// Adds one to each row whose bit is set in `bits`, the rows from 64 times `word`.
    pub(super) fn add(&mut self, word: usize, bits: u64) {
        let start = word * self.planes_per_word;
        let mut carry = bits;
        for plane in &mut self.planes[start..start + self.planes_per_word] {
            if carry == 0 {
                return;
            }
            let next = *plane & carry;
            *plane ^= carry;
            carry = next;
        }
    }

    /// How often `row` was counted.
    pub(super) fn of(&self, row: u32) -> u32 {
        let (word, bit) = (row as usize / 64, row % 64);
        let start = word * self.planes_per_word;
        let planes = self
            .planes
            .get(start..start + self.planes_per_word)
            .unwrap_or_default();
        planes
            .iter()
            .rev()
            .fold(0, |count, plane| count << 1 | (plane >> bit & 1) as u32)
    }
}
