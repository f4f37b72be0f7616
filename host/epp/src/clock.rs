//! The one place where the picker reads clocks and draws randomness. Everything below it gets both as
//! arguments, so that decisions replay.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Time and seeds.
pub struct Clock {
    started: Instant,
    random: RandomState,
    drawn: AtomicU64,
}

impl Default for Clock {
    fn default() -> Self {
        Self {
            started: Instant::now(),
            random: RandomState::new(),
            drawn: AtomicU64::new(0),
        }
    }
}

impl Clock {
    /// Unix time in ms.
    pub fn unix_ms(&self) -> u64 {
        SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_millis() as u64)
    }

    /// Milliseconds since the picker started; never goes back.
    pub fn monotonic_ms(&self) -> f64 {
        self.started.elapsed().as_secs_f64() * 1e3
    }

    /// A seed nobody can guess.
    pub fn seed(&self) -> u64 {
        self.random
            .hash_one(self.drawn.fetch_add(1, Ordering::Relaxed))
    }
}
