//! The command `switchyard`.
use std::io::{ErrorKind, IsTerminal, Write};
use std::process::ExitCode;

use clap::Parser;
use switchyard_cli::cli::{Cli, carry_out};
use switchyard_cli::error::Error;
use switchyard_cli::said::Said;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    log();
    match carry_out(Cli::parse()) {
        Ok(said) => tell(&said),
        Err(error) => {
            remark(&format!("error: {error}"));
            ExitCode::from(error.exit_code())
        }
    }
}

fn tell(said: &Said) -> ExitCode {
    let code = ExitCode::from(u8::from(!said.well));
    let mut out = std::io::stdout().lock();
    let written = out.write_all(said.text.as_bytes());
    match written.and_then(|()| out.flush()) {
        Ok(()) => remark(&format!("next: {}", said.next)),
        // Who read it has read enough, as `head` does.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => {}
        Err(error) => {
            remark(&format!("error: {}", Error::Output(error)));
            return ExitCode::FAILURE;
        }
    }
    code
}

/// One line for standard error, which may be closed: then there is nobody to tell.
fn remark(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
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
