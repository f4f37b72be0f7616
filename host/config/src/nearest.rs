//! The name that was probably meant.

/// The one of `valid` that is nearest to `name`, if any is near enough to be worth proposing.
///
/// Case and separators don't count, and a name that begins with what was written is near, so that
/// `prefix-cache` finds `prefix-cache-scorer`.
pub fn nearest<'n>(name: &str, valid: impl IntoIterator<Item = &'n str>) -> Option<&'n str> {
    let plain = plain(name);
    valid
        .into_iter()
        .map(|candidate| (distance(&plain, &self::plain(candidate)), candidate))
        .filter(|(distance, _)| *distance < 0.4)
        .min_by(|left, right| left.0.total_cmp(&right.0))
        .map(|(_, candidate)| candidate)
}

/// From 0, the same, to 1, nothing in common.
fn distance(name: &str, candidate: &str) -> f64 {
    let edits = 1.0 - strsim::normalized_damerau_levenshtein(name, candidate);
    if name.len() >= 4 && candidate.starts_with(name) {
        // Of several that begin so, the shortest.
        edits.min(0.4 - 0.3 * name.len() as f64 / candidate.len() as f64)
    } else {
        edits
    }
}

/// Lower case, without separators.
pub(crate) fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn finds_what_was_meant_or_nothing() {
        let valid = [
            "prefix-cache-affinity-filter",
            "queue-scorer",
            "prefix-cache-scorer",
            "max-score-picker",
        ];
        for (name, meant) in [
            ("queue-scorr", Some("queue-scorer")),
            ("QueueScorer", Some("queue-scorer")),
            ("prefix-cache", Some("prefix-cache-scorer")),
            ("prefix", Some("prefix-cache-scorer")),
            ("max_score_picker", Some("max-score-picker")),
            ("random", None),
            ("", None),
        ] {
            assert_eq!(nearest(name, valid), meant, "{name}");
        }
    }
}
