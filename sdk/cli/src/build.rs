//! `switchyard plugin build`: from sources to a component that a picker can load.

use std::path::Path;

use switchyard_build::build::{self, BuildError, Built};
use switchyard_build::manifest::ManifestError;
use switchyard_build::sources::Sources;
use switchyard_build::table::aligned_left;
use switchyard_config::ConfigError;

use crate::brought::{self, WriteError};
use crate::limits;
use crate::said::Said;

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
}

/// The command. What the language's tools say goes to standard error as it comes.
pub fn run(folder: &Path) -> Result<Said, Error> {
    let sources = Sources::open(folder)?;
    let built = component(&sources)?;
    let path = built.path.display().to_string();
    let text = format!("{path}\n{}", aligned_left(&built.facts.rows()));
    let next = match folder == Path::new(".") {
        true => "switchyard plugin test".to_owned(),
        false => format!("switchyard plugin test --dir {}", folder.display()),
    };
    Ok(Said::well(text, next))
}

/// Builds a plugin, and brings what it lacks of ours.
pub fn component(sources: &Sources) -> Result<Built, Error> {
    limits::read(&sources.folder, &sources.manifest)?;
    brought::restore(&sources.folder, sources.manifest.language)?;
    Ok(build::build(sources)?)
}
