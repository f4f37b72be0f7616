//! A plugin's folder: what its author wrote, and under `.switchyard/` what the command brought.

use std::path::{Path, PathBuf};

use crate::manifest::{Manifest, ManifestError};

/// The folder for what the command brings, in every plugin.
pub const BROUGHT: &str = ".switchyard";

/// A plugin's sources.
#[derive(Debug, Clone)]
pub struct Sources {
    /// The plugin's folder.
    pub folder: PathBuf,
    /// Its `plugin.toml`.
    pub manifest: Manifest,
}

impl Sources {
    /// Those in `folder`.
    pub fn open(folder: &Path) -> Result<Self, ManifestError> {
        Ok(Self {
            folder: folder.to_path_buf(),
            manifest: Manifest::read(folder)?,
        })
    }

    /// The contract's WIT files.
    pub fn wit(&self) -> PathBuf {
        self.folder.join(BROUGHT).join("wit")
    }

    /// The SDK of a language, by the name of its folder in `sdk/`.
    pub fn sdk(&self, name: &str) -> PathBuf {
        self.folder.join(BROUGHT).join("sdk").join(name)
    }

    /// For bindings and whatever else is made on the way; it may be deleted at any time.
    pub fn made(&self) -> PathBuf {
        self.folder.join(BROUGHT).join("made")
    }

    /// Where the component goes.
    pub fn component(&self) -> PathBuf {
        let path = self.folder.join(format!("{}.wasm", self.manifest.name));
        // `./a.wasm` reads no better than `a.wasm`.
        path.strip_prefix(".")
            .map_or(path.clone(), Path::to_path_buf)
    }
}
