//! Strings: finding their end fast, and decoding them only when asked.

use std::borrow::Cow;
use std::ops::Range;

use super::specials::Specials;
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
        let mut specials = Specials::new(bytes, start);
        let mut at = start;
        let mut saved = 0;
        loop {
            at = specials.next(at);
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
    let mut specials = Specials::new(raw, 0);
    let mut done = 0;
    loop {
        let at = specials.next(done);
        out.extend_from_slice(&raw[done..at]);
        match raw.get(at) {
            None => return,
            Some(b'\\') => {}
            Some(&other) => {
                out.push(other);
                done = at + 1;
                continue;
            }
        }
        let Ok((length, _)) = escape(raw, at) else {
            return;
        };
        if length == 2 {
            out.push(match raw[at + 1] {
                b'b' => 0x08,
                b'f' => 0x0C,
                b'n' => b'\n',
                b'r' => b'\r',
                b't' => b'\t',
                other => other,
            });
        } else {
            let mut code = hex4(raw, at + 2).unwrap_or_default();
            if length == 12 {
                let low = hex4(raw, at + 8).unwrap_or_default();
                code = 0x1_0000 + ((code & 0x3FF) << 10 | low & 0x3FF);
            }
            let decoded = char::from_u32(code).unwrap_or_default();
            out.extend_from_slice(decoded.encode_utf8(&mut [0; 4]).as_bytes());
        }
        done = at + length;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
