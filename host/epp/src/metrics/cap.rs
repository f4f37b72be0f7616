//! Keeps clients from filling the memory of whoever stores the metrics: model names and tenants are
//! theirs to choose, so a label takes its first thousand values and calls every later one `other`.

use std::collections::HashSet;
use std::sync::{PoisonError, RwLock};

/// Distinct values a label takes.
pub(super) const MOST_VALUES: usize = 1_000;
/// What later values are called.
pub(super) const OTHER: &str = "other";

/// The values one label has taken.
#[derive(Default)]
pub(super) struct Cap {
    seen: RwLock<HashSet<Box<str>>>,
}

impl Cap {
    /// The value itself or [`OTHER`].
    pub(super) fn admit<'v>(&self, value: &'v str) -> &'v str {
        {
            let seen = self.seen.read().unwrap_or_else(PoisonError::into_inner);
            if seen.contains(value) {
                return value;
            }
            if seen.len() >= MOST_VALUES {
                return OTHER;
            }
        }
        let mut seen = self.seen.write().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= MOST_VALUES && !seen.contains(value) {
            return OTHER;
        }
        seen.insert(value.into());
        value
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_past_the_last_is_other() {
        let cap = Cap::default();
        for number in 0..MOST_VALUES {
            let value = format!("model-{number}");
            assert_eq!(cap.admit(&value), value);
        }
        assert_eq!(cap.admit("one-more"), OTHER);
        assert_eq!(cap.admit("model-7"), "model-7", "known values stay");
    }
}
