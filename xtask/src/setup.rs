//! Gets what a bare machine lacks: the wasm target of Rust, the tools of the other languages, Envoy, and an OCI
//! registry to test with.
//!
//! Running it again costs nothing: each part looks first whether what it would install is there.

mod apt;
mod envoy;
mod languages;
mod registry;
mod wasm;

use std::path::PathBuf;

pub use envoy::EnvoyError;
pub use registry::RegistryError;
pub use wasm::{WasmError, WasmToolchain};

use switchyard_build::tools::FixError;

use crate::progress::Progress;
use crate::workspace::Workspace;

/// What every later task can rely on.
#[derive(Debug)]
pub struct Ready {
    /// The compiler for plugins.
    pub wasm: WasmToolchain,
    /// The Envoy binary.
    pub envoy: PathBuf,
    /// The binary of an OCI registry.
    pub registry: PathBuf,
}

/// Why set-up cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// There is no way to build plugins.
    #[error(transparent)]
    Wasm(#[from] WasmError),
    /// A language's tools were not installed.
    #[error(transparent)]
    Languages(#[from] FixError),
    /// There is no Envoy.
    #[error(transparent)]
    Envoy(#[from] EnvoyError),
    /// There is no OCI registry.
    #[error(transparent)]
    Registry(#[from] RegistryError),
}

/// The compiler for plugins, installed if need be.
pub fn wasm(workspace: &Workspace, progress: &Progress) -> Result<WasmToolchain, WasmError> {
    wasm::ensure(workspace, progress)
}

/// What plugins in all languages are built with, installed if need be.
pub fn languages(progress: &Progress) -> Result<(), FixError> {
    languages::ensure(progress)
}

/// The Envoy binary, installed if need be.
pub fn envoy(workspace: &Workspace, progress: &Progress) -> Result<PathBuf, EnvoyError> {
    envoy::ensure(workspace, progress)
}

/// The binary of an OCI registry, installed if need be.
pub fn registry(workspace: &Workspace, progress: &Progress) -> Result<PathBuf, RegistryError> {
    registry::ensure(workspace, progress)
}

/// cosign, built if need be. Only long runs need it.
pub fn cosign(workspace: &Workspace, progress: &Progress) -> Result<PathBuf, RegistryError> {
    registry::cosign(workspace, progress)
}

/// Everything.
pub fn run(workspace: &Workspace, progress: &Progress) -> Result<Ready, SetupError> {
    languages(progress)?;
    Ok(Ready {
        wasm: wasm(workspace, progress)?,
        envoy: envoy(workspace, progress)?,
        registry: registry(workspace, progress)?,
    })
}
