//! Sizes in bytes as Kubernetes writes them: `64Mi`, `1Gi`, `500k`.

/// A text that is no size.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not a size; expected a whole number of bytes with or without k, M, G, Ki, Mi, Gi, such as 64Mi"
)]
pub struct QuantityError(String);

const SUFFIXES: [(&str, u64); 6] = [
    ("Ki", 1 << 10),
    ("Mi", 1 << 20),
    ("Gi", 1 << 30),
    ("k", 1_000),
    ("M", 1_000_000),
    ("G", 1_000_000_000),
];

/// Reads a size in bytes.
///
/// # Errors
/// [`QuantityError`] names the text.
pub fn parse(text: &str) -> Result<u64, QuantityError> {
    let wrong = || QuantityError(text.to_owned());
    let (number, factor) = SUFFIXES
        .iter()
        .find_map(|(suffix, factor)| Some((text.strip_suffix(suffix)?, *factor)))
        .unwrap_or((text, 1));
    if number.is_empty() || !number.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    number
        .parse::<u64>()
        .ok()
        .and_then(|number| number.checked_mul(factor))
        .ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn reads_sizes() {
        for (text, bytes) in [
            ("0", Some(0)),
            ("1048576", Some(1 << 20)),
            ("64Mi", Some(64 << 20)),
            ("2Gi", Some(2 << 30)),
            ("3k", Some(3_000)),
            ("1G", Some(1_000_000_000)),
            ("", None),
            ("Mi", None),
            ("1.5Mi", None),
            ("-1", None),
            ("99999999999999999999", None),
            ("18446744073709551615Ki", None),
            ("64MB", None),
        ] {
            assert_eq!(parse(text).ok(), bytes, "{text}");
        }
    }
}
