//! The command `switchyard`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a command for people"
)]

use std::io::IsTerminal;
use std::process::ExitCode;

use clap::Parser;
use switchyard_cli::cli::{Cli, carry_out};
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    log();
    match carry_out(Cli::parse()) {
        Ok(said) => {
            print!("{}", said.text);
            eprintln!("next: {}", said.next);
            ExitCode::from(u8::from(!said.well))
        }
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}

/// What plugins write to their log, and what the engine has to say of them, goes to standard error. `SWITCHYARD_LOG`
/// says how much of it.
fn log() {
    let filter = EnvFilter::try_from_env("SWITCHYARD_LOG");
    let filter = filter.unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .without_time()
        .with_target(false)
        .init();
}
