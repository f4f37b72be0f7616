//! Where strings hold anything but plain text.

use wide::u8x32;

/// Bytes looked at together. Keys are shorter, and prompts hold an escape every line, so that larger blocks
/// would be looked at in vain more often.
const BLOCK: usize = 32;

/// The quotes, backslashes and control characters of a text, in order. The rest of a string is plain: it
/// stands for itself.
pub(crate) struct Specials<'a> {
    bytes: &'a [u8],
    /// Where the block at hand begins.
    block: usize,
    /// One bit for each special byte of the block.
    hits: u32,
}

impl<'a> Specials<'a> {
    /// Those of `bytes` from `at` on.
    pub(crate) fn new(bytes: &'a [u8], at: usize) -> Self {
        Self {
            bytes,
            block: at,
            hits: hits(bytes, at),
        }
    }

    /// The first one at `at` or behind it, or where the bytes end. `at` never goes back.
    #[inline]
    pub(crate) fn next(&mut self, at: usize) -> usize {
        if at - self.block >= BLOCK {
            self.block = at;
            self.hits = hits(self.bytes, at);
        }
        let passed = at - self.block;
        let mut left = self.hits >> passed << passed;
        while left == 0 {
            self.block += BLOCK;
            if self.block >= self.bytes.len() {
                return self.bytes.len();
            }
            self.hits = hits(self.bytes, self.block);
            left = self.hits;
        }
        self.block + left.trailing_zeros() as usize
    }
}

/// How many bytes at the start of `bytes` are plain.
pub(crate) fn plain_len(bytes: &[u8]) -> usize {
    Specials::new(bytes, 0).next(0)
}

#[inline]
fn hits(bytes: &[u8], at: usize) -> u32 {
    let rest = bytes.get(at..).unwrap_or_default();
    let block = rest.first_chunk().copied().unwrap_or_else(|| {
        let mut padded = [b' '; BLOCK];
        padded[..rest.len()].copy_from_slice(rest);
        padded
    });
    let block = u8x32::from(block);
    let is = |byte| block.simd_eq(u8x32::splat(byte));
    let control = block.min(u8x32::splat(0x1F)).simd_eq(block);
    (is(b'"') | is(b'\\') | control).to_bitmask()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_special_byte_is_found_wherever_it_stands() {
        for length in [0, 1, 7, 8, 9, 31, 32, 33, 63, 64, 65, 97, 200] {
            let plain: Vec<u8> = (0..length).map(|i| 0x80 | i as u8).collect();
            assert_eq!(plain_len(&plain), length);
            for special in [b'"', b'\\', 0, 0x1F, b'\n'] {
                for at in 0..length {
                    let mut bytes = plain.clone();
                    bytes[at] = special;
                    assert_eq!(plain_len(&bytes), at, "{special} at {at} of {length}");
                }
            }
        }
        for harmless in [0x20, 0x21, 0x23, 0x5B, 0x5D, 0x7F, 0xA2, 0xDC, 0xFF] {
            assert_eq!(plain_len(&[harmless; 100]), 100, "{harmless}");
        }
    }

    #[test]
    fn all_of_them_are_found_in_order_whatever_is_stepped_over() {
        let bytes: Vec<u8> = (0..300)
            .map(|at| {
                if at % 7 == 0 || at % 31 < 2 {
                    b'\\'
                } else {
                    b'x'
                }
            })
            .collect();
        for step in [1, 2, 6, 12] {
            let mut specials = Specials::new(&bytes, 3);
            let mut at = 3;
            while at <= bytes.len() {
                let rest = bytes[at..].iter().position(|byte| *byte == b'\\');
                let expected = rest.map_or(bytes.len(), |rest| at + rest);
                assert_eq!(specials.next(at), expected, "from {at} in steps of {step}");
                at = expected + step;
            }
        }
    }
}
