//! The interface `log`, and what keeps a talkative guest from filling the disk.

use crate::bindings::switchyard::plugin::log::{Host, Level};
use crate::store::State;

/// How much the guest may still log in this call.
#[derive(Debug)]
pub(crate) struct LogBudget {
    limit: usize,
    left: usize,
    dropping: bool,
}

/// What becomes of a line.
#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    Write,
    /// The first line that is dropped in this call.
    FirstDropped,
    Drop,
}

impl LogBudget {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            left: limit,
            dropping: false,
        }
    }

    pub(crate) fn begin(&mut self) {
        self.left = self.limit;
        self.dropping = false;
    }

    /// Bytes written in this call.
    pub(crate) fn spent(&self) -> usize {
        self.limit - self.left
    }

    fn spend(&mut self, bytes: usize) -> Verdict {
        if self.dropping {
            return Verdict::Drop;
        }
        match self.left.checked_sub(bytes) {
            Some(left) => {
                self.left = left;
                Verdict::Write
            }
            None => {
                self.dropping = true;
                Verdict::FirstDropped
            }
        }
    }
}

impl State {
    /// Writes a line of the guest's to the host's log, within the budget of the call.
    pub(crate) fn log_line(&mut self, level: Level, message: &str) {
        let plugin: &str = &self.common.name;
        match self.log.spend(message.len()) {
            Verdict::Write => match level {
                Level::Debug => tracing::debug!(target: "plugin", plugin, "{message}"),
                Level::Info => tracing::info!(target: "plugin", plugin, "{message}"),
                Level::Warn => tracing::warn!(target: "plugin", plugin, "{message}"),
                Level::Error => tracing::error!(target: "plugin", plugin, "{message}"),
            },
            Verdict::FirstDropped => tracing::warn!(
                target: "plugin",
                plugin,
                "logged more than {} bytes in one call; the rest of this call's lines is dropped",
                self.log.limit
            ),
            Verdict::Drop => {}
        }
    }
}

impl Host for State {
    fn write(&mut self, level: Level, message: String) -> wasmtime::Result<()> {
        // Not counted as host-call bytes: past its budget a line is dropped, which must not end the call.
        self.log_line(level, &message);
        if level == Level::Error {
            // Dropped from the log or not.
            self.words.logged(&message);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drops_are_told_once_a_call() {
        let mut budget = LogBudget::new(10);
        for expected in [Verdict::Write, Verdict::FirstDropped, Verdict::Drop] {
            assert_eq!(budget.spend(6), expected);
        }
        assert_eq!(
            budget.spend(1),
            Verdict::Drop,
            "nothing after a drop, so that the order holds"
        );
        budget.begin();
        assert_eq!(budget.spend(10), Verdict::Write);
    }
}
