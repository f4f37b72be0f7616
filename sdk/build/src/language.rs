//! The languages plugins are written in, and what each takes to make a component.

mod c;
mod go;
mod javascript;
mod module;
mod python;
pub mod rust;

use std::fmt;
use std::path::PathBuf;

use serde::Deserialize;

use crate::componentize::{EncodeError, StripError};
use crate::sources::Sources;
use crate::tools::{Finding, FixError, Lack};
use crate::world::WorldError;

/// A language that plugins can be written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// Rust
    Rust,
    /// Go
    Go,
    /// JavaScript
    Js,
    /// TypeScript
    Ts,
    /// Python
    Python,
    /// C
    C,
}

/// What one language takes to make a component.
pub trait Toolchain {
    /// Looks at each tool, in the order in which they need one another.
    fn findings(&self) -> Vec<Finding>;

    /// A component of the sources. What the tools say goes to standard error as it comes.
    fn component(&self, sources: &Sources) -> Result<Vec<u8>, MakeError>;

    /// Folders with further tools of the language, such as its test runner, that PATH may lack.
    fn folders(&self) -> Vec<PathBuf> {
        Vec::new()
    }

    /// Installs a tool, from a package registry.
    fn fix(&self, lack: &Lack) -> Result<(), FixError> {
        lack.install()
    }

    /// Installs all that is missing. A tool may bring others that were missing, so each is looked for anew.
    fn install_missing(&self) -> Result<(), FixError> {
        let mut tried = Vec::new();
        while let Err(lack) = self.check() {
            if tried.contains(&lack.tool) {
                return Err(FixError {
                    tool: lack.tool,
                    reason: format!("{}, although it was installed", lack.found),
                    install: lack.install,
                });
            }
            tried.push(lack.tool);
            self.fix(&lack)?;
        }
        Ok(())
    }

    /// The first that is not as it must be.
    fn check(&self) -> Result<(), Lack> {
        self.findings()
            .into_iter()
            .try_for_each(|finding| finding.found.map(drop))
    }
}

/// Why no component came out.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// A tool could not be run, or what it says could not be read.
    #[error("{tool} in {}: {reason}; `switchyard doctor` looks at the tools", folder.display())]
    Tool {
        /// Which.
        tool: &'static str,
        /// The plugin.
        folder: PathBuf,
        /// Why.
        reason: String,
    },
    /// The tool said what is wrong.
    #[error(
        "{} does not build: see what {tool} said above, then run `switchyard plugin build` again",
        folder.display()
    )]
    Failed {
        /// Which.
        tool: &'static str,
        /// The plugin.
        folder: PathBuf,
    },
    /// Another kind of thing was built.
    #[error("{} was built and holds no module: {hint}", folder.display())]
    NoModule {
        /// The plugin.
        folder: PathBuf,
        /// What to look at.
        hint: &'static str,
    },
    /// There is no world to build for.
    #[error(transparent)]
    World(#[from] WorldError),
    /// The bindings could not be made.
    #[error(
        "no bindings could be made for {language}: {reason}; delete `.switchyard` and build again"
    )]
    Bindings {
        /// For which language.
        language: Language,
        /// Why.
        reason: String,
    },
    /// The module could not be stripped.
    #[error("{}: {source}", path.display())]
    Strip {
        /// The module.
        path: PathBuf,
        /// Why.
        source: StripError,
    },
    /// The module did not become a component.
    #[error("{} did not become a component: {source}", path.display())]
    Encode {
        /// The module.
        path: PathBuf,
        /// Why.
        source: EncodeError,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Rust,
        Self::Go,
        Self::Js,
        Self::Ts,
        Self::Python,
        Self::C,
    ];

    /// As the command line and `plugin.toml` write it; also the name of its templates' folder.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rust => "rust",
            Self::Go => "go",
            Self::Js => "js",
            Self::Ts => "ts",
            Self::Python => "python",
            Self::C => "c",
        }
    }

    /// The name of its SDK's folder.
    pub fn sdk(self) -> &'static str {
        match self {
            Self::Ts => Self::Js.name(),
            other => other.name(),
        }
    }

    /// What it takes.
    pub fn toolchain(self) -> Box<dyn Toolchain> {
        match self {
            Self::Rust => Box::new(rust::Rust::default()),
            Self::Go => Box::new(go::Go::default()),
            Self::Js => Box::new(javascript::JavaScript::plain()),
            Self::Ts => Box::new(javascript::JavaScript::typed()),
            Self::Python => Box::new(python::Python::default()),
            Self::C => Box::new(c::C::default()),
        }
    }

    /// The command that runs a plugin's own unit tests, in its folder.
    pub fn test_command(self) -> &'static str {
        match self {
            Self::Rust => "cargo test",
            Self::Go => go::TEST,
            Self::Js | Self::Ts => javascript::TEST,
            Self::Python => python::TEST,
            Self::C => c::TEST,
        }
    }
}

impl fmt::Display for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
