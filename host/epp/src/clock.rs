//! What time it is, and seeds: everything that decides gets both as arguments, so that decisions replay.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// Unix time in ms, now.
pub fn now_ms() -> u64 {
    unix_ms(SystemTime::now())
}

/// A moment as Unix time in ms.
pub fn unix_ms(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_millis() as u64)
}

/// Time since the start, and seeds.
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
