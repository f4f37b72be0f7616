//! The whole picker while its plugins change and while one of them breaks, beside itself in peace.
//!
//! Requests come at a fixed rate whether they are answered or not, and each is followed to its end: one
//! that fails is counted, not an end of the run. Components are loaded through the admin address, as
//! `switchyard plugin load` does it; each has bytes of its own, so that the picker compiles it anew.

mod bench;

use std::path::Path;
use std::time::Instant;

use crate::Effort;
use crate::load::{Done, ExchangeError};
use crate::picker::PickerError;
use crate::rate::{median, percentile};
use crate::report::{Goal, Row};
use crate::suite::Programs;

use bench::{Bench, Loader};

/// The plugin that changes.
const NAME: &str = "changing";
/// The plugin that breaks.
const VICTIM: &str = "victim";
const TIMES_STEADY: f64 = 3.0;
const SHARE_OF_SOUND: f64 = 0.9;
const STREAMS: usize = 16;
/// Of a hundred calls one is to trap; chance may make it a little more or less.
const TRAPS: std::ops::Range<f64> = 0.002..0.05;
/// Fewer calls than this say nothing about their share of traps.
const CALLS_THAT_TELL: f64 = 2_000.0;

/// Why the picker could not be measured while its plugins change.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// It does not run.
    #[error(transparent)]
    Picker(#[from] PickerError),
    /// A request did not go through where all must.
    #[error("under load: {0}")]
    Exchange(#[from] ExchangeError),
    /// There is no runtime.
    #[error("the load generator does not start: {0}")]
    Runtime(std::io::Error),
    /// A component is not there.
    #[error("{path} cannot be read: {source}; run `cargo bench-epp`, which builds it")]
    Component {
        /// The file.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// The picker did not take a component.
    #[error("the picker did not load the component `{guest}`: {reason}")]
    Refused {
        /// The component.
        guest: &'static str,
        /// What it said.
        reason: String,
    },
    /// What was measured is not what was meant.
    #[error("{what} came out wrong: {found}")]
    Wrong {
        /// What.
        what: &'static str,
        /// What came instead.
        found: String,
    },
}

/// All rows of the part. `guests` holds components as `FOLDER/bench-FOLDER.wasm`.
pub fn rows(
    programs: &Programs,
    guests: &Path,
    effort: Effort,
    say: &dyn Fn(&str),
) -> Result<Vec<Row>, LiveError> {
    say("starting a picker");
    let bench = Bench::start(programs, guests, effort)?;
    let rate = effort.live_rate;
    bench.loader().load("rust", NAME)?;
    say(&format!("{rate} requests/s, nothing changes"));
    // The first requests find everything cold, and count for nothing.
    rest(&bench, effort)?;
    let mut peace = rest(&bench, effort)?;
    say(&format!("{rate} requests/s, {} swaps", effort.swaps));
    let (swapping, swap_ms) = bench.meanwhile(|loader| swaps(loader, effort))?;
    peace.extend(rest(&bench, effort)?);
    say(&format!("{rate} requests/s, a Go component compiles"));
    let (compiling, compile_ms) = bench.meanwhile(|loader| compiles(loader, effort))?;
    peace.extend(rest(&bench, effort)?);

    let about = |what: &str| format!("{what}, {rate} req/s");
    let mut rows = steady(&about("nothing changes"), &mut peace);
    let p99_us = percentile(&mut peace.pick_us, 0.99);
    let swaps = about(&format!("{} swaps", effort.swaps));
    rows.extend(changing(&swaps, swapping, p99_us));
    rows.push(Row::new(
        format!("a swap, p50, {swaps}"),
        median(swap_ms),
        "ms",
    ));
    let compiles = about("a Go component compiles");
    rows.extend(changing(&compiles, compiling, p99_us));
    let name = format!("compile and swap, p50, {compiles}");
    rows.push(Row::new(name, median(compile_ms), "ms"));
    say("traps in one call of a hundred");
    rows.extend(traps(&bench, effort)?);
    Ok(rows)
}

/// The load while nothing changes.
fn rest(bench: &Bench, effort: Effort) -> Result<Done, LiveError> {
    let sleep = |_: &Loader<'_>| {
        std::thread::sleep(effort.live);
        Ok(())
    };
    Ok(bench.meanwhile(sleep)?.0)
}

fn steady(about: &str, peace: &mut Done) -> Vec<Row> {
    let mut row = |share: &str, at: f64| {
        let ms = percentile(&mut peace.pick_us, at) / 1e3;
        Row::new(format!("pick {share}, {about}"), ms, "ms")
    };
    let mut rows = vec![row("p50", 0.5), row("p99", 0.99)];
    rows.push(failed(about, peace));
    rows
}

fn changing(about: &str, mut done: Done, steady_us: f64) -> Vec<Row> {
    let ms = percentile(&mut done.pick_us, 0.99) / 1e3;
    let row = Row::new(format!("pick p99, {about}"), ms, "ms");
    let row = row.peer("nothing changes", steady_us / 1e3);
    vec![
        row.goal(Goal::TimesPeer(TIMES_STEADY)),
        failed(about, &done),
    ]
}

fn failed(about: &str, done: &Done) -> Row {
    let failed = done.failures.len() as f64;
    let row = Row::new(format!("failed requests, {about}"), failed, "req");
    row.peer("sent", done.sent() as f64).goal(Goal::AtMost(0.0))
}

/// Plans of different components, evenly over the time of a load; how long each took to take over, in ms.
fn swaps(loader: &Loader<'_>, effort: Effort) -> Result<Vec<f64>, LiveError> {
    let (start, mut times) = (Instant::now(), Vec::new());
    for swap in 1..=effort.swaps {
        times.push(loader.load("rust", NAME)?);
        let due = effort.live.mul_f64(swap as f64 / effort.swaps as f64);
        std::thread::sleep(due.saturating_sub(start.elapsed()));
    }
    Ok(times)
}

/// One component after the other, without a pause, for the time of a load.
fn compiles(loader: &Loader<'_>, effort: Effort) -> Result<Vec<f64>, LiveError> {
    let (start, mut times) = (Instant::now(), Vec::new());
    while times.is_empty() || start.elapsed() < effort.live {
        times.push(loader.load("go", NAME)?);
    }
    Ok(times)
}

/// The same scorer with and without traps, in turns under one name.
fn traps(bench: &Bench, effort: Effort) -> Result<Vec<Row>, LiveError> {
    let (mut trapping, mut sound, mut shares) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..effort.rounds {
        for (component, rates) in [("trapping", &mut trapping), ("sound", &mut sound)] {
            bench.loader().load(component, VICTIM)?;
            let warm = bench.closed(STREAMS, effort.load / 4)?;
            let done = bench.closed(STREAMS, effort.load)?;
            rates.push(done.requests as f64 / done.elapsed.as_secs_f64());
            let (calls, traps) = bench.calls_and_faults(VICTIM)?;
            let asked = (warm.requests + done.requests) as f64;
            as_meant(component == "trapping", asked, calls, traps)?;
            if component == "trapping" {
                shares.push(traps / calls * 100.0);
            }
        }
    }
    let (trapping, sound) = (median(trapping), median(sound));
    let name = format!("throughput, 1 call of 100 traps, {STREAMS} streams");
    let row = Row::new(name, trapping, "req/s").peer("no traps", sound);
    Ok(vec![
        row.goal(Goal::ShareOfPeer(SHARE_OF_SOUND)),
        Row::new("calls that trap meanwhile", median(shares), "%"),
    ])
}

/// A call that comes before the spare of the one that just trapped is there is skipped; that is rare.
const CALLED: f64 = 0.99;

/// Whether the requests had their calls, and as many of them trapped as were to.
fn as_meant(traps: bool, asked: f64, calls: f64, faults: f64) -> Result<(), LiveError> {
    let share = faults / calls;
    let right = match (traps, calls < CALLS_THAT_TELL) {
        (true, false) => TRAPS.contains(&share),
        (true, true) => share < 0.5,
        (false, _) => faults == 0.0,
    };
    if calls >= asked * CALLED && right {
        return Ok(());
    }
    Err(LiveError::Wrong {
        what: "the scorer that traps in one call of a hundred, or its twin that does not,",
        found: format!("{calls} calls for {asked} requests, and {faults} faults"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_judged_beside_a_picker_in_peace() {
        let done = |us: f64| Done {
            requests: 1,
            pick_us: vec![us],
            ..Done::default()
        };
        let met = |rows: Vec<Row>| rows.iter().filter_map(|row| row.met).collect::<Vec<_>>();
        assert_eq!(met(changing("x", done(2_900.0), 1_000.0)), [true, true]);
        let mut broken = done(3_100.0);
        broken.failures.push(ExchangeError::Refused("503".into()));
        assert_eq!(failed("x", &broken).ratio, Some(0.5));
        assert_eq!(met(changing("x", broken, 1_000.0)), [false, false]);
        assert_eq!(met(steady("x", &mut done(500.0))), [true]);
    }

    #[test]
    fn a_victim_that_does_not_trap_as_meant_is_noticed() {
        let wrong = |traps, calls, faults| as_meant(traps, 10_000.0, calls, faults).is_err();
        assert!(!wrong(true, 10_000.0, 97.0));
        assert!(!wrong(false, 10_001.0, 0.0));
        assert!(wrong(true, 10_000.0, 0.0));
        assert!(wrong(true, 10_000.0, 5_000.0));
        assert!(wrong(false, 10_000.0, 1.0));
        assert!(wrong(true, 9_000.0, 90.0), "its breaker was open");
    }
}
