//! What the host keeps for one plugin instance: the state behind its imports.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use switchyard_scheduler::Request;
use wasmtime::UpdateDeadline;

use crate::OwnColumns;
use crate::fault::Stop;
use crate::host::log::LogBudget;
use crate::host::state::Share;
use crate::host::wasi::Wasi;
use crate::host::words::LastWords;
use crate::journal::{Journal, Recorded};
use crate::limits::{Kind, Limiter, Limits};

/// What all instances of one plugin have in common.
pub(crate) struct Common {
    /// The plugin's name in the configuration.
    pub(crate) name: Arc<str>,
    pub(crate) limits: Limits,
    pub(crate) own_columns: Arc<dyn OwnColumns>,
    pub(crate) share: Share,
    /// When the engine was made; entries of the key-value store are dated from it.
    pub(crate) epoch: Instant,
    /// Epoch ticks per kind of call, in the order of [`Kind::ALL`].
    pub(crate) ticks: [u64; 5],
    /// Ticks that a call gets beyond its deadline at a time, see [`State::at_deadline`]; in the same order.
    pub(crate) grace: [u64; 5],
    /// One tick of the engine.
    pub(crate) tick: Duration,
    /// Whether the engine counts instructions.
    pub(crate) counts_fuel: bool,
    /// Writes to own columns or rows that do not exist.
    pub(crate) ignored_writes: AtomicU64,
}

impl Common {
    /// By the clock that entries of the key-value store and rests of breakers are dated with.
    pub(crate) fn now_ms(&self) -> u64 {
        ms_since(self.epoch)
    }
}

/// Milliseconds since then.
pub(crate) fn ms_since(epoch: Instant) -> u64 {
    u64::try_from(epoch.elapsed().as_millis()).unwrap_or(u64::MAX)
}

/// What the plugin declared in its needs.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Granted {
    pub(crate) body: bool,
    pub(crate) state: bool,
    pub(crate) own_columns: u32,
}

/// The state of one store.
pub(crate) struct State {
    pub(crate) common: Arc<Common>,
    pub(crate) granted: Granted,
    pub(crate) request: Option<Arc<Request>>,
    pub(crate) profile: String,
    pub(crate) limiter: Limiter,
    pub(crate) log: LogBudget,
    pub(crate) words: LastWords,
    pub(crate) journal: Journal,
    /// The call at hand is made only to see what comes of it: nothing is written.
    pub(crate) aside: bool,
    pub(crate) wasi: Wasi,
    host_bytes: usize,
    kind: Kind,
    /// Processor time of this thread when the call reached its deadline.
    late_since: Option<Duration>,
    granted_ticks: u64,
}

impl State {
    pub(crate) fn new(common: Arc<Common>) -> Self {
        let limits = common.limits;
        Self {
            common,
            granted: Granted::default(),
            request: None,
            profile: String::new(),
            limiter: Limiter::new(limits.memory_bytes),
            log: LogBudget::new(limits.log_bytes),
            words: LastWords::default(),
            journal: Journal::Off,
            aside: false,
            wasi: Wasi::default(),
            host_bytes: limits.host_bytes,
            kind: Kind::Start,
            late_since: None,
            granted_ticks: 0,
        }
    }

    /// Makes ready for a call about `subject`: the request and the profile that runs.
    pub(crate) fn begin(&mut self, kind: Kind, subject: Option<(&Arc<Request>, &str)>) {
        self.kind = kind;
        self.late_since = None;
        self.granted_ticks = 0;
        self.host_bytes = self.common.limits.host_bytes;
        self.limiter.begin();
        self.log.begin();
        self.words.begin();
        let (now_ms, seed) = match subject {
            Some((request, profile)) => {
                self.request = Some(Arc::clone(request));
                if self.profile != profile {
                    self.profile.clear();
                    self.profile.push_str(profile);
                }
                (request.now_ms, request.seed)
            }
            None => {
                self.profile.clear();
                (0, 0)
            }
        };
        self.wasi.begin(now_ms, seed);
    }

    /// Lets go of the request.
    pub(crate) fn end(&mut self) {
        self.request = None;
        self.flush_output();
    }

    /// The seed of the plugin for the request and profile at hand.
    pub(crate) fn mixed_seed(&self) -> u64 {
        self.request.as_ref().map_or(0, |request| {
            request.seed_for(&self.profile, &self.common.name)
        })
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.common.limits
    }

    /// The budget of the call at hand.
    pub(crate) fn budget(&self) -> Duration {
        self.common.limits.budget(self.kind)
    }

    /// Counts bytes that a host call carries; past the limit the call ends.
    pub(crate) fn carry(&mut self, bytes: usize) -> Result<(), Stop> {
        match self.host_bytes.checked_sub(bytes) {
            Some(left) => {
                self.host_bytes = left;
                Ok(())
            }
            None => Err(Stop::HostBytes {
                limit: self.common.limits.host_bytes,
            }),
        }
    }

    /// Bytes that host functions carried in the call at hand or just over, log lines included.
    pub(crate) fn carried(&self) -> usize {
        self.common.limits.host_bytes - self.host_bytes + self.log.spent()
    }

    /// Answers an import: from the record when replaying, else from `live`, keeping the answer when recording.
    pub(crate) fn answer<T: Recorded>(
        &mut self,
        call: impl FnOnce() -> String,
        live: impl FnOnce(&mut Self) -> T,
    ) -> wasmtime::Result<T> {
        if self.journal.is_replay() {
            return Ok(self.journal.serve(&call())?);
        }
        let answer = live(self);
        self.journal.keep(call, || answer.to_json());
        Ok(answer)
    }

    /// Called when the deadline is reached. The guest gets a little more time of the processor, because it may have
    /// been the operating system that let it wait, and then it is done in no time. However busy the machine, the
    /// wait ends at some eight budgets.
    pub(crate) fn at_deadline(&mut self) -> UpdateDeadline {
        let now = thread_cpu_time();
        let since = *self.late_since.get_or_insert(now);
        let grace_ticks = self.common.grace[self.kind as usize];
        let grace = self.common.tick * u32::try_from(grace_ticks).unwrap_or(1);
        let ran = now.saturating_sub(since);
        let longest = self.common.ticks[self.kind as usize].saturating_mul(6);
        if self.granted_ticks > 0 && (ran >= grace / 2 || self.granted_ticks >= longest) {
            return UpdateDeadline::Interrupt;
        }
        self.granted_ticks += grace_ticks;
        UpdateDeadline::Continue(grace_ticks)
    }

    /// Notes a write to an own column or row that does not exist.
    pub(crate) fn ignored_write(&self) {
        self.common.ignored_writes.fetch_add(1, Ordering::Relaxed);
    }
}

/// An eighth of the budget, at least one tick and at most 16.
pub(crate) fn grace(budget: Duration, tick: Duration) -> u64 {
    let ticks = budget.as_nanos() / 8 / tick.as_nanos().max(1);
    u64::try_from(ticks).unwrap_or(1).clamp(1, 16)
}

/// Time that the calling thread has had the processor; zero where the system does not say, which reads as "ran not at
/// all" and leaves the limit of eight budgets.
fn thread_cpu_time() -> Duration {
    let mut time = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    #[expect(unsafe_code)]
    // SAFETY: writes one timespec, to which it gets a valid pointer.
    unsafe {
        libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time);
    }
    let seconds = u64::try_from(time.tv_sec).unwrap_or(0);
    Duration::new(seconds, u32::try_from(time.tv_nsec).unwrap_or(0))
}
