//! Durations as people write them on command lines: `10ms`, `1.5s`, `1m30s`, or bare milliseconds.
//!
//! The reference simulator takes Go's durations and, from older days, plain integers in milliseconds;
//! command lines written for it must work here unchanged.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

/// A duration that reads and prints in Go's notation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

/// A text that is no duration.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{0}` is not a duration; write one like `10ms`, `1.5s`, `1m30s`, or bare milliseconds like `10`"
)]
pub struct SpanError(String);

impl Span {
    /// A span of whole milliseconds.
    pub const fn from_millis(ms: u64) -> Self {
        Self(Duration::from_millis(ms))
    }

    /// True for the span of length zero.
    pub fn is_zero(self) -> bool {
        self.0.is_zero()
    }

    /// The length in seconds.
    pub fn as_secs_f64(self) -> f64 {
        self.0.as_secs_f64()
    }
}

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, SpanError> {
        let bad = || SpanError(text.to_owned());
        if text.is_empty() {
            return Err(bad());
        }
        if let Ok(ms) = text.parse::<u64>() {
            return Ok(Self::from_millis(ms));
        }
        let mut seconds = 0.0;
        let mut rest = text;
        while !rest.is_empty() {
            let digits = rest
                .find(|c: char| !c.is_ascii_digit() && c != '.')
                .ok_or_else(bad)?;
            let number: f64 = rest[..digits].parse().map_err(|_| bad())?;
            rest = &rest[digits..];
            let letters = rest
                .find(|c: char| c.is_ascii_digit() || c == '.')
                .unwrap_or(rest.len());
            let unit = match &rest[..letters] {
                "ns" => 1e-9,
                "us" | "µs" => 1e-6,
                "ms" => 1e-3,
                "s" => 1.0,
                "m" => 60.0,
                "h" => 3600.0,
                _ => return Err(bad()),
            };
            seconds += number * unit;
            rest = &rest[letters..];
        }
        // Rounded to a nanosecond, so that `10ms` prints as `10ms` again.
        let nanos = (seconds * 1e9).round();
        if nanos > u64::MAX as f64 {
            return Err(bad());
        }
        Ok(Self(Duration::from_nanos(nanos as u64)))
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0)
    }
}

impl Serialize for Span {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrMillis;

        impl Visitor<'_> for TextOrMillis {
            type Value = Span;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a duration like \"10ms\", or milliseconds")
            }

            fn visit_u64<E: de::Error>(self, ms: u64) -> Result<Span, E> {
                Ok(Span::from_millis(ms))
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Span, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_any(TextOrMillis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_go_durations_and_bare_milliseconds() {
        for (text, nanos) in [
            ("10", 10_000_000),
            ("0", 0),
            ("0s", 0),
            ("10ms", 10_000_000),
            ("1.5s", 1_500_000_000),
            ("1m30s", 90_000_000_000),
            ("250us", 250_000),
            ("7µs", 7_000),
            ("3ns", 3),
            ("1h", 3_600_000_000_000),
        ] {
            assert_eq!(
                text.parse::<Span>().unwrap().0,
                Duration::from_nanos(nanos),
                "{text}"
            );
        }
    }

    #[test]
    fn refuses_what_is_no_duration() {
        for text in [
            "",
            "ms",
            "10 ms",
            "-1ms",
            "1.2.3s",
            "5parsecs",
            "1s2",
            "99999999999999h",
        ] {
            let error = text.parse::<Span>().unwrap_err().to_string();
            assert!(error.contains(&format!("`{text}`")), "{error}");
        }
    }

    #[test]
    fn prints_what_it_reads() {
        for text in ["10ms", "1.5s", "250µs", "0ns"] {
            assert_eq!(text.parse::<Span>().unwrap().to_string(), text);
        }
    }
}
