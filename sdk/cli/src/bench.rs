//! `switchyard plugin bench`: what a call of a plugin costs, and what it takes to load it.

mod measure;
mod table;

use std::path::{Path, PathBuf};

use serde_json::Value;
use switchyard_build::facts::{self, InspectError};
use switchyard_build::manifest::{Manifest, ManifestError};
use switchyard_build::sources::Sources;
use switchyard_config::ConfigError;
use switchyard_engine::{EngineError, StartError};

use crate::limits;
use crate::said::Said;
use crate::test::example_settings;
use crate::trial::TrialError;

/// What to measure.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// The component; that of the folder's plugin.toml if not given
    pub file: Option<PathBuf>,
    /// Another component, measured in turn with the first and shown as a ratio
    #[arg(long, value_name = "OTHER.wasm")]
    pub against: Option<PathBuf>,
    /// The plugin's folder, for its example settings
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub dir: PathBuf,
    /// Write the figures as JSON
    #[arg(long)]
    pub json: bool,
}

/// Why nothing was measured.
#[derive(Debug, thiserror::Error)]
pub enum BenchError {
    /// There is neither a file nor a plugin's folder.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// `plugin.toml` has limits that are none.
    #[error(transparent)]
    Limits(#[from] ConfigError),
    /// The component cannot be read.
    #[error(transparent)]
    Component(#[from] InspectError),
    /// It cannot be loaded.
    #[error(transparent)]
    Trial(#[from] TrialError),
    /// It does not start.
    #[error(transparent)]
    Start(#[from] StartError),
    /// There is no place for compiled code.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// It gives no usable answer, so there is nothing to measure.
    #[error("{stage} of {file}: {reason}; `switchyard plugin test` says more")]
    Answer {
        /// The component.
        file: String,
        /// What was asked.
        stage: &'static str,
        /// What came back.
        reason: String,
    },
    /// A folder for compiled code could not be made.
    #[error("{} could not be made: {source}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// The command.
pub fn run(options: &Options) -> Result<Said, BenchError> {
    let (file, how) = match (&options.file, Manifest::read(&options.dir)) {
        // A component needs no folder of its own. One that is there and wrong is to be mended all the same.
        (Some(file), Err(ManifestError::Missing { .. })) => (file.clone(), How::default()),
        (file, manifest) => {
            let manifest = manifest?;
            let how = How::of(&options.dir, &manifest)?;
            let folder = options.dir.clone();
            let sources = Sources { folder, manifest };
            let file = file.clone();
            (file.unwrap_or_else(|| sources.component()), how)
        }
    };
    let figures = measure::component(&read(&file)?, &how)?;
    let other = match &options.against {
        None => None,
        Some(other) => Some(measure::component(&read(other)?, &how)?),
    };
    let text = match options.json {
        true => table::json(&figures, other.as_ref()),
        false => table::text(&figures, other.as_ref()),
    };
    let next = format!("switchyard plugin load {} --shadow", file.display());
    Ok(Said::well(text, next))
}

/// How components are started.
#[derive(Debug)]
struct How {
    settings: Value,
    limits: limits::Said,
}

impl Default for How {
    fn default() -> Self {
        Self {
            settings: serde_json::json!({}),
            limits: limits::Said::default(),
        }
    }
}

impl How {
    /// As the example in `plugin.toml` says.
    fn of(folder: &Path, manifest: &Manifest) -> Result<Self, ConfigError> {
        Ok(Self {
            settings: example_settings(manifest),
            limits: limits::read(folder, manifest)?,
        })
    }
}

/// A component's file name and bytes.
fn read(file: &Path) -> Result<(String, Vec<u8>), InspectError> {
    Ok((file.display().to_string(), facts::read(file)?))
}
