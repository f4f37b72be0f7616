//! The command `switchyard`.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "this is a command for people"
)]

use std::process::ExitCode;

use clap::Parser;
use switchyard_cli::cli::{Cli, run};

fn main() -> ExitCode {
    match run(Cli::parse()) {
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
