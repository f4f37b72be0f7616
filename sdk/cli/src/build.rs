//! `switchyard plugin build`: from sources to a component that a picker can load.

use std::path::Path;

use switchyard_build::build::{self, BuildError, Built};
use switchyard_build::language::Language;
use switchyard_build::manifest::ManifestError;
use switchyard_build::sources::Sources;
use switchyard_build::table::aligned_left;
use switchyard_config::ConfigError;
use switchyard_engine::StartError;

use crate::brought::{self, WriteError};
use crate::limits;
use crate::said::{Said, in_folder};
use crate::test::example_settings;
use crate::trial::{Trial, TrialError, is_about_settings};

/// Why there is no component.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no plugin.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// `plugin.toml` has limits that are none.
    #[error(transparent)]
    Limits(#[from] ConfigError),
    /// The SDK could not be brought.
    #[error(transparent)]
    Brought(#[from] WriteError),
    /// It does not build.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A picker would not load it.
    #[error(transparent)]
    Trial(#[from] TrialError),
    /// It does not start, whatever its settings.
    #[error(transparent)]
    Start(StartError),
}

/// The command. What the language's tools say goes to standard error as it comes.
pub fn run(folder: &Path) -> Result<Said, Error> {
    let sources = Sources::open(folder)?;
    let built = component(&sources)?;
    start(&sources, &built)?;
    let path = built.path.display().to_string();
    let text = format!("{path}\n{}", aligned_left(&built.facts.rows()));
    Ok(Said::well(text, in_folder("test", folder)))
}

/// Builds a plugin, and brings what it lacks of ours.
pub fn component(sources: &Sources) -> Result<Built, Error> {
    limits::read(&sources.folder, &sources.manifest)?;
    brought::restore(&sources.folder, sources.manifest.language)?;
    Ok(build::build(sources)?)
}

/// Starts it once where only that tells whether `stages` of `plugin.toml` are those of its source, and is quick: a
/// component of the other languages takes its engine longer to compile than its tools take to build it.
fn start(sources: &Sources, built: &Built) -> Result<(), Error> {
    let manifest = &sources.manifest;
    if !matches!(manifest.language, Language::C | Language::Go) {
        return Ok(());
    }
    let file = built.path.display().to_string();
    let trial = Trial::new(&file, manifest.name.as_str(), &built.bytes, false)?;
    let said = limits::read(&sources.folder, manifest)?;
    let limits = limits::over(trial.limits(), &said);
    match trial.start(&example_settings(manifest), limits) {
        // `plugin test` holds the example's settings against the schema, with all else about them.
        Err(error) if !is_about_settings(&error) => Err(Error::Start(error)),
        _ => Ok(()),
    }
}
