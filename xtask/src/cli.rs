//! The tasks and their options.

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::progress::Progress;
use crate::workspace::{Profile, Workspace};
use crate::{bench_epp, build, children, contract_page, demo, setup, verify};

#[derive(Debug, Parser)]
#[command(name = "xtask", about = "Sets up, builds, shows and checks Switchyard")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Debug, Subcommand)]
enum Task {
    /// Install what is missing: Rust's wasm target and Envoy
    Setup,
    /// Build the plugins and all binaries
    Build {
        /// With optimisation, into target/release
        #[arg(long)]
        release: bool,
    },
    /// Play a conversation workload through a real Envoy, with and without the Endpoint Picker
    Demo(demo::Options),
    /// Run every check and test
    Verify(verify::Options),
    /// Measure the Endpoint Picker beside its peers and print one table
    BenchEpp(bench_epp::Options),
    /// Make docs/contract-reference.md anew from the comments in wit/
    ContractPage,
}

/// Runs the task named on the command line.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.task) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// False: it failed, and has said so.
fn run(task: Task) -> Result<bool, Box<dyn std::error::Error>> {
    children::stop_all_on_signal()?;
    let workspace = Workspace::find();
    match task {
        Task::Setup => drop(setup::run(&workspace, &Progress::start())?),
        Task::Build { release } => {
            let profile = if release {
                Profile::Release
            } else {
                Profile::Dev
            };
            build::run(&workspace, profile, &Progress::start())?;
        }
        Task::Demo(options) => demo::run(&workspace, &options)?,
        Task::BenchEpp(options) => bench_epp::run(&workspace, &options)?,
        Task::ContractPage => println!("{}", contract_page::write(workspace.root())?.display()),
        Task::Verify(options) => return Ok(verify::run(&workspace, &options)),
    }
    Ok(true)
}
