//! The time that one task may take, however many conversations and helpers it needs.

use std::time::{Duration, Instant};

/// A limit that began to run.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    began: Instant,
    whole: Duration,
}

impl Budget {
    /// One that begins now.
    pub(crate) fn begin(whole: Duration) -> Self {
        let began = Instant::now();
        Self { began, whole }
    }

    /// All of it, as an error tells it.
    pub(crate) fn whole(self) -> Duration {
        self.whole
    }

    /// What is left of it.
    pub(crate) fn left(self) -> Duration {
        self.whole.saturating_sub(self.began.elapsed())
    }
}
