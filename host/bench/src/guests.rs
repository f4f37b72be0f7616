//! The same scorer in every language: a call of it, compiling it, and loading what was compiled.
//!
//! The scorer is the one that `switchyard plugin new` writes. A call is timed as a picker makes it, with
//! what the host does for it: inputs copied in, the answer checked and copied out.

use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use switchyard_engine::{Engine, EngineLane, EngineOptions, Plugin};
use switchyard_scheduler::{Call, ColumnStore, Lane, PluginIndex, Snapshot};
use tempfile::TempDir;

use crate::Effort;
use crate::cycle::{BATCH, BedError, PROFILE, batch, options, request, snapshot};
use crate::rate::median;
use crate::report::{Goal, Row};

const ENDPOINTS: u32 = 100;
/// What the scorer reads.
const COLUMN: &str = "waiting-requests";
/// With so many waiting requests an endpoint scores 0, where the settings say nothing.
const FULL_AT: f64 = 10.0;
/// Compiled code is ready within this, in milliseconds.
const READY_MS: f64 = 100.0;
const SCORER: PluginIndex = PluginIndex(0);

/// How often compiled code is loaded.
const LOADS: usize = 5;

/// A language and what a call may take, in microseconds.
const LANGUAGES: [(&str, f64); 6] = [
    ("rust", 1.0),
    ("c", 1.0),
    ("go", 2.0),
    ("js", 40.0),
    ("ts", 40.0),
    ("python", 150.0),
];

/// One scorer of several, with the numbers it is asked about.
struct Guest<'a> {
    language: &'static str,
    bytes: Vec<u8>,
    snapshot: &'a Snapshot,
    rows: &'a [u32],
    waiting: &'a [f64],
}

/// Rows of all languages; `guests` holds the component of each as `LANGUAGE/bench-LANGUAGE.wasm`.
pub fn rows(guests: &Path, effort: Effort, say: &dyn Fn(&str)) -> Result<Vec<Row>, BedError> {
    let snapshot = snapshot(ENDPOINTS, &ColumnStore::default());
    let rows: Vec<u32> = snapshot.endpoints.iter().map(|e| e.row).collect();
    let waiting: Vec<f64> = rows.iter().copied().map(waiting_at).collect();
    let batches = effort.rounds * effort.cycles / BATCH as usize + 1;
    let (mut calls, mut compiled, mut ready) = (Vec::new(), Vec::new(), Vec::new());
    for (language, most_us) in LANGUAGES {
        say(&format!("the scorer in {language}"));
        let guest = Guest {
            language,
            bytes: component(guests, language)?,
            snapshot: &snapshot,
            rows: &rows,
            waiting: &waiting,
        };
        let cache = TempDir::new().map_err(|error| guest.start(error))?;
        let (mut lane, compiled_ms) = guest.lane(cache.path(), false)?;
        let us = guest.call(&mut lane, batches)?;
        drop(lane);
        let loads: Result<Vec<f64>, BedError> = (0..LOADS)
            .map(|_| Ok(guest.lane(cache.path(), true)?.1))
            .collect();
        let name = format!("a call of the scorer in {language}, {ENDPOINTS} endpoints");
        calls.push(Row::new(name, us, "us").goal(Goal::AtMost(most_us)));
        let name = format!("the scorer in {language}, ready after compiling");
        compiled.push(Row::new(name, compiled_ms, "ms"));
        let name = format!("the scorer in {language}, ready from cache");
        let row = Row::new(name, median(loads?), "ms");
        ready.push(row.goal(Goal::AtMost(READY_MS)));
    }
    calls.extend(compiled);
    calls.extend(ready);
    Ok(calls)
}

/// A number of waiting requests from 0 to 15 that looks random.
fn waiting_at(row: u32) -> f64 {
    f64::from(row.wrapping_mul(2_654_435_761) >> 28)
}

fn component(guests: &Path, language: &str) -> Result<Vec<u8>, BedError> {
    let path = guests.join(language).join(format!("bench-{language}.wasm"));
    std::fs::read(&path).map_err(|source| BedError::Component { path, source })
}

impl Guest<'_> {
    /// Loads the component, starts it and makes a lane of it: what a plan needs of it before it can take
    /// requests. Milliseconds, those of making the engine left out, which is there in a picker.
    fn lane(&self, cache: &Path, kept: bool) -> Result<(EngineLane, f64), BedError> {
        let engine = Engine::new(EngineOptions {
            cache_dir: Some(cache.to_owned()),
            ..EngineOptions::default()
        });
        let engine = engine.map_err(|error| self.start(error))?;
        let start = Instant::now();
        let component = engine
            .load(&self.bytes)
            .map_err(|error| self.start(error))?;
        let options = options(self.language, &component);
        let plugin = Plugin::new(&engine, &component, options);
        let plugin = Arc::new(plugin.map_err(|error| self.start(error))?);
        let lane = EngineLane::new(std::slice::from_ref(&plugin));
        let lane = lane.map_err(|error| self.start(error))?;
        let ms = start.elapsed().as_secs_f64() * 1e3;
        if component.from_cache() != kept {
            return Err(self.wrong(format!("kept compiled: {}", component.from_cache())));
        }
        let needs = plugin.needs();
        let columns = needs.columns.iter().map(|input| input.name.as_str());
        if !columns.eq([COLUMN]) || !needs.scalars.is_empty() {
            return Err(self.wrong(format!("it reads {needs:?} instead of {COLUMN}")));
        }
        Ok((lane, ms))
    }

    /// Microseconds a call, once its answer was looked at.
    fn call(&self, lane: &mut EngineLane, batches: usize) -> Result<f64, BedError> {
        lane.endpoints_changed(self.snapshot.generation, &self.snapshot.endpoints);
        lane.set_recording(true);
        let request = request(1);
        let call = Call {
            plugin: SCORER,
            request: &request,
            profile: PROFILE,
        };
        let mut scores = Vec::new();
        let answer = lane.score(call, self.rows, self.waiting, &mut scores);
        answer.map_err(|fault| self.wrong(fault.to_string()))?;
        let due = |waiting: &f64| 1.0 - waiting.min(FULL_AT) / FULL_AT;
        let due: Vec<f64> = self.waiting.iter().map(due).collect();
        let near = |(a, b): (&f64, &f64)| (a - b).abs() < 1e-9;
        if scores.len() != due.len() || !scores.iter().zip(&due).all(near) {
            return Err(self.wrong(format!("scores {scores:?} for {:?}", self.waiting)));
        }
        batch(lane, SCORER, self.rows, self.waiting)?;
        let batches = (0..batches).map(|_| batch(lane, SCORER, self.rows, self.waiting));
        Ok(median(batches.collect::<Result<_, _>>()?))
    }

    fn start(&self, error: impl std::fmt::Display) -> BedError {
        BedError::Start {
            what: format!("the scorer in {}", self.language),
            reason: error.to_string(),
        }
    }

    fn wrong(&self, found: String) -> BedError {
        BedError::Wrong {
            what: format!("the scorer in {}", self.language),
            found,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A built-in component that reads what it is asked about, or something else.
    fn check(plugin: &str, expected: &str) {
        let plugins = concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/plugins");
        let snapshot = snapshot(ENDPOINTS, &ColumnStore::default());
        let rows: Vec<u32> = snapshot.endpoints.iter().map(|e| e.row).collect();
        let waiting: Vec<f64> = rows.iter().copied().map(waiting_at).collect();
        let guest = Guest {
            language: "rust",
            bytes: std::fs::read(format!("{plugins}/{plugin}.wasm")).unwrap(),
            snapshot: &snapshot,
            rows: &rows,
            waiting: &waiting,
        };
        let cache = TempDir::new().unwrap();
        let called = guest.lane(cache.path(), false);
        let called = called.and_then(|(mut lane, _)| guest.call(&mut lane, 1));
        let error = called.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        let again = guest.lane(cache.path(), false).err().unwrap().to_string();
        assert!(again.contains("kept compiled: true"), "{again}");
    }

    #[test]
    fn another_rule_than_the_templates_is_noticed() {
        check("queue-scorer", "scores [");
        check("kv-cache-utilization-scorer", "instead of waiting-requests");
    }

    #[test]
    fn a_component_that_is_not_there_is_named() {
        let error = rows(Path::new("/no/such"), Effort::QUICK, &|_| ()).unwrap_err();
        let error = error.to_string();
        assert!(error.contains("/no/such/rust/bench-rust.wasm"), "{error}");
    }

    #[test]
    fn numbers_differ_and_lie_on_both_sides_of_full() {
        let numbers: Vec<f64> = (0..ENDPOINTS).map(waiting_at).collect();
        assert!(numbers.iter().any(|waiting| *waiting > FULL_AT));
        let free = numbers.iter().filter(|waiting| **waiting < FULL_AT);
        assert!(free.count() > 30, "{numbers:?}");
    }
}
