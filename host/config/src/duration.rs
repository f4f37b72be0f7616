//! Durations as Go writes them: `300ms`, `1.5h`, `2h45m`.

use std::time::Duration;

/// A text that is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a duration; expected numbers with units (ns, us, ms, s, m, h), such as 200ms or 1m30s"
)]
pub struct DurationError(String);

/// Nanoseconds of each unit, the longer spelling first where one begins with another.
const UNITS: [(&str, f64); 8] = [
    ("ns", 1.0),
    ("us", 1e3),
    ("µs", 1e3),
    ("μs", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 6e10),
    ("h", 3.6e12),
];

/// Reads a duration. A bare `0` needs no unit; negative ones are refused.
///
/// # Errors
/// [`DurationError`] names the text.
pub fn parse(text: &str) -> Result<Duration, DurationError> {
    let wrong = || DurationError(text.to_owned());
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Ok(Duration::ZERO);
    }
    if rest.is_empty() {
        return Err(wrong());
    }
    let mut nanos = 0.0_f64;
    while !rest.is_empty() {
        let digits = rest
            .find(|c: char| !c.is_ascii_digit() && c != '.')
            .ok_or_else(wrong)?;
        let (number, tail) = rest.split_at(digits);
        let number: f64 = number.parse().map_err(|_| wrong())?;
        let (unit, factor) = UNITS
            .iter()
            .find(|(unit, _)| tail.starts_with(unit))
            .ok_or_else(wrong)?;
        nanos += number * factor;
        rest = &tail[unit.len()..];
    }
    // Go's durations end at 2^63 - 1 nanoseconds.
    if nanos >= 9.223_372_036_854_776e18 {
        return Err(wrong());
    }
    Ok(Duration::from_nanos(nanos.round() as u64))
}

/// Writes a duration in its largest whole unit.
pub fn format(duration: Duration) -> String {
    let nanos = duration.as_nanos();
    for (unit, factor) in [
        ("h", 3_600_000_000_000),
        ("m", 60_000_000_000),
        ("s", 1_000_000_000),
        ("ms", 1_000_000),
        ("us", 1_000),
    ] {
        if nanos >= factor && nanos.is_multiple_of(factor) {
            return format!("{}{unit}", nanos / factor);
        }
    }
    format!("{nanos}ns")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_go_reads() {
        for (text, millis) in [
            ("60s", Some(60_000)),
            ("200ms", Some(200)),
            ("1m30s", Some(90_000)),
            ("1.5h", Some(5_400_000)),
            ("0", Some(0)),
            ("+2s", Some(2_000)),
            ("1000us", Some(1)),
            ("1000µs", Some(1)),
            ("", None),
            ("5", None),
            ("5 s", None),
            ("-1s", None),
            ("s", None),
            ("1d", None),
            ("1.2.3s", None),
            ("9999999999h", None),
        ] {
            assert_eq!(
                parse(text).ok(),
                millis.map(Duration::from_millis),
                "{text}"
            );
        }
    }

    #[test]
    fn writes_what_it_reads() {
        for text in ["60s", "1m", "200ms", "7us", "3ns", "2h"] {
            let read = parse(text).unwrap();
            assert_eq!(parse(&format(read)).unwrap(), read, "{text}");
        }
        assert_eq!(format(Duration::from_millis(1500)), "1500ms");
    }
}
