//! `cargo bench-epp`: builds everything with optimisation, then measures the picker beside its peers.
//!
//! What is measured lives in `host/bench`; see `docs/performance.md`.

mod guests;

use std::path::PathBuf;

use crate::build::{self, BuildError};
use crate::progress::Progress;
use crate::setup::{self, SetupError};
use crate::tool::{Tool, ToolError};
use crate::workspace::{Profile, Workspace};

/// How to measure.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// Write the figures here as well, as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// See that everything runs, in seconds and without optimisation; no goal is judged
    #[arg(long)]
    quick: bool,
    /// Measure only this: cycle, trap, guests, picker or live
    #[arg(long, value_name = "PART")]
    only: Vec<String>,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// Something did not build.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Plugins cannot be built.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// A plugin to be measured was not built.
    #[error("a plugin to be measured was not built: {0}")]
    Guest(#[from] guests::GuestError),
    /// The bench failed, and said why.
    #[error(transparent)]
    Tool(#[from] ToolError),
}

/// Builds and measures.
pub fn run(workspace: &Workspace, options: &Options) -> Result<(), BenchError> {
    let profile = if options.quick {
        Profile::Dev
    } else {
        Profile::Release
    };
    let progress = Progress::start();
    // Everything, though only two binaries are needed: another choice of packages is another choice of their
    // dependencies' features, and wasmtime would be compiled once more for it.
    build::run(workspace, profile, &progress)?;
    if needs_guests(&options.only) {
        let rust = setup::wasm(workspace, &progress).map_err(SetupError::from)?;
        setup::languages(&progress).map_err(SetupError::from)?;
        let command = workspace.binaries(profile).join("switchyard");
        guests::make(&command, &rust, &guests(workspace), &progress)?;
    }
    bench(workspace, profile, options).run_shown()?;
    Ok(())
}

/// Whether one of these parts measures plugins in all languages; nothing means all parts.
fn needs_guests(parts: &[String]) -> bool {
    parts.is_empty() || parts.iter().any(|part| part == "guests" || part == "live")
}

fn guests(workspace: &Workspace) -> PathBuf {
    workspace.made().join("guests")
}

fn bench(workspace: &Workspace, profile: Profile, options: &Options) -> Tool {
    let mut bench = Tool::new(workspace.binaries(profile).join("bench-epp"))
        .arg("--plugins")
        .arg(workspace.plugins())
        .arg("--guests")
        .arg(guests(workspace));
    if options.quick {
        bench = bench.arg("--quick");
    }
    for part in &options.only {
        bench = bench.arg("--only").arg(part);
    }
    match &options.json {
        Some(file) => bench.arg("--json").arg(file),
        None => bench,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_handed_on() {
        let options = Options {
            json: Some("figures.json".into()),
            quick: true,
            only: vec!["cycle".into(), "trap".into()],
        };
        let line = bench(&Workspace::find(), Profile::Dev, &options).line();
        assert!(line.starts_with("bench-epp --plugins "), "{line}");
        assert!(line.contains("/target/guests --quick "), "{line}");
        assert!(
            line.ends_with(" --quick --only cycle --only trap --json figures.json"),
            "{line}"
        );
    }

    #[test]
    fn plugins_are_built_where_they_are_measured() {
        let needs = |parts: &[&str]| {
            let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            needs_guests(&parts)
        };
        assert!(needs(&[]) && needs(&["guests"]) && needs(&["cycle", "live"]));
        assert!(!needs(&["cycle", "trap", "picker"]));
    }
}
