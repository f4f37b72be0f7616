//! Lets a plugin rest that fails again and again, so that requests don't pay for each attempt.

use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

/// When a plugin rests, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerOptions {
    /// Faults in a row after which it rests.
    pub faults: u32,
    /// The first rest.
    pub pause: Duration,
    /// Every further rest is twice as long, up to this.
    pub longest_pause: Duration,
}

impl Default for BreakerOptions {
    fn default() -> Self {
        Self {
            faults: 5,
            pause: Duration::from_secs(1),
            longest_pause: Duration::from_secs(30),
        }
    }
}

/// Whether a plugin is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// Every call goes through.
    Closed,
    /// It rests.
    Open,
    /// One call tries whether it works again.
    HalfOpen,
}

impl BreakerState {
    /// The word for metrics and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        }
    }
}

/// What a call may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Admission {
    Go,
    /// The one call that tries.
    Trial,
    Rest,
}

/// What a fault means for the row of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Failed {
    /// It is the first of a row.
    pub(crate) begins: bool,
    /// The row is long enough: the plugin rests from now on.
    pub(crate) opens: bool,
}

const CLOSED: u8 = 0;
const OPEN: u8 = 1;
const HALF_OPEN: u8 = 2;

/// One plugin's breaker, shared by all lanes. Times are milliseconds of any one clock.
#[derive(Debug)]
pub(crate) struct Breaker {
    options: BreakerOptions,
    state: AtomicU8,
    streak: AtomicU32,
    until_ms: AtomicU64,
    pause_ms: AtomicU64,
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

impl Breaker {
    pub(crate) fn new(options: BreakerOptions) -> Self {
        Self {
            options,
            state: AtomicU8::new(CLOSED),
            streak: AtomicU32::new(0),
            until_ms: AtomicU64::new(0),
            pause_ms: AtomicU64::new(millis(options.pause)),
        }
    }

    pub(crate) fn state(&self) -> BreakerState {
        match self.state.load(Ordering::Acquire) {
            CLOSED => BreakerState::Closed,
            OPEN => BreakerState::Open,
            _ => BreakerState::HalfOpen,
        }
    }

    /// Asked before a call; the clock is only read when the breaker is open.
    pub(crate) fn admit(&self, now_ms: impl FnOnce() -> u64) -> Admission {
        match self.state.load(Ordering::Acquire) {
            CLOSED => Admission::Go,
            OPEN if now_ms() >= self.until_ms.load(Ordering::Acquire) => {
                let won = self.state.compare_exchange(
                    OPEN,
                    HALF_OPEN,
                    Ordering::AcqRel,
                    Ordering::Acquire,
                );
                if won.is_ok() {
                    Admission::Trial
                } else {
                    Admission::Rest
                }
            }
            _ => Admission::Rest,
        }
    }

    /// The call gave an answer, or a refusal of the plugin's own. True: this closed the breaker.
    pub(crate) fn succeeded(&self, admission: Admission) -> bool {
        if self.streak.load(Ordering::Relaxed) != 0 && admission == Admission::Go {
            self.streak.store(0, Ordering::Relaxed);
        }
        if admission != Admission::Trial {
            return false;
        }
        self.streak.store(0, Ordering::Relaxed);
        self.pause_ms
            .store(millis(self.options.pause), Ordering::Relaxed);
        self.state.store(CLOSED, Ordering::Release);
        true
    }

    /// The call ended in a fault.
    pub(crate) fn failed(&self, admission: Admission, now_ms: u64) -> Failed {
        match admission {
            Admission::Trial => {
                let longest = millis(self.options.longest_pause);
                let pause = self.pause_ms.load(Ordering::Relaxed);
                self.pause_ms
                    .store(pause.saturating_mul(2).min(longest), Ordering::Relaxed);
                self.open(now_ms);
                Failed {
                    begins: false,
                    opens: true,
                }
            }
            Admission::Go => {
                let streak = self.streak.fetch_add(1, Ordering::Relaxed) + 1;
                let opens = streak >= self.options.faults.max(1)
                    && self.state.load(Ordering::Acquire) == CLOSED;
                if opens {
                    self.open(now_ms);
                }
                Failed {
                    begins: streak == 1,
                    opens,
                }
            }
            Admission::Rest => Failed::default(),
        }
    }

    /// The call did not come about, through no fault of the plugin: another may try.
    pub(crate) fn abandoned(&self, admission: Admission) {
        if admission == Admission::Trial {
            self.state.store(OPEN, Ordering::Release);
        }
    }

    fn open(&self, now_ms: u64) {
        let pause = self.pause_ms.load(Ordering::Relaxed);
        self.until_ms
            .store(now_ms.saturating_add(pause), Ordering::Release);
        self.state.store(OPEN, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker() -> Breaker {
        Breaker::new(BreakerOptions {
            faults: 3,
            pause: Duration::from_millis(100),
            longest_pause: Duration::from_millis(300),
        })
    }

    /// Runs a script of calls: time, whether the call would fail, and what shall be admitted.
    fn check(script: &[(u64, bool, Admission)]) -> Breaker {
        let breaker = breaker();
        for (step, (now_ms, fails, expected)) in script.iter().enumerate() {
            let admission = breaker.admit(|| *now_ms);
            assert_eq!(admission, *expected, "step {step}");
            match (admission, fails) {
                (Admission::Rest, _) => {}
                (_, true) => {
                    breaker.failed(admission, *now_ms);
                }
                (_, false) => drop(breaker.succeeded(admission)),
            }
        }
        breaker
    }

    #[test]
    fn opens_rests_longer_each_time_and_closes() {
        use Admission::{Go, Rest, Trial};
        let breaker = check(&[
            (0, true, Go),
            (0, true, Go),
            (0, false, Go), // the row of faults is broken
            (1, true, Go),
            (1, true, Go),
            (1, true, Go),
            (2, true, Rest),
            (100, true, Rest),
            (101, true, Trial), // 200 ms now
            (300, true, Rest),
            (301, true, Trial), // 300, not 400
            (600, true, Rest),
            (601, false, Trial),
            (602, true, Go),
            (602, true, Go),
            (602, true, Go),
            (701, true, Rest),
            (702, true, Trial), // the pause began anew at 100
        ]);
        assert_eq!(breaker.state(), BreakerState::Open);
    }

    #[test]
    fn one_call_tries_at_a_time() {
        let breaker = breaker();
        for _ in 0..3 {
            breaker.failed(Admission::Go, 0);
        }
        assert_eq!(breaker.admit(|| 100), Admission::Trial);
        assert_eq!(breaker.state(), BreakerState::HalfOpen);
        assert_eq!(breaker.admit(|| 100), Admission::Rest);
        breaker.abandoned(Admission::Trial);
        assert_eq!(breaker.admit(|| 100), Admission::Trial);
        assert!(breaker.succeeded(Admission::Trial));
        assert_eq!(breaker.admit(|| 100), Admission::Go);
    }
}
