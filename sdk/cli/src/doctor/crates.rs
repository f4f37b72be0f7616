//! The crates that every plugin in Rust builds on. They come from a registry, so a machine that is to build without a
//! network has to have them before.

use std::process::{ExitStatus, Stdio};

use switchyard_build::language::rust::Rust;
use switchyard_build::tools::{Finding, FixError, Lack};

use crate::new;

const TOOL: &str = "crates";
const INSTALL: &str = "switchyard doctor --fix --lang rust";

/// Whether cargo has them in its cache.
pub(super) fn finding(rust: &Rust) -> Finding {
    let found = match fetch(rust, &["--offline"], Stdio::null()) {
        Ok(status) if status.success() => Ok("in cargo's cache".to_owned()),
        Ok(_) => Err("some are not in cargo's cache".to_owned()),
        Err(reason) => Err(reason),
    };
    let found = found.map_err(|found| Lack {
        tool: TOOL,
        found,
        expected: "all that a new plugin builds on, for building without a network".to_owned(),
        install: INSTALL.to_owned(),
    });
    Finding { tool: TOOL, found }
}

/// Fetches them.
pub(super) fn install(rust: &Rust) -> Result<(), FixError> {
    let failed = |reason: String| FixError {
        tool: TOOL,
        reason,
        install: INSTALL.to_owned(),
    };
    match fetch(rust, &[], Stdio::inherit()) {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(failed(format!(
            "`cargo fetch --locked` in a new plugin ended with {status}"
        ))),
        Err(reason) => Err(failed(reason)),
    }
}

/// Has cargo fetch what a new plugin's lock file names.
fn fetch(rust: &Rust, more: &[&str], told: Stdio) -> Result<ExitStatus, String> {
    let folder = tempfile::tempdir().map_err(|error| format!("no folder to try in: {error}"))?;
    new::example(folder.path()).map_err(|error| error.to_string())?;
    rust.cargo_command()
        .args(["fetch", "--locked", "--quiet"])
        .args(more)
        .current_dir(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(told)
        .status()
        .map_err(|error| format!("cargo could not be started: {error}"))
}
