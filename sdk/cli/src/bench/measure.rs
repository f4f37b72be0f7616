//! Takes the figures of one component.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use serde::Serialize;
use switchyard_build::contract::Stage;

use super::{BenchError, How};
use crate::checks::draw;
use crate::limits;
use crate::trial::{self, Budget, Guest, Question, Scene, Trial};

/// Numbers of endpoints that calls are measured with.
const SIZES: [u32; 3] = [10, 100, 1_000];

/// How long one figure is measured, in batches of which the median counts: machines are shared, and the fastest or
/// slowest batch says more of them than of the plugin.
const PATIENCE: Duration = Duration::from_millis(300);
const BATCHES: u32 = 15;

/// What was measured of a component.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Figures {
    pub(super) file: String,
    pub(super) size_bytes: usize,
    /// To compile it, as a picker does that sees it for the first time.
    pub(super) cold_load_ms: f64,
    /// To load what was compiled before.
    pub(super) precompiled_load_ms: f64,
    /// To make an instance, describe and configure it.
    pub(super) start_ms: f64,
    pub(super) calls: Vec<CallFigures>,
}

/// What was measured of a call.
#[derive(Debug, Clone, Serialize)]
pub(super) struct CallFigures {
    pub(super) stage: &'static str,
    pub(super) endpoints: u32,
    /// Median.
    pub(super) ns: f64,
    /// The limit that a picker holds such a call to.
    pub(super) limit: &'static str,
    pub(super) limit_ns: f64,
    /// About one unit an instruction; the same for the same call on every machine.
    pub(super) fuel: u64,
    pub(super) copied_bytes: usize,
    /// Linear memory after all calls: its high water.
    pub(super) memory_bytes: usize,
}

/// All of it.
pub(super) fn component(
    (file, bytes): &(String, Vec<u8>),
    how: &How,
) -> Result<Figures, BenchError> {
    let (cold_load_ms, precompiled_load_ms) = loads(file, bytes)?;
    let name = Path::new(file).file_stem().unwrap_or_default();
    let name = name.to_string_lossy();
    let plain = Trial::new(file, &name, bytes, false)?;
    let counting = Trial::new(file, &name, bytes, true)?;
    let limits = limits::over(plain.limits(), &how.limits);
    let begun = Instant::now();
    let mut guest = plain.start(&how.settings, limits)?;
    let start_ms = millis(begun.elapsed());
    let mut counted = counting.start(&how.settings, limits)?;
    let mut calls = Vec::new();
    for stage in plain.stages() {
        for endpoints in SIZES {
            let scene = draw::scene(guest.plugin().needs(), endpoints, draw::Known::All, 3);
            let Some(question) = draw::questions(&guest, stage, &scene, 3).into_iter().next()
            else {
                continue;
            };
            guest.tell(&scene);
            counted.tell(&scene);
            let failed = |reason| BenchError::Answer {
                file: file.clone(),
                stage: stage.name(),
                reason,
            };
            let ns = nanos(&mut guest, &scene, &question).map_err(failed)?;
            let fuel = fuel(&mut counted, &scene, &question).map_err(failed)?;
            let last = guest.last_call();
            let Budget { name, time } = Budget::of(&question, &limits);
            calls.push(CallFigures {
                stage: stage.name(),
                endpoints,
                ns,
                limit: name,
                limit_ns: time.as_nanos() as f64,
                fuel,
                copied_bytes: last.copied_bytes,
                memory_bytes: last.memory_bytes,
            });
            if matches!(stage, Stage::Scraper | Stage::Hooks | Stage::ProfileHandler) {
                // Not about a number of endpoints.
                break;
            }
        }
    }
    Ok(Figures {
        file: file.clone(),
        size_bytes: bytes.len(),
        cold_load_ms,
        precompiled_load_ms,
        start_ms,
        calls,
    })
}

/// To load it for the first time, and the second.
fn loads(file: &str, bytes: &[u8]) -> Result<(f64, f64), BenchError> {
    let folder = std::env::temp_dir().join(format!("switchyard-bench-{}", std::process::id()));
    let cleared = |path: &std::path::Path| {
        let _ = std::fs::remove_dir_all(path);
    };
    cleared(&folder);
    let load = || -> Result<f64, BenchError> {
        let engine = trial::engine(false, Some(&folder))?;
        let begun = Instant::now();
        engine
            .load(bytes)
            .map_err(|source| trial::TrialError::Load {
                file: file.to_owned(),
                source,
            })?;
        Ok(millis(begun.elapsed()))
    };
    let figures = load().and_then(|cold| Ok((cold, load()?)));
    cleared(&folder);
    figures
}

/// The median over batches of the time of one call, host work included.
fn nanos(guest: &mut Guest, scene: &Scene, question: &Question) -> Result<f64, String> {
    let rows = question.rows(scene).into_owned();
    let inputs = scene.inputs(guest.plugin().needs(), &rows);
    let mut call = || {
        let answer = guest.ask_with(scene, question, black_box(&rows), black_box(&inputs));
        answer.map(drop).or_else(|fault| match fault.cause {
            // To say no is an answer too.
            switchyard_scheduler::Cause::Said { .. } => Ok(()),
            _ => Err(fault.to_string()),
        })
    };
    // Warm, and to see how many fit into a batch.
    let begun = Instant::now();
    let mut warm = 0_u32;
    while begun.elapsed() < PATIENCE / BATCHES || warm < 3 {
        call()?;
        warm += 1;
    }
    let mut batches = Vec::new();
    for _ in 0..BATCHES {
        let begun = Instant::now();
        for _ in 0..warm {
            call()?;
        }
        batches.push(begun.elapsed().as_nanos() as f64 / f64::from(warm));
    }
    batches.sort_unstable_by(f64::total_cmp);
    Ok(batches[batches.len() / 2])
}

/// Of a warm call: interpreters do some things only once.
fn fuel(guest: &mut Guest, scene: &Scene, question: &Question) -> Result<u64, String> {
    for _ in 0..20 {
        match guest.ask(scene, question) {
            Ok(_) => {}
            Err(fault) if matches!(fault.cause, switchyard_scheduler::Cause::Said { .. }) => {}
            Err(fault) => return Err(fault.to_string()),
        }
    }
    Ok(guest.last_call().fuel.unwrap_or(0))
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
