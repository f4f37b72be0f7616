//! What the imports answered: kept for the decision record, or served from one.
//!
//! With the journal off a host function pays one comparison for it.

mod private;

use std::collections::VecDeque;

use serde_json::Value;
use switchyard_scheduler::ImportAnswer;

use crate::bindings::switchyard::plugin::types::Fault;
use crate::fault::Stop;
pub(crate) use private::{Piece, Shown};

/// Whether answers of imports are kept, served, or neither.
#[derive(Debug, Default)]
pub(crate) enum Journal {
    #[default]
    Off,
    Record(Vec<ImportAnswer>),
    Replay(VecDeque<ImportAnswer>),
}

impl Journal {
    pub(crate) fn is_replay(&self) -> bool {
        matches!(self, Self::Replay(_))
    }

    /// The recorded answer to `call`, which must be the next one.
    pub(crate) fn serve<T: Recorded>(&mut self, call: &str) -> Result<T, Stop> {
        let Self::Replay(answers) = self else {
            return Err(mismatch(call, "no replay"));
        };
        let Some(next) = answers.front() else {
            return Err(mismatch(call, "no further call"));
        };
        if next.call != call {
            return Err(mismatch(call, &next.call));
        }
        let Some(answer) = T::from_json(&next.answer) else {
            return Err(mismatch(call, "an answer of another type"));
        };
        answers.pop_front();
        Ok(answer)
    }

    /// Keeps an answer, if answers are kept.
    pub(crate) fn keep(&mut self, call: impl FnOnce() -> String, answer: impl FnOnce() -> Value) {
        if let Self::Record(answers) = self {
            answers.push(ImportAnswer {
                call: call(),
                answer: answer(),
            });
        }
    }
}

fn mismatch(found: &str, expected: &str) -> Stop {
    Stop::Replay {
        found: found.to_owned(),
        expected: expected.to_owned(),
    }
}

/// An answer in the form that [`ImportAnswer`] promises: bytes in hex, 64-bit numbers as strings, an absent
/// option as `null`.
pub(crate) trait Recorded: Sized {
    fn to_json(&self) -> Value;
    fn from_json(value: &Value) -> Option<Self>;
}

impl Recorded for () {
    fn to_json(&self) -> Value {
        Value::Null
    }
    fn from_json(value: &Value) -> Option<Self> {
        value.is_null().then_some(())
    }
}

impl Recorded for String {
    fn to_json(&self) -> Value {
        Value::String(self.clone())
    }
    fn from_json(value: &Value) -> Option<Self> {
        value.as_str().map(str::to_owned)
    }
}

impl Recorded for u64 {
    fn to_json(&self) -> Value {
        Value::String(self.to_string())
    }
    fn from_json(value: &Value) -> Option<Self> {
        value.as_str()?.parse().ok()
    }
}

impl Recorded for Vec<u8> {
    fn to_json(&self) -> Value {
        Value::String(hex(self))
    }
    fn from_json(value: &Value) -> Option<Self> {
        unhex(value.as_str()?)
    }
}

impl Recorded for Vec<u32> {
    fn to_json(&self) -> Value {
        Value::from(self.as_slice())
    }
    fn from_json(value: &Value) -> Option<Self> {
        let numbers = value.as_array()?.iter();
        numbers
            .map(|number| u32::try_from(number.as_u64()?).ok())
            .collect()
    }
}

impl Recorded for Vec<String> {
    fn to_json(&self) -> Value {
        Value::from(self.as_slice())
    }
    fn from_json(value: &Value) -> Option<Self> {
        let texts = value.as_array()?.iter();
        texts.map(String::from_json).collect()
    }
}

impl<T: Recorded> Recorded for Option<T> {
    fn to_json(&self) -> Value {
        self.as_ref().map_or(Value::Null, Recorded::to_json)
    }
    fn from_json(value: &Value) -> Option<Self> {
        if value.is_null() {
            return Some(None);
        }
        T::from_json(value).map(Some)
    }
}

impl Recorded for Result<(), Fault> {
    fn to_json(&self) -> Value {
        match self {
            Ok(()) => Value::Null,
            Err(fault) => serde_json::json!({"code": fault.code, "message": fault.message}),
        }
    }
    fn from_json(value: &Value) -> Option<Self> {
        if value.is_null() {
            return Some(Ok(()));
        }
        Some(Err(Fault {
            code: u32::try_from(value.get("code")?.as_u64()?).ok()?,
            message: value.get("message")?.as_str()?.to_owned(),
        }))
    }
}

/// Lower-case hexadecimal digits, two a byte.
pub(crate) fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    text
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> = text
        .chars()
        .map(|digit| u8::try_from(digit.to_digit(16)?).ok())
        .collect();
    let digits = digits?;
    let (pairs, rest) = digits.as_chunks::<2>();
    rest.is_empty()
        .then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Recorded + PartialEq + std::fmt::Debug>(answer: T, json: &str) {
        assert_eq!(answer.to_json().to_string(), json);
        assert_eq!(T::from_json(&answer.to_json()), Some(answer));
    }

    #[test]
    fn answers_survive_json() {
        check((), "null");
        check("a\"b".to_owned(), r#""a\"b""#);
        check(u64::MAX, r#""18446744073709551615""#);
        check(vec![0_u8, 255, 16], r#""00ff10""#);
        check(vec![3_u32, u32::MAX], "[3,4294967295]");
        check(vec!["a".to_owned(), String::new()], r#"["a",""]"#);
        check(None::<String>, "null");
        check(Some(String::new()), r#""""#);
        check(Some(vec![1_u8]), r#""01""#);
    }

    #[test]
    fn answers_of_another_shape_are_refused() {
        assert_eq!(Vec::<u8>::from_json(&Value::from("0")), None);
        assert_eq!(Vec::<u8>::from_json(&Value::from("0g")), None);
        assert_eq!(u64::from_json(&Value::from(7)), None);
        assert_eq!(Vec::<u32>::from_json(&Value::from(vec![-1])), None);
        assert_eq!(String::from_json(&Value::Null), None);
        assert_eq!(Vec::<String>::from_json(&Value::from(vec![1])), None);
    }
}
