//! A body that came in pieces, in one.

use std::cell::RefCell;

thread_local! {
    /// Kept, because a fresh buffer for a large prompt costs more than the copying.
    static WHOLE: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// Past this the buffer is given back after use.
const KEPT_BYTES: usize = 1 << 20;

/// Lets `read` see all pieces as one.
pub(super) fn whole<T>(pieces: &[Vec<u8>], read: impl FnOnce(&[u8]) -> T) -> T {
    let mut filled = pieces.iter().filter(|piece| !piece.is_empty());
    match (filled.next(), filled.next()) {
        (None, _) => read(&[]),
        (Some(only), None) => read(only),
        _ => WHOLE.with_borrow_mut(|whole| {
            whole.clear();
            pieces
                .iter()
                .for_each(|piece| whole.extend_from_slice(piece));
            let answer = read(whole);
            if whole.capacity() > KEPT_BYTES {
                *whole = Vec::new();
            }
            answer
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn pieces_become_one() {
        for (pieces, expected) in [
            (&[][..], ""),
            (&[""], ""),
            (&["", "a", ""], "a"),
            (&["ab", "", "c"], "abc"),
            (&["d"], "d"),
        ] {
            let pieces: Vec<Vec<u8>> = pieces.iter().map(|piece| piece.as_bytes().into()).collect();
            assert_eq!(whole(&pieces, <[u8]>::to_vec), expected.as_bytes());
        }
    }
}
