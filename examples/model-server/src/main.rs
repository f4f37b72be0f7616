//! The command: starts one server and stops it on Ctrl-C or SIGTERM.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use switchyard_sim::{Options, Server};
use tokio::signal::unix::{SignalKind, signal};

fn main() -> ExitCode {
    match run(Options::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Nowhere else to say it if standard error is gone.
            let _ = writeln!(std::io::stderr(), "switchyard-sim: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: Options) -> Result<(), Box<dyn std::error::Error>> {
    let drain = options.drain_timeout.0;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let server = Server::start(options)?;
        let mut out = std::io::stdout();
        writeln!(out, "switchyard-sim listening on http://{}", server.addr())?;
        out.flush()?;
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        let stopping = tokio::task::spawn_blocking(move || server.stop(drain));
        // A second signal ends it at once.
        tokio::select! {
            stopped = stopping => stopped?,
            _ = terminate.recv() => std::process::exit(130),
            _ = interrupt.recv() => std::process::exit(130),
        }
        Ok(())
    })
}
