//! Where things lie. Everything that tasks make goes under `target/`, so that `cargo clean` undoes it.

use std::path::{Path, PathBuf};

/// The repository and its target directory.
#[derive(Debug, Clone)]
pub struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

/// Which of cargo's two profiles a task builds and runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// The profile of `cargo build`.
    Dev,
    /// The profile of `cargo build --release`.
    Release,
}

impl Workspace {
    /// The workspace this xtask belongs to.
    pub fn find() -> Self {
        let here = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = here.parent().unwrap_or(&here).to_path_buf();
        let target = std::env::var_os("CARGO_TARGET_DIR")
            .and_then(|dir| std::path::absolute(dir).ok())
            .unwrap_or_else(|| root.join("target"));
        Self { root, target }
    }

    /// The repository's root.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What set-up installs and tasks write. It stays in the repository even where
    /// `CARGO_TARGET_DIR` points elsewhere, because other parts of the build look for it there.
    pub fn made(&self) -> PathBuf {
        self.root.join("target")
    }

    /// The built-in plugins as components; the picker's build embeds them from here.
    pub fn plugins(&self) -> PathBuf {
        self.made().join("plugins")
    }

    /// Cargo's target directory of the plugins' own workspace.
    pub fn plugins_build(&self) -> PathBuf {
        self.made().join("plugins-build")
    }

    /// The directory that holds the binaries of a profile.
    pub fn binaries(&self, profile: Profile) -> PathBuf {
        self.target.join(profile.directory())
    }
}

impl Profile {
    /// The profile's directory below cargo's target directory.
    pub fn directory(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "release",
        }
    }

    /// What `cargo build` must be told to use this profile.
    pub fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Dev => &[],
            Self::Release => &["--release"],
        }
    }
}
