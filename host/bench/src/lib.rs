//! What the picker costs, measured beside peers in the same run.
//!
//! Machines differ and are noisy, so a figure stands beside that of a peer measured in the same run, in
//! turns; and CPU time, which the operating system counts for each process, goes before wall time.
//!
//! `bench-null` is the peer of the whole picker, [`native`] that of a plugin; `bench-expositions` plays
//! the model servers that are scraped; `bench-epp` drives all of them. Run it with `cargo bench-epp`,
//! which builds it; `docs/performance.md` says what the rows mean.

pub mod cycle;
pub mod guests;
mod http;
pub mod live;
pub mod load;
pub mod native;
pub mod picker;
pub mod process;
pub mod rate;
pub mod report;
pub mod suite;
pub mod trap;
mod variant;

/// How much of everything is done.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// Turns that each of the peers gets.
    pub rounds: usize,
    /// Cycles of one lane in one round.
    pub cycles: usize,
    /// Traps.
    pub traps: usize,
    /// How long one turn of the load lasts.
    pub load: std::time::Duration,
    /// How long the idle picker is watched.
    pub idle: std::time::Duration,
    /// Requests a second while the picker's plugins change.
    pub live_rate: u32,
    /// How long each of these loads lasts.
    pub live: std::time::Duration,
    /// Plans that follow each other in one of them.
    pub swaps: u64,
}

impl Effort {
    /// Enough for figures.
    pub const FULL: Self = Self {
        rounds: 5,
        cycles: 4_000,
        traps: 300,
        load: std::time::Duration::from_secs(2),
        idle: std::time::Duration::from_secs(10),
        live_rate: 1_000,
        live: std::time::Duration::from_secs(10),
        swaps: 20,
    };
    /// Enough to see that it runs.
    pub const QUICK: Self = Self {
        rounds: 1,
        cycles: 100,
        traps: 5,
        load: std::time::Duration::from_millis(150),
        idle: std::time::Duration::from_millis(300),
        live_rate: 100,
        live: std::time::Duration::from_millis(300),
        swaps: 2,
    };
}
