//! `switchyard plugin bench`: what a call of a plugin costs, and what it takes to load it.

mod measure;
mod table;

use std::path::{Path, PathBuf};

use switchyard_build::facts::{self, InspectError};
use switchyard_build::manifest::{Manifest, ManifestError};
use switchyard_build::sources::Sources;
use switchyard_engine::{EngineError, StartError};

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
    let manifest = Manifest::read(&options.dir);
    let (file, settings) = match (&options.file, manifest) {
        (Some(file), manifest) => (
            file.clone(),
            manifest.ok().map(|known| example_settings(&known)),
        ),
        (None, manifest) => {
            let manifest = manifest?;
            let settings = example_settings(&manifest);
            let folder = options.dir.clone();
            (Sources { folder, manifest }.component(), Some(settings))
        }
    };
    let settings = settings.unwrap_or_else(|| serde_json::json!({}));
    let figures = measure::component(&read(&file)?, &settings)?;
    let other = match &options.against {
        None => None,
        Some(other) => Some(measure::component(&read(other)?, &settings)?),
    };
    let text = match options.json {
        true => table::json(&figures, other.as_ref()),
        false => table::text(&figures, other.as_ref()),
    };
    let next = format!("switchyard plugin load {} --shadow", file.display());
    Ok(Said::well(text, next))
}

/// A component's file name and bytes.
fn read(file: &Path) -> Result<(String, Vec<u8>), InspectError> {
    Ok((file.display().to_string(), facts::read(file)?))
}
