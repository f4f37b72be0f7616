//! `cargo demo`: what routing by cache is worth, measured, and one decision explained.
//!
//! The same recorded conversations go through a real Envoy twice, each time to fresh servers: first
//! Envoy takes the servers in turn, then it asks the Endpoint Picker. With `--plugins` it shows instead
//! what plugins change that are loaded while requests go through.

mod figures;
mod player;
mod plugins;
mod theatre;
mod workload;

use std::path::{Path, PathBuf};

use figures::Figures;
use serde::Serialize;
use theatre::{Binaries, Routed};
use workload::Shape;

use crate::build::{self, BuildError};
use crate::children;
use crate::progress::Progress;
use crate::setup::{self, EnvoyError, SetupError};
use crate::stage::StageError;
use crate::tool::{Tool, ToolError};
use crate::workspace::{Profile, Workspace};

/// How the demo runs.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Options {
    /// Load the examples in examples/plugins, one per language, one after the other into the running picker
    #[arg(long)]
    pub plugins: bool,
    /// Leave everything running afterwards, until Ctrl-C, and say what to curl
    #[arg(long)]
    pub keep: bool,
    /// Write the figures to this file
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    /// Fewer turns per conversation, shorter looks at each plugin; what `cargo verify` plays
    #[arg(long)]
    pub short: bool,
    /// Build and run without optimisation
    #[arg(long)]
    pub dev: bool,
    /// Build nothing, take the binaries that are there
    #[arg(long)]
    pub built: bool,
}

/// Why the demo failed.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// Something was not built.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// Plugins cannot be built.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// A plugin was not built.
    #[error(transparent)]
    Make(#[from] plugins::MakeError),
    /// There is no Envoy.
    #[error(transparent)]
    Envoy(#[from] EnvoyError),
    /// Something did not come up, or went down.
    #[error(transparent)]
    Stage(#[from] StageError),
    /// A request was not answered as it should be.
    #[error(transparent)]
    Play(#[from] player::PlayError),
    /// The picker does not do what the command asks for.
    #[error("the picker did not do or tell what it was asked: {0}")]
    Command(#[from] ToolError),
    /// The figures could not be written.
    #[error("{} could not be written: {source}", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Routing did not pay off, or plugins not as they should.
    #[error("the demo did not reach what it must: {0}")]
    Verdict(String),
}

/// Both plays, as `--json` writes them.
#[derive(Debug, Serialize)]
struct Outcome {
    round_robin: Figures,
    routed: Figures,
}

/// Runs the demo.
pub fn run(workspace: &Workspace, options: &Options) -> Result<(), DemoError> {
    let progress = Progress::start();
    let envoy = setup::envoy(workspace, &progress)?;
    let profile = if options.dev {
        Profile::Dev
    } else {
        Profile::Release
    };
    if !options.built {
        build::run(workspace, profile, &progress)?;
    }
    let binaries = Binaries::new(workspace, profile, envoy);
    if options.plugins {
        return plugins::run(workspace, &binaries, options, &progress);
    }
    let files = workspace.made().join("demo");

    let shape = if options.short {
        Shape::short()
    } else {
        Shape::full()
    };
    let conversations = shape.record();
    progress.say(format!("\n{}", shape.told()));

    progress.doing("playing: round robin");
    let round_robin = theatre::play_round_robin(&binaries, &conversations, &files)?;
    progress.doing("playing: routed");
    let (routed, stage) = theatre::play_routed(&binaries, &conversations, &files)?;
    progress.rest();

    let outcome = Outcome {
        round_robin,
        routed,
    };
    progress.say(figures::side_by_side(&outcome.round_robin, &outcome.routed));
    if let Some(path) = &options.json {
        write_json(path, &outcome)?;
    }
    progress.say(explained(&binaries, &stage, &files)?);

    let verdict = figures::verdict(&outcome.round_robin, &outcome.routed);
    end(options.keep, &stage, &files, verdict, &progress)
}

/// Leaves everything running if that is wanted, and says how it went.
fn end(
    keep: bool,
    stage: &Routed,
    files: &Path,
    verdict: Result<(), String>,
    progress: &Progress,
) -> Result<(), DemoError> {
    let verdict = verdict.map_err(DemoError::Verdict);
    if keep {
        if let Err(error) = &verdict {
            progress.say(format!("{error}\n"));
        }
        progress.say(what_to_curl(stage, files));
        children::wait_for_signal(i32::from(verdict.is_err()));
    }
    verdict
}

/// The last decision, as anybody would ask for it.
fn explained(binaries: &Binaries, stage: &Routed, files: &Path) -> Result<String, ToolError> {
    let explain = Tool::new(&binaries.command).args(["explain", "--last", "--epp"]);
    let explain = explain.arg(stage.picker.admin_url());
    explain.run_logged(&files.join("explain.log"))
}

fn write_json(path: &Path, outcome: &impl Serialize) -> Result<(), DemoError> {
    let wrap = |source| DemoError::Json {
        path: path.to_path_buf(),
        source,
    };
    let mut text = serde_json::to_string_pretty(outcome).map_err(|e| wrap(e.into()))?;
    text.push('\n');
    std::fs::write(path, text).map_err(wrap)
}

fn what_to_curl(stage: &Routed, files: &Path) -> String {
    let (gateway, admin) = (stage.envoy.url(), stage.picker.admin_url());
    let servers: Vec<_> = stage
        .servers
        .iter()
        .map(|server| format!("{} at http://127.0.0.1:{}", server.name(), server.port()))
        .collect();
    format!(
        "Everything runs until Ctrl-C. Ask the gateway:\n  \
         curl -N {gateway}/v1/chat/completions -H 'content-type: application/json' \
         -d '{{\"model\":\"{model}\",\"stream\":true,\"messages\":[{{\"role\":\"user\",\"content\":\"hello\"}}]}}'\n\
         the picker:\n  \
         curl {admin}/debug/endpoints\n  \
         curl {admin}/debug/plugins\n  \
         curl '{admin}/debug/decisions?last=1'\n  \
         curl {metrics}\n\
         and Envoy:\n  \
         curl {envoy_admin}/clusters\n\
         The servers are {servers}; all logs are in {files}.",
        model = crate::stage::model_servers::MODEL,
        metrics = stage.picker.metrics_url(),
        envoy_admin = stage.envoy.admin_url(),
        servers = servers.join(", "),
        files = files.display(),
    )
}
