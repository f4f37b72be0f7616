//! Numbers: the grammar, and the range.

use super::{Fault, JsonError};

/// Without an exponent, a literal up to this length cannot leave the range of a 64-bit float.
const SURELY_IN_RANGE: usize = 256;

/// The end of the number that begins at `start`.
pub(super) fn end(bytes: &[u8], start: usize) -> Result<usize, JsonError> {
    let mut at = start;
    if bytes.get(at) == Some(&b'-') {
        at += 1;
    }
    at = match bytes.get(at) {
        Some(b'0') => at + 1,
        _ => digits(bytes, at)?,
    };
    if bytes.get(at) == Some(&b'.') {
        at = digits(bytes, at + 1)?;
    }
    let exponent = matches!(bytes.get(at), Some(b'e' | b'E'));
    if exponent {
        at += 1;
        if matches!(bytes.get(at), Some(b'+' | b'-')) {
            at += 1;
        }
        at = digits(bytes, at)?;
    }
    // Rounding decides what is out of range, so the parser we agree with has the last word.
    if (exponent || at - start > SURELY_IN_RANGE)
        && serde_json::from_slice::<serde_json::Value>(&bytes[start..at]).is_err()
    {
        return Err(JsonError {
            at: start,
            fault: Fault::Range,
        });
    }
    Ok(at)
}

/// The end of the digits at `at`; there must be one.
fn digits(bytes: &[u8], at: usize) -> Result<usize, JsonError> {
    let rest = bytes.get(at..).unwrap_or_default();
    match rest.iter().take_while(|byte| byte.is_ascii_digit()).count() {
        0 if rest.is_empty() => Err(JsonError {
            at,
            fault: Fault::End,
        }),
        0 => Err(JsonError {
            at,
            fault: Fault::Expected("a digit"),
        }),
        count => Ok(at + count),
    }
}
