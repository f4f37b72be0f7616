//! What a plugin did and cost, for metrics and `/debug`.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use switchyard_scheduler::{CallFault, Cause};

use crate::breaker::BreakerState;

/// What a plugin did since the start, all lanes together.
#[derive(Debug, Clone)]
pub struct PluginStats {
    /// Calls that reached the guest.
    pub calls: u64,
    /// Calls that gave no usable answer, by [`Cause::as_str`].
    pub faults: BTreeMap<&'static str, u64>,
    /// Time spent in calls.
    pub total_ns: u64,
    /// Time of the latest call of some lane.
    pub last_ns: u64,
    /// The most linear memory an instance ever held.
    pub memory_high_bytes: u64,
    /// How often a spare took a broken instance's place.
    pub spare_swaps: u64,
    /// Writes to own columns or rows that do not exist.
    pub ignored_writes: u64,
    /// Whether the plugin is called at all.
    pub breaker: BreakerState,
    /// The latest fault. A call the breaker kept away is none: it has no cause of its own.
    pub last_fault: Option<FaultNote>,
    /// The first fault of the latest row of them: where the trouble began. None once the breaker closes again.
    pub first_fault: Option<FaultNote>,
}

/// A fault and its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FaultNote {
    /// The kind.
    pub cause: Cause,
    /// The guest's own words where it left any.
    pub message: String,
    /// When it was noticed.
    pub at: SystemTime,
}

/// One lane's share of a plugin's counts. Only that lane writes, so plain stores do.
#[derive(Debug, Default)]
#[repr(align(64))]
pub(crate) struct Tally {
    calls: AtomicU64,
    total_ns: AtomicU64,
    last_ns: AtomicU64,
    memory_high_bytes: AtomicU64,
}

impl Tally {
    pub(crate) fn count(&self, ns: u64, memory_bytes: usize) {
        let add = |counter: &AtomicU64, more: u64| {
            counter.store(counter.load(Ordering::Relaxed) + more, Ordering::Relaxed);
        };
        add(&self.calls, 1);
        add(&self.total_ns, ns);
        self.last_ns.store(ns, Ordering::Relaxed);
        let memory = u64::try_from(memory_bytes).unwrap_or(u64::MAX);
        if memory > self.memory_high_bytes.load(Ordering::Relaxed) {
            self.memory_high_bytes.store(memory, Ordering::Relaxed);
        }
    }
}

/// A plugin's counts: the lanes' tallies, and what happens rarely enough for a lock.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<Rare>);

#[derive(Debug, Default)]
struct Rare {
    tallies: Vec<Arc<Tally>>,
    faults: BTreeMap<&'static str, u64>,
    spare_swaps: u64,
    last_fault: Option<FaultNote>,
    first_fault: Option<FaultNote>,
}

impl Ledger {
    fn rare(&self) -> std::sync::MutexGuard<'_, Rare> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A tally for one more lane. It stays when the lane goes, because counts never go back.
    pub(crate) fn tally(&self) -> Arc<Tally> {
        let tally = Arc::new(Tally::default());
        self.rare().tallies.push(Arc::clone(&tally));
        tally
    }

    pub(crate) fn fault(&self, fault: &CallFault) {
        let mut rare = self.rare();
        *rare.faults.entry(fault.cause.as_str()).or_default() += 1;
        if matches!(fault.cause, Cause::BreakerOpen | Cause::NoInstance) {
            return;
        }
        let note = FaultNote {
            cause: fault.cause,
            message: fault.message.clone(),
            at: SystemTime::now(),
        };
        if rare.first_fault.is_none() && !matches!(fault.cause, Cause::Said { .. }) {
            rare.first_fault = Some(note.clone());
        }
        rare.last_fault = Some(note);
    }

    pub(crate) fn swapped(&self) {
        self.rare().spare_swaps += 1;
    }

    /// What went wrong before has nothing to do with what will.
    pub(crate) fn row_begins(&self) {
        self.rare().first_fault = None;
    }

    pub(crate) fn first_fault(&self) -> Option<FaultNote> {
        self.rare().first_fault.clone()
    }

    pub(crate) fn stats(&self, breaker: BreakerState, ignored_writes: u64) -> PluginStats {
        let rare = self.rare();
        let sum = |counter: fn(&Tally) -> &AtomicU64| -> u64 {
            let values = rare.tallies.iter();
            values
                .map(|tally| counter(tally).load(Ordering::Relaxed))
                .sum()
        };
        let most = |counter: fn(&Tally) -> &AtomicU64| -> u64 {
            let values = rare.tallies.iter();
            let most = values
                .map(|tally| counter(tally).load(Ordering::Relaxed))
                .max();
            most.unwrap_or(0)
        };
        PluginStats {
            calls: sum(|tally| &tally.calls),
            total_ns: sum(|tally| &tally.total_ns),
            last_ns: most(|tally| &tally.last_ns),
            memory_high_bytes: most(|tally| &tally.memory_high_bytes),
            faults: rare.faults.clone(),
            spare_swaps: rare.spare_swaps,
            ignored_writes,
            breaker,
            last_fault: rare.last_fault.clone(),
            first_fault: rare.first_fault.clone(),
        }
    }
}
