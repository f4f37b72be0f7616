//! The clock behind every deadline: a thread that moves wasmtime's epoch.
//!
//! A guest's code compares the epoch with its deadline on every loop turn, so something must move the epoch
//! while a guest runs, and nothing need do so while none does. Waking a thread for every call would cost more
//! than the call. So the ticker ticks as long as calls came lately, and parks when none came for a while; the
//! first call after that unparks it.

use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::{JoinHandle, Thread};
use std::time::{Duration, Instant};

use crate::priority;

/// Ticks without any call after which the ticker parks.
const IDLE_TICKS: u32 = 100;
/// The most ticks made up for at once after oversleeping; more would punish guests for a stopped process.
const MOST_AT_ONCE: u32 = 64;

const QUIET: u8 = 0;
const RAN: u8 = 1;
const IN_CALL: u8 = 2;

/// One caller's sign that it runs guests. Each lane has its own, so that lanes share no cache line.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct Pulse {
    state: AtomicU8,
    shared: Arc<Shared>,
}

impl Pulse {
    /// A guest is about to run.
    pub(crate) fn begin(&self) {
        // SeqCst on both sides: either the ticker sees this, or this sees that the ticker parked.
        self.state.store(IN_CALL, Ordering::SeqCst);
        if self.shared.parked.load(Ordering::SeqCst) {
            self.shared.wake();
        }
    }

    /// The guest came back.
    pub(crate) fn end(&self) {
        self.state.store(RAN, Ordering::Release);
    }
}

#[derive(Debug)]
struct Shared {
    pulses: Mutex<Vec<Weak<Pulse>>>,
    parked: AtomicBool,
    stop: AtomicBool,
    thread: Mutex<Option<Thread>>,
}

impl Shared {
    fn wake(&self) {
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(thread) = thread.as_ref() {
            thread.unpark();
        }
    }

    /// Whether any call ran since the last look, or runs now.
    fn anyone(&self) -> bool {
        let mut anyone = false;
        let mut pulses = self.pulses.lock().unwrap_or_else(PoisonError::into_inner);
        pulses.retain(|pulse| {
            let Some(pulse) = pulse.upgrade() else {
                return false;
            };
            let seen = pulse
                .state
                .compare_exchange(RAN, QUIET, Ordering::SeqCst, Ordering::SeqCst);
            anyone |= seen != Err(QUIET);
            true
        });
        anyone
    }
}

/// The thread and what it shares with the lanes. Dropping it ends the thread.
#[derive(Debug)]
pub(crate) struct Ticker {
    shared: Arc<Shared>,
    tick: Duration,
    thread: Option<JoinHandle<()>>,
}

impl Ticker {
    /// Starts the thread; `advance` moves the epoch by one and answers whether the engine still lives.
    pub(crate) fn start(
        tick: Duration,
        advance: impl Fn() -> bool + Send + 'static,
    ) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            pulses: Mutex::new(Vec::new()),
            parked: AtomicBool::new(false),
            stop: AtomicBool::new(false),
            thread: Mutex::new(None),
        });
        let for_thread = Arc::clone(&shared);
        let thread = std::thread::Builder::new()
            .name("switchyard-tick".to_owned())
            .spawn(move || run(&for_thread, tick, &advance))?;
        *shared.thread.lock().unwrap_or_else(PoisonError::into_inner) =
            Some(thread.thread().clone());
        Ok(Self {
            shared,
            tick,
            thread: Some(thread),
        })
    }

    /// A pulse for one more caller; the ticker forgets it when it is dropped.
    pub(crate) fn pulse(&self) -> Arc<Pulse> {
        let pulse = Arc::new(Pulse {
            state: AtomicU8::new(QUIET),
            shared: Arc::clone(&self.shared),
        });
        let mut pulses = self
            .shared
            .pulses
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        pulses.push(Arc::downgrade(&pulse));
        pulse
    }

    /// How many ticks a budget is: rounded up, and one more because the running tick is already partly over.
    pub(crate) fn ticks(&self, budget: Duration) -> u64 {
        ticks_of(budget, self.tick)
    }

    /// Whether the thread sleeps without a time limit, for want of calls.
    pub(crate) fn is_parked(&self) -> bool {
        self.shared.parked.load(Ordering::SeqCst)
    }
}

/// See [`Ticker::ticks`].
pub(crate) fn ticks_of(budget: Duration, tick: Duration) -> u64 {
    nanos(budget).div_ceil(nanos(tick).max(1)).saturating_add(1)
}

/// Nanoseconds in a machine word: dividing wider numbers would cost each call more than its clock. 584 years are
/// as good as for ever.
fn nanos(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        self.shared.wake();
        if let Some(thread) = self.thread.take()
            && thread.thread().id() != std::thread::current().id()
        {
            // The thread cannot panic, and there is nothing to do here if it did.
            drop(thread.join());
        }
    }
}

fn run(shared: &Shared, tick: Duration, advance: &dyn Fn() -> bool) {
    priority::hurry();
    let mut idle = 0;
    let mut last = Instant::now();
    while !shared.stop.load(Ordering::SeqCst) {
        if idle >= IDLE_TICKS {
            shared.parked.store(true, Ordering::SeqCst);
            if !shared.anyone() && !shared.stop.load(Ordering::SeqCst) {
                std::thread::park();
            }
            shared.parked.store(false, Ordering::SeqCst);
            idle = 0;
            last = Instant::now();
            continue;
        }
        std::thread::sleep(tick);
        let missed = (last.elapsed().as_nanos() / tick.as_nanos().max(1)).max(1);
        last = Instant::now();
        for _ in 0..missed.min(u128::from(MOST_AT_ONCE)) {
            if !advance() {
                return;
            }
        }
        idle = if shared.anyone() { 0 } else { idle + 1 };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU64;

    #[test]
    fn parks_when_idle_and_ticks_again_at_the_next_call() {
        let ticks = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&ticks);
        let ticker = Ticker::start(Duration::from_micros(200), move || {
            counted.fetch_add(1, Ordering::SeqCst);
            true
        })
        .unwrap();
        let pulse = ticker.pulse();
        let wait_until = |what: &dyn Fn() -> bool| {
            let start = Instant::now();
            while !what() {
                assert!(start.elapsed() < Duration::from_secs(10), "never happened");
                std::thread::sleep(Duration::from_millis(1));
            }
        };

        wait_until(&|| ticker.is_parked());
        let at_rest = ticks.load(Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        assert_eq!(
            ticks.load(Ordering::SeqCst),
            at_rest,
            "a parked ticker ticks"
        );

        pulse.begin();
        wait_until(&|| ticks.load(Ordering::SeqCst) > at_rest + 2 * u64::from(IDLE_TICKS));
        pulse.end();
        wait_until(&|| ticker.is_parked());
    }

    #[test]
    fn budgets_round_up_and_add_the_running_tick() {
        let ticker = Ticker::start(Duration::from_micros(500), || true).unwrap();
        for (budget_us, ticks) in [(0, 1), (1, 2), (500, 2), (501, 3), (20_000, 41)] {
            assert_eq!(
                ticker.ticks(Duration::from_micros(budget_us)),
                ticks,
                "{budget_us} us"
            );
        }
    }
}
