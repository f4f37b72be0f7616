//! Strings: finding their end fast, and decoding them only when asked.

use std::borrow::Cow;
use std::ops::Range;

use super::{Fault, JsonError};

/// A string of the body: where it stands and how long it is once decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Text {
    start: usize,
    end: usize,
    decoded_len: usize,
}

impl Text {
    /// Reads the string whose opening quote stands just before `start`.
    pub(super) fn read(bytes: &[u8], start: usize) -> Result<Self, JsonError> {
        let mut at = start;
        let mut saved = 0;
        loop {
            at += plain_len(&bytes[at..]);
            match bytes.get(at) {
                None => return Err(fault(bytes.len(), Fault::End)),
                Some(b'"') => {
                    return Ok(Self {
                        start,
                        end: at,
                        decoded_len: at - start - saved,
                    });
                }
                Some(b'\\') if is_simple(bytes.get(at + 1)) => {
                    at += 2;
                    saved += 1;
                }
                Some(b'\\') => {
                    let (raw, decoded) = escape(bytes, at)?;
                    at += raw;
                    saved += raw - decoded;
                }
                Some(_) => return Err(fault(at, Fault::Control)),
            }
        }
    }

    /// The bytes between the quotes, as they stand in `body`.
    pub fn raw<'a>(&self, body: &'a [u8]) -> &'a [u8] {
        &body[self.start..self.end]
    }

    /// Where the string stands, quotes included.
    pub fn span(&self) -> Range<usize> {
        self.start - 1..self.end + 1
    }

    /// Length in bytes once decoded.
    pub fn decoded_len(&self) -> usize {
        self.decoded_len
    }

    /// The string itself; borrowed where it holds no escape.
    pub fn decoded<'a>(&self, body: &'a [u8]) -> Cow<'a, [u8]> {
        if self.has_escapes() {
            let mut out = Vec::with_capacity(self.decoded_len);
            decode(self.raw(body), &mut out);
            Cow::Owned(out)
        } else {
            Cow::Borrowed(self.raw(body))
        }
    }

    /// The string itself, owned.
    pub fn to_string(&self, body: &[u8]) -> String {
        String::from_utf8_lossy(&self.decoded(body)).into_owned()
    }

    /// Appends the decoded string.
    pub fn append_to(&self, body: &[u8], out: &mut Vec<u8>) {
        if self.has_escapes() {
            decode(self.raw(body), out);
        } else {
            out.extend_from_slice(self.raw(body));
        }
    }

    /// Every escape is longer than what it stands for, so lengths tell.
    fn has_escapes(&self) -> bool {
        self.decoded_len != self.end - self.start
    }
}

fn fault(at: usize, fault: Fault) -> JsonError {
    JsonError { at, fault }
}

/// Lengths of the escape at `at`, a backslash: as it stands, and decoded.
fn escape(bytes: &[u8], at: usize) -> Result<(usize, usize), JsonError> {
    match bytes.get(at + 1) {
        None => Err(fault(bytes.len(), Fault::End)),
        Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok((2, 1)),
        Some(b'u') => {
            let first = hex4(bytes, at + 2)?;
            if !(0xD800..0xE000).contains(&first) {
                let decoded = char::from_u32(first).map_or(0, char::len_utf8);
                return Ok((6, decoded));
            }
            if first >= 0xDC00 || bytes.get(at + 6..at + 8) != Some(b"\\u") {
                return Err(fault(at, Fault::Surrogate));
            }
            match hex4(bytes, at + 8)? {
                0xDC00..0xE000 => Ok((12, 4)),
                _ => Err(fault(at, Fault::Surrogate)),
            }
        }
        Some(_) => Err(fault(at, Fault::Escape)),
    }
}

/// Whether a backslash and this byte stand for one byte.
fn is_simple(byte: Option<&u8>) -> bool {
    const TABLE: [bool; 256] = {
        let mut table = [false; 256];
        let mut rest: &[u8] = b"\"\\/bfnrt";
        while let [first, others @ ..] = rest {
            table[*first as usize] = true;
            rest = others;
        }
        table
    };
    byte.is_some_and(|&byte| TABLE[usize::from(byte)])
}

fn hex4(bytes: &[u8], at: usize) -> Result<u32, JsonError> {
    let digits = bytes
        .get(at..at + 4)
        .ok_or_else(|| fault(bytes.len(), Fault::End))?;
    digits.iter().try_fold(0, |value, &digit| {
        let digit = char::from(digit)
            .to_digit(16)
            .ok_or_else(|| fault(at, Fault::Escape))?;
        Ok(value << 4 | digit)
    })
}

/// Appends what `raw`, the inside of a string that was read before, stands for. Where `raw` is no such
/// thing, what cannot be decoded is left out.
pub(crate) fn decode(raw: &[u8], out: &mut Vec<u8>) {
    let mut rest = raw;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        out.extend_from_slice(&rest[..at]);
        let Ok((length, _)) = escape(rest, at) else {
            return;
        };
        let simple = match rest[at + 1] {
            b'b' => 0x08,
            b'f' => 0x0C,
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            other => other,
        };
        if length == 2 {
            out.push(simple);
        } else {
            let mut code = hex4(rest, at + 2).unwrap_or_default();
            if length == 12 {
                let low = hex4(rest, at + 8).unwrap_or_default();
                code = 0x1_0000 + ((code & 0x3FF) << 10 | low & 0x3FF);
            }
            let decoded = char::from_u32(code).unwrap_or_default();
            out.extend_from_slice(decoded.encode_utf8(&mut [0; 4]).as_bytes());
        }
        rest = &rest[at + length..];
    }
    out.extend_from_slice(rest);
}

/// How far to look for what ends a stretch of plain bytes before expecting a long one.
const NEAR: usize = 96;

/// How many bytes at the start of `bytes` are neither quote, backslash nor control character.
///
/// Most strings are short keys, and a few are prompts of hundreds of kilobytes, some of which hold an escape
/// every line: eight bytes at a time first, then blocks in a loop the compiler turns into vector code.
#[inline]
pub(crate) fn plain_len(bytes: &[u8]) -> usize {
    let mut at = 0;
    while at < NEAR {
        match first_special(bytes, at) {
            Some(8) => at += 8,
            Some(hit) => return at + hit,
            None => return at + short_plain_len(&bytes[at..]),
        }
    }
    at += plain_blocks(&bytes[at..]);
    loop {
        match first_special(bytes, at) {
            Some(8) => at += 8,
            Some(hit) => return at + hit,
            None => return at + short_plain_len(&bytes[at..]),
        }
    }
}

/// How many bytes, in whole blocks, hold nothing special. Apart, because inlined into larger functions the
/// loop is not always turned into vector code.
#[inline(never)]
fn plain_blocks(bytes: &[u8]) -> usize {
    let (blocks, _) = bytes.as_chunks::<64>();
    let plain = |block: &&[u8; 64]| {
        block
            .iter()
            .fold(0, |any, &byte| any | u8::from(is_special(byte)))
            == 0
    };
    blocks.iter().take_while(plain).count() * 64
}

fn is_special(byte: u8) -> bool {
    (byte < 0x20) | (byte == b'"') | (byte == b'\\')
}

fn short_plain_len(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .position(|&byte| is_special(byte))
        .unwrap_or(bytes.len())
}

/// The position of the first special byte among the eight from `at`, 8 if there is none; `None` where
/// fewer than eight are left. Each term sets the high bit of a byte it looks for; borrows can set only
/// higher ones, so the lowest is right.
#[inline]
fn first_special(bytes: &[u8], at: usize) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let word = u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?);
    let quote = word ^ (ONES * 0x22);
    let backslash = word ^ (ONES * 0x5C);
    let hits = (word.wrapping_sub(ONES * 0x20) & !word)
        | (quote.wrapping_sub(ONES) & !quote)
        | (backslash.wrapping_sub(ONES) & !backslash);
    let hits = hits & (ONES * 0x80);
    Some(hits.trailing_zeros() as usize / 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_special_byte_is_found_wherever_it_stands() {
        for length in [0, 1, 7, 8, 9, 31, 32, 33, 63, 95, 96, 97, 200] {
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
    fn lengths_are_known_before_decoding() {
        for (raw, decoded) in [
            (r"plain", "plain"),
            (r#"\"\\\/\b\f\n\r\t"#, "\"\\/\u{8}\u{c}\n\r\t"),
            (r"mod\u0065l", "model"),
            (r"\u00e9\u20AC\ud83d\ude00!", "é€😀!"),
            (r"\u0000", "\0"),
        ] {
            let body = format!("\"{raw}\"");
            let text = Text::read(body.as_bytes(), 1).unwrap();
            assert_eq!(text.to_string(body.as_bytes()), decoded);
            assert_eq!(text.decoded_len(), decoded.len());
            assert_eq!(text.span(), 0..body.len());
        }
    }
}
