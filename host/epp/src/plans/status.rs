//! How it goes with plans.

use super::history::Left;

/// What is going on with plans, for pages and metrics.
#[derive(Debug, Clone, Default)]
pub struct PlansStatus {
    /// The plan that runs.
    pub number: u64,
    /// Plans put to work since the start.
    pub applied: u64,
    /// Plans refused since the start.
    pub refused: u64,
    /// Why the latest change was refused, and when (Unix ms); `None`: it was not, and neither is the document.
    pub refusal: Option<(String, u64)>,
    /// Why the document as it is now was refused.
    pub document: Option<(String, u64)>,
}

impl PlansStatus {
    pub(super) fn refuse(&mut self, reason: String, at_ms: u64, left: Left) {
        self.refused += 1;
        self.refusal = Some((reason, at_ms));
        if left == Left::Counts {
            self.document.clone_from(&self.refusal);
        }
    }

    /// A change was taken. It mends another's refusal, but the document's only where it is about the document.
    pub(super) fn take(&mut self, left: Left) {
        if left != Left::Stays {
            self.document = None;
        }
        self.refusal.clone_from(&self.document);
    }
}
