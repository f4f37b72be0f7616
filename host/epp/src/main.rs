//! The binary `switchyard-epp`.

use std::process::ExitCode;

use switchyard_epp::flags::Flags;
use switchyard_epp::{logging, run};

#[allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line answers its terminal"
)]
fn main() -> ExitCode {
    let flags = Flags::read(std::env::args_os()).unwrap_or_else(|error| error.exit());
    if flags.check {
        return match run::check(&flags) {
            Ok(told) => {
                print!("{told}");
                ExitCode::SUCCESS
            }
            Err(error) => failed(&error),
        };
    }
    if let Err(error) = logging::start(flags.log_options()) {
        return failed(&error);
    }
    match run::serve(&flags) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

#[allow(clippy::print_stderr, reason = "a command line answers its terminal")]
fn failed(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("switchyard-epp: {error}");
    ExitCode::FAILURE
}
