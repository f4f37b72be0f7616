//! Puts a whole gateway on this machine's loopback: model servers, the Endpoint Picker, Envoy.
//!
//! The demo plays on it, and tests that need a real Envoy can too. Everything on a stage ends when
//! its value is dropped, on every way out.

pub mod envoy;
pub mod http;
pub mod model_servers;
pub mod picker;
pub mod ports;
pub mod server;

use std::path::PathBuf;

/// Why something did not come up.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    /// No free port.
    #[error("no free port on 127.0.0.1: {0}")]
    Ports(std::io::Error),
    /// A file could not be written.
    #[error("{} could not be written: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A configuration template and its values do not fit.
    #[error("the Envoy template {template} has no value for `{placeholder}`")]
    Template {
        /// The template.
        template: &'static str,
        /// What was left.
        placeholder: String,
    },
    /// A program could not be started.
    #[error("{name} could not be started: {}: {source}", program.display())]
    Start {
        /// Which part of the stage.
        name: String,
        /// The program.
        program: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A program ended before it was ready, or while it was needed.
    #[error("{name} ended early ({status}); the end of {}:\n{tail}", log.display())]
    Ended {
        /// Which part of the stage.
        name: String,
        /// How.
        status: String,
        /// Where its output is.
        log: PathBuf,
        /// The end of that output.
        tail: String,
    },
    /// A program runs and does not become ready.
    #[error("{name} was not ready after {seconds} s (asked {probe}); the end of {}:\n{tail}", log.display())]
    NotReady {
        /// Which part of the stage.
        name: String,
        /// How long it was waited for.
        seconds: u64,
        /// What was asked.
        probe: String,
        /// Where its output is.
        log: PathBuf,
        /// The end of that output.
        tail: String,
    },
}

/// Writes a file below a directory that may not exist yet.
fn write(path: &std::path::Path, text: &str) -> Result<(), StageError> {
    let wrap = |source| StageError::File {
        path: path.to_path_buf(),
        source,
    };
    if let Some(directory) = path.parent() {
        std::fs::create_dir_all(directory).map_err(wrap)?;
    }
    std::fs::write(path, text).map_err(wrap)
}

/// An empty directory, whatever an earlier run left there.
fn empty(path: &std::path::Path) -> Result<&std::path::Path, StageError> {
    let wrap = |source| StageError::File {
        path: path.to_path_buf(),
        source,
    };
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(wrap(error)),
        _ => {}
    }
    std::fs::create_dir_all(path).map_err(wrap)?;
    Ok(path)
}
