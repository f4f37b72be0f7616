//! Measures everything and prints one table. `cargo bench-epp` builds what it needs and runs it.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command for people"
)]

use std::error::Error;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, ValueEnum};
use switchyard_bench::report::{Report, Row};
use switchyard_bench::suite::{self, Programs};
use switchyard_bench::{Effort, cycle, guests, live, trap};

/// Measures the picker beside its peers and prints one table.
#[derive(Debug, Parser)]
struct Options {
    /// Write the figures here as well, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// See that everything runs, in seconds; no goal is judged
    #[arg(long)]
    quick: bool,
    /// Measure only this
    #[arg(long, value_enum, value_name = "PART")]
    only: Vec<Part>,
    /// Where the plugins' components lie
    #[arg(long, value_name = "FOLDER")]
    plugins: Option<PathBuf>,
    /// Where the same scorer lies as a component of every language, each in a folder of its own
    #[arg(long, value_name = "FOLDER")]
    guests: Option<PathBuf>,
    /// Where switchyard-epp and the benches' servers lie; default: beside this program
    #[arg(long, value_name = "FOLDER")]
    programs: Option<PathBuf>,
}

/// What can be measured by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The scheduling cycle and the calls in it
    Cycle,
    /// What a trap costs
    Trap,
    /// The whole picker: under load, idle, in memory
    Picker,
    /// The same scorer in every language
    Guests,
    /// The whole picker while plugins change, compile and trap
    Live,
}

const PARTS: [Part; 5] = [
    Part::Cycle,
    Part::Trap,
    Part::Guests,
    Part::Picker,
    Part::Live,
];

fn main() -> ExitCode {
    match run(&Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// A missed goal is no failure: the table says it. A part that cannot be measured is one, but only
/// after the others were.
fn run(options: &Options) -> Result<(), Box<dyn Error>> {
    let mut report = Report::new(options.quick);
    let mut failed = None;
    for part in PARTS {
        if options.only.is_empty() || options.only.contains(&part) {
            match measure(part, options) {
                Ok(rows) => report.extend(rows),
                Err(error) => {
                    eprintln!("error: {error}");
                    failed = Some(part);
                }
            }
        }
    }
    println!("{} on {} cores", report.processor, report.cores);
    print!("{}", report.table());
    if !report.quick {
        println!("{} goals missed", report.missed());
    }
    if let Some(file) = &options.json {
        std::fs::write(file, serde_json::to_vec_pretty(&report)?)
            .map_err(|error| format!("{} cannot be written: {error}", file.display()))?;
    }
    failed.map_or(Ok(()), |part| {
        Err(format!("{part:?} could not be measured").into())
    })
}

fn measure(part: Part, options: &Options) -> Result<Vec<Row>, Box<dyn Error>> {
    let effort = if options.quick {
        Effort::QUICK
    } else {
        Effort::FULL
    };
    let beside = std::env::current_exe()?;
    let beside = beside.parent().map(PathBuf::from).unwrap_or_default();
    let plugins = options.plugins.clone();
    let plugins = plugins.unwrap_or_else(|| beside.join("../plugins"));
    let guests = options.guests.clone();
    let guests = guests.unwrap_or_else(|| beside.join("../guests"));
    let programs = Programs::within(options.programs.as_ref().unwrap_or(&beside));
    let say = |what: &str| eprintln!("{what} ...");
    Ok(match part {
        Part::Cycle => {
            say("scheduling cycles");
            cycle::rows(&plugins, effort)?
        }
        Part::Trap => {
            say("traps");
            trap::rows(&plugins, effort)?
        }
        Part::Guests => guests::rows(&guests, effort, &say)?,
        Part::Picker => suite::rows(&programs, effort, &say)?,
        Part::Live => live::rows(&programs, &guests, effort, &say)?,
    })
}
