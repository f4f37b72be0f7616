//! What the tests of `plugin push` and `plugin sign` meet: a real OCI registry, and in long runs the
//! real cosign.
//!
//! Debian packages the registry. cosign is built from its source, which takes minutes, and is kept
//! with the languages' tools; its path is written to `target/cosign-path.txt`, where tests find it.

use std::path::PathBuf;
use std::time::Duration;

use switchyard_build::language::Language;
use switchyard_build::tools;

use super::apt::{self, AptError};
use crate::progress::Progress;
use crate::tool::{Tool, ToolError};
use crate::workspace::Workspace;

const REGISTRY: &str = "docker-registry";
const COSIGN: &str = "github.com/sigstore/cosign/v2/cmd/cosign";
const COSIGN_VERSION: &str = "2.6.1";
const BUILD_LIMIT: Duration = Duration::from_secs(1800);

/// Why there is no registry to test with.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// It was not installed.
    #[error(
        "the OCI registry that tests push to is missing, and could not be installed: {0}\nput {REGISTRY} on PATH (Debian: apt-get install {REGISTRY})"
    )]
    Registry(#[source] AptError),
    /// Installing went through, and it is not there.
    #[error("{REGISTRY} was installed and is not on PATH\nput it there, and try again")]
    NotThere,
    /// It was not built.
    #[error(
        "cosign {COSIGN_VERSION} could not be built: {0}\ngo install {COSIGN}@v{COSIGN_VERSION} shows more; it needs Go"
    )]
    Cosign(#[source] ToolError),
    /// The path could not be handed on.
    #[error("{} could not be written: {source}", path.display())]
    Note {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// The registry, installed if need be.
pub(super) fn ensure(workspace: &Workspace, progress: &Progress) -> Result<PathBuf, RegistryError> {
    if let Some(found) = tools::find(REGISTRY, &[]) {
        return Ok(found);
    }
    progress.say(format!("installing Debian's package {REGISTRY}"));
    progress.doing("apt-get install");
    let log = workspace.made().join("setup/registry.log");
    apt::install(&[REGISTRY], &log).map_err(RegistryError::Registry)?;
    progress.rest();
    tools::find(REGISTRY, &[]).ok_or(RegistryError::NotThere)
}

/// cosign, built if need be.
pub(super) fn cosign(workspace: &Workspace, progress: &Progress) -> Result<PathBuf, RegistryError> {
    let folder = tools::folder().join(format!("cosign-{COSIGN_VERSION}"));
    let cosign = folder.join("cosign");
    if !cosign.is_file() {
        progress.say(format!(
            "building cosign {COSIGN_VERSION} into {} (some minutes)",
            folder.display()
        ));
        progress.doing("go install cosign");
        // The one that plugins are built with may be the only one.
        let go = tools::find("go", &Language::Go.toolchain().folders());
        Tool::new(go.unwrap_or_else(|| "go".into()))
            .args(["install", &format!("{COSIGN}@v{COSIGN_VERSION}")])
            .env("GOBIN", &folder)
            .limit(BUILD_LIMIT)
            .run_logged(&workspace.made().join("setup/cosign.log"))
            .map_err(RegistryError::Cosign)?;
        progress.rest();
    }
    let note = workspace.made().join("cosign-path.txt");
    std::fs::write(&note, cosign.display().to_string())
        .map_err(|source| RegistryError::Note { path: note, source })?;
    Ok(cosign)
}
