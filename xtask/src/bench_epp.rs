//! `cargo bench-epp`: builds everything with optimisation, then measures the picker beside its peers.
//!
//! What is measured lives in `host/bench`; see `docs/performance.md`.

use std::path::PathBuf;

use crate::build::{self, BuildError};
use crate::progress::Progress;
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
    /// Measure only this: cycle, trap or picker
    #[arg(long, value_name = "PART")]
    only: Vec<String>,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// Something did not build.
    #[error(transparent)]
    Build(#[from] BuildError),
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
    bench(workspace, profile, options).run_shown()?;
    Ok(())
}

fn bench(workspace: &Workspace, profile: Profile, options: &Options) -> Tool {
    let mut bench = Tool::new(workspace.binaries(profile).join("bench-epp"))
        .arg("--plugins")
        .arg(workspace.plugins());
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
        assert!(
            line.ends_with(" --quick --only cycle --only trap --json figures.json"),
            "{line}"
        );
    }
}
