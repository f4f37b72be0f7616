//! The whole picker under load, idle, and in memory, beside a server that decides nothing.
//!
//! The servers take turns: one is loaded, the others are stopped, so that a picker's scraping takes
//! nothing from its peer. The load generator and the played model servers share the machine with the
//! one that is measured, whose CPU time is counted alone.

mod turns;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;

use crate::Effort;
use crate::load::{ExchangeError, Prompts};
use crate::picker::{Picker, PickerError};
use crate::process::{ProcessError, Running};
use crate::rate::median;
use crate::report::{Goal, Row};

use turns::{Figures, Kind, Subject};

const SHORT_BYTES: usize = 2_048;
const LONG_BYTES: usize = 220_000;
/// Requests a second at which the time to a pick is measured without a queue.
const MODERATE_RATE: u32 = 500;
const BYTES_PER_MB: f64 = 1e6;
/// How often each server is scraped by default.
const SCRAPES_PER_SECOND: f64 = 20.0;

/// The programs.
#[derive(Debug, Clone)]
pub struct Programs {
    /// `switchyard-epp`.
    pub picker: PathBuf,
    /// `bench-null`.
    pub null: PathBuf,
    /// `bench-expositions`.
    pub expositions: PathBuf,
}

/// Why the picker could not be measured.
#[derive(Debug, thiserror::Error)]
pub enum SuiteError {
    /// It does not run.
    #[error(transparent)]
    Picker(#[from] PickerError),
    /// It cannot be watched.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// A request did not go through.
    #[error("under load, {subject}: {source}")]
    Exchange {
        /// Which server.
        subject: &'static str,
        /// What happened.
        source: ExchangeError,
    },
    /// The null server printed something strange.
    #[error("the null server said {0:?} instead of its address")]
    Null(String),
    /// There is no runtime.
    #[error("the load generator does not start: {0}")]
    Runtime(std::io::Error),
}

/// Rows 4 to 6. `say` is told what is done next.
pub fn rows(
    programs: &Programs,
    effort: Effort,
    say: &dyn Fn(&str),
) -> Result<Vec<Row>, SuiteError> {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().map_err(SuiteError::Runtime)?;
    say("starting the servers");
    let (running, address) = Running::start_ready(&programs.null, &[])?;
    let address = address.parse().map_err(|_| SuiteError::Null(address))?;
    let mut subjects = vec![Subject::null(running, address)];
    for (name, endpoints) in [("10 endpoints", 10), ("100 endpoints", 100)] {
        let picker = Picker::start(&programs.picker, &programs.expositions, endpoints)?;
        picker.running.pause()?;
        subjects.push(Subject::picker(name, picker));
    }
    let mut rows = under_load(&runtime, &mut subjects, effort, say)?;
    say("memory, then the idle picker");
    for subject in &subjects {
        rows.extend(memory(subject)?);
    }
    for subject in &subjects {
        rows.extend(idle(subject, effort.idle)?);
    }
    Ok(rows)
}

fn under_load(
    runtime: &Runtime,
    subjects: &mut [Subject],
    effort: Effort,
    say: &dyn Fn(&str),
) -> Result<Vec<Row>, SuiteError> {
    let short = Arc::new(Prompts::new(SHORT_BYTES, 1024));
    let long = Arc::new(Prompts::new(LONG_BYTES, 64));
    let (mut rows, mut picks) = (Vec::new(), Vec::new());
    for (prompt, prompts) in [("2 KB", &short), ("220 KB", &long)] {
        for connections in [1, 2] {
            say(&format!(
                "16 streams, {prompt}, {connections} connection(s)"
            ));
            let kind = Kind::Closed { streams: 16 };
            let figures = turns::run(runtime, subjects, prompts, connections, kind, effort)?;
            let about = format!("{prompt}, {connections} conn");
            rows.extend(loaded(&about, prompt, &figures));
            if connections == 1 {
                picks.extend(closed_picks(&about, prompt, &figures));
            }
        }
    }
    say(&format!("{MODERATE_RATE} requests/s, 2 KB"));
    let kind = Kind::Open {
        rate: MODERATE_RATE,
    };
    let figures = turns::run(runtime, subjects, &short, 2, kind, effort)?;
    let about = format!("2 KB, {MODERATE_RATE} req/s");
    rows.extend(pick_rows(&about, &figures, true));
    rows.extend(picks);
    Ok(rows)
}

/// CPU a request and requests a second; the first figures are the null server's.
fn loaded(about: &str, prompt: &str, figures: &[Figures]) -> Vec<Row> {
    let Some((null, pickers)) = figures.split_first() else {
        return Vec::new();
    };
    let short = prompt == "2 KB";
    let mut rows = Vec::new();
    for (at, picker) in pickers.iter().enumerate() {
        let (name, ten) = (picker.name, at == 0);
        let cpu = median(picker.cpu_us.clone());
        let row = Row::new(format!("CPU per request, {about}, {name}"), cpu, "us");
        let row = row.peer("null", median(null.cpu_us.clone()));
        rows.push(match (short, ten) {
            (true, true) | (false, true) => row.goal(Goal::TimesPeer(2.0)),
            (true, false) => row.goal(Goal::TimesPeer(3.0)),
            (false, false) => row,
        });
        let rate = median(picker.rate.clone());
        let row = Row::new(format!("throughput, {about}, {name}"), rate, "req/s");
        let row = row.peer("null", median(null.rate.clone()));
        rows.push(if short || !ten {
            row
        } else {
            row.goal(Goal::AtLeast(1_500.0))
        });
        if short && !ten {
            let scrapes = median(picker.scrapes_per_second.clone());
            let due = picker.endpoints as f64 * SCRAPES_PER_SECOND;
            let row = Row::new(format!("scrapes meanwhile, {about}, {name}"), scrapes, "/s");
            rows.push(row.peer("due", due));
        }
    }
    rows
}

fn closed_picks(about: &str, prompt: &str, figures: &[Figures]) -> Vec<Row> {
    let about = format!("{about}, 16 streams");
    pick_rows(&about, figures, prompt == "2 KB")
}

/// The time from the end of a request's body to its destination.
fn pick_rows(about: &str, figures: &[Figures], judged: bool) -> Vec<Row> {
    let Some((null, pickers)) = figures.split_first() else {
        return Vec::new();
    };
    let mut rows = Vec::new();
    for picker in pickers {
        let row = |share: &str, ours: &[f64], null: &[f64]| {
            let name = format!("pick {share}, {about}, {}", picker.name);
            let row = Row::new(name, median(ours.to_vec()) / 1e3, "ms");
            row.peer("null", median(null.to_vec()) / 1e3)
        };
        rows.push(row("p50", &picker.pick_p50, &null.pick_p50));
        let p99 = row("p99", &picker.pick_p99, &null.pick_p99);
        rows.push(if judged && picker.endpoints == 100 {
            p99.goal(Goal::AtMost(5.0))
        } else {
            p99
        });
    }
    rows
}

fn memory(subject: &Subject) -> Result<Vec<Row>, SuiteError> {
    let Some(picker) = &subject.picker else {
        return Ok(Vec::new());
    };
    let usage = picker.running.usage()?;
    let row = |what: &str, bytes: u64| {
        let name = format!("memory after the loads, {}, {what}", subject.name);
        Row::new(name, bytes as f64 / BYTES_PER_MB, "MB")
    };
    let peak = row("peak", usage.peak_bytes);
    Ok(vec![
        row("resident", usage.resident_bytes),
        if picker.endpoints == 100 {
            peak.goal(Goal::AtMost(100.0))
        } else {
            peak
        },
    ])
}

fn idle(subject: &Subject, duration: Duration) -> Result<Vec<Row>, SuiteError> {
    let Some(picker) = &subject.picker else {
        return Ok(Vec::new());
    };
    picker.running.resume()?;
    // What was missed while it was stopped is over by then.
    std::thread::sleep(turns::SETTLE);
    let (before, scrapes) = (picker.running.usage()?, picker.scrapes()?);
    let start = Instant::now();
    std::thread::sleep(duration);
    let (after, elapsed) = (picker.running.usage()?, start.elapsed().as_secs_f64());
    let scrapes = (picker.scrapes()? - scrapes) as f64 / elapsed;
    picker.running.pause()?;
    let cores = (after.cpu - before.cpu).as_secs_f64() / elapsed;
    let row = Row::new(format!("idle, {}, CPU", subject.name), cores, "core");
    let due = picker.endpoints as f64 * SCRAPES_PER_SECOND;
    Ok(vec![
        if picker.endpoints == 100 {
            row.goal(Goal::AtMost(0.3))
        } else {
            row
        },
        Row::new(format!("idle, {}, scrapes", subject.name), scrapes, "/s").peer("due", due),
    ])
}

impl Programs {
    /// The programs that cargo put beside each other in `directory`.
    pub fn within(directory: &Path) -> Self {
        Self {
            picker: directory.join("switchyard-epp"),
            null: directory.join("bench-null"),
            expositions: directory.join("bench-expositions"),
        }
    }
}
