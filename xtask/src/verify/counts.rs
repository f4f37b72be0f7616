//! How many tests ran, read from what `cargo test` prints.

use std::fmt;
use std::ops::AddAssign;

/// Tests that passed and failed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    passed: u64,
    failed: u64,
}

impl Counts {
    /// Sums the result lines of all test binaries in `output`.
    pub(super) fn read(output: &str) -> Self {
        let mut counts = Self::default();
        for line in output.lines() {
            let Some(result) = line.strip_prefix("test result: ") else {
                continue;
            };
            counts += Self {
                passed: before(result, " passed"),
                failed: before(result, " failed"),
            };
        }
        counts
    }
}

/// The number that stands before `word`.
fn before(text: &str, word: &str) -> u64 {
    text.split(word)
        .next()
        .filter(|head| head.len() < text.len())
        .and_then(|head| head.rsplit(' ').next()?.parse().ok())
        .unwrap_or(0)
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(output: &str, expected: &str) {
        assert_eq!(Counts::read(output).to_string(), expected, "{output}");
    }

    #[test]
    fn result_lines_are_summed() {
        check("", "0 passed, 0 failed");
        check(
            "running 12 tests\n\
             test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n\
             a remark: 5 passed\n\
             test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n",
            "15 passed, 2 failed",
        );
    }
}
