//! How long a plugin on trial may take, and what is said of one that takes longer.
//!
//! A machine that is busy with something else must not fail what is not about time, so a call gets many times its budget.
//! But one that never ends must be told of before its author thinks that the command hangs.

use std::time::Duration;

use switchyard_engine::{Limits, StartError};
use switchyard_scheduler::{CallFault, Cause};

use super::Question;

/// So many times its budget a call may take,
const TIMES: u32 = 50;
/// but no longer than this, unless its budget is longer.
const MOST: Duration = Duration::from_secs(2);

/// The same limits but for time.
pub(super) fn patient(limits: Limits) -> Limits {
    let patient = |limit: Duration| limit.saturating_mul(TIMES).min(MOST).max(limit);
    Limits {
        call: patient(limits.call),
        hook: patient(limits.hook),
        parse: patient(limits.parse),
        endpoints_changed: patient(limits.endpoints_changed),
        start: patient(limits.start),
        ..limits
    }
}

/// One of the limits of time, as `plugin.toml` and a configuration name it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget {
    /// Such as `limits.call`.
    pub(crate) name: &'static str,
    /// How long.
    pub(crate) time: Duration,
}

impl Budget {
    /// That of a call.
    pub(crate) fn of(question: &Question, limits: &Limits) -> Self {
        let (name, time) = match question {
            Question::Parse { .. } => ("limits.parse", limits.parse),
            Question::Picked { .. }
            | Question::ResponseStarted { .. }
            | Question::ResponseEnded { .. } => ("limits.hook", limits.hook),
            _ => ("limits.call", limits.call),
        };
        Self { name, time }
    }

    /// That of being told of endpoints.
    pub(super) fn of_endpoints(limits: &Limits) -> Self {
        let (name, time) = ("limits.endpointsChanged", limits.endpoints_changed);
        Self { name, time }
    }
}

/// A fault with the limit that the call ran into, in the words of `plugin.toml`.
pub(super) fn explained(mut fault: CallFault, budget: Budget, limits: &Limits) -> CallFault {
    let Budget { name, time } = budget;
    let limit = match fault.cause {
        Cause::Deadline => format!("`{name}` is {time:?}: look for a loop that does not end"),
        Cause::Memory => format!(
            "`limits.memory` is {}",
            switchyard_build::facts::size(limits.memory_bytes)
        ),
        _ => return fault,
    };
    fault.message = format!("{}; {limit}", fault.message);
    fault
}

/// The same of a plugin that does not start.
pub(super) fn explained_start(error: StartError, limits: &Limits) -> StartError {
    let budget = Budget {
        name: "limits.start",
        time: limits.start,
    };
    match error {
        StartError::Fault {
            plugin,
            step,
            fault,
        } => StartError::Fault {
            plugin,
            step,
            fault: explained(fault, budget, limits),
        },
        error => error,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_engine::Class;

    #[test]
    fn patience_ends() {
        let check = |limit_ms: u64, want_ms: u64| {
            let given = Limits {
                call: Duration::from_millis(limit_ms),
                ..Limits::for_class(Class::Native)
            };
            assert_eq!(patient(given).call, Duration::from_millis(want_ms));
        };
        check(2, 100);
        check(20, 1_000);
        check(100, 2_000);
        check(7_000, 7_000);
    }
}
