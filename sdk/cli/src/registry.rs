//! `switchyard plugin push|pull|sign|verify|keygen`: plugins in OCI registries.

pub mod keys;
pub mod pull;
pub mod push;
pub mod sign;

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::{Args, Subcommand};
use switchyard_build::facts::InspectError;
use switchyard_build::manifest::ManifestError;
use switchyard_engine::StartError;
use switchyard_registry::{
    KeyError, Limits, Registry, RegistryError, Settings, SignError, VerifyError,
};

use crate::said::{Said, in_folder};
use crate::trial::TrialError;

const PUSH_EXAMPLES: &str = "\
Examples:
  switchyard plugin push registry.example/team/tenant-fairness:0.1.0
  switchyard plugin push 127.0.0.1:5000/tenant-fairness:0.1.0 --file tenant-fairness.wasm

The reference is written in full. The component is started once: what it says of itself becomes annotations.
Credentials come from where `docker login` leaves them: DOCKER_CONFIG, else ~/.docker/config.json.";

const PULL_EXAMPLES: &str = "\
Examples:
  switchyard plugin pull registry.example/team/tenant-fairness:0.1.0
  switchyard plugin pull registry.example/team/tenant-fairness:0.1.0 --key cosign.pub --output fair.wasm";

const SIGN_EXAMPLES: &str = "\
Examples:
  switchyard plugin sign --key cosign.key registry.example/team/tenant-fairness:0.1.0
  switchyard plugin sign --key cosign.key --password-file password registry.example/team/tenant-fairness:0.1.0";

const VERIFY_EXAMPLES: &str = "\
Examples:
  switchyard plugin verify --key cosign.pub registry.example/team/tenant-fairness:0.1.0";

const KEYGEN_EXAMPLES: &str = "\
Examples:
  switchyard plugin keygen --password-file password
  switchyard plugin keygen --output keys/team

Without --password-file, COSIGN_PASSWORD is the key's password.";

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Put a component into an OCI registry
    #[command(after_help = PUSH_EXAMPLES)]
    Push(push::Options),
    /// Fetch a component from an OCI registry
    #[command(after_help = PULL_EXAMPLES)]
    Pull(pull::Options),
    /// Sign a component in an OCI registry, as cosign does
    #[command(after_help = SIGN_EXAMPLES)]
    Sign(sign::SignOptions),
    /// Demand that a component in an OCI registry is signed
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(sign::VerifyOptions),
    /// Make a pair of keys for signatures
    #[command(after_help = KEYGEN_EXAMPLES)]
    Keygen(keys::Options),
}

/// Carries one out.
pub fn run(command: &Command) -> Result<Said, Error> {
    match command {
        Command::Push(options) => push::run(options),
        Command::Pull(options) => pull::run(options),
        Command::Sign(options) => sign::sign(options),
        Command::Verify(options) => sign::verify(options),
        Command::Keygen(options) => keys::generate(options),
    }
}

/// How to reach a registry.
#[derive(Debug, Args)]
pub struct Connection {
    /// Speak plain HTTP to a registry on another machine too; on this one it is spoken anyway
    #[arg(long)]
    plain_http: bool,
    /// Give up on a registry that says nothing for so long
    #[arg(long, value_name = "SECONDS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=3600))]
    timeout: u64,
}

impl Connection {
    /// A further command for the same registry.
    pub(crate) fn next(&self, command: &str) -> String {
        let flag = if self.plain_http { " --plain-http" } else { "" };
        format!("switchyard plugin {command}{flag}")
    }

    /// A client that reaches it so.
    pub(crate) fn registry(&self) -> Registry {
        let silence = Duration::from_secs(self.timeout);
        let limits = Limits::default();
        Registry::new(Settings {
            plain_http: self.plain_http,
            limits: Limits {
                connect: limits.connect.min(silence),
                silence,
                whole: limits.whole.max(silence),
            },
            docker_config: None,
        })
    }
}

/// Why a command with a registry could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// It could not be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// It is not signed.
    #[error(transparent)]
    Verify(#[from] VerifyError),
    /// The plugin's folder.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// The bytes are no component.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// A picker would not load it either.
    #[error(transparent)]
    Load(#[from] TrialError),
    /// It does not get as far as saying what it is.
    #[error(
        "{source}\nwhat a plugin says of itself goes into the registry with it, so it is started; from its folder (`--dir DIR`) that happens with the settings of its plugin.toml"
    )]
    Start {
        /// Why.
        source: Box<StartError>,
    },
    /// It has not been built.
    #[error(
        "{} is not there; make it with `{}`, or name a component with `--file FILE`",
        component.display(), in_folder("build", folder)
    )]
    NotBuilt {
        /// What would be made.
        component: PathBuf,
        /// The plugin.
        folder: PathBuf,
    },
    /// A key file.
    #[error("{}: {source}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: KeyError,
    },
    /// A file cannot be read or written.
    #[error("{} cannot be {done}: {source}; {fix}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What was tried.
        done: &'static str,
        /// Why.
        source: std::io::Error,
        /// The way out.
        fix: &'static str,
    },
    /// A file that must not be lost.
    #[error("{} is there already; {fix}", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
        /// The way out.
        fix: &'static str,
    },
    /// Nobody gave the password of a key.
    #[error(
        "no password for {}: set COSIGN_PASSWORD (it may be empty), or name a file with `--password-file FILE`",
        .0.display()
    )]
    NoPassword(PathBuf),
}

fn read(path: &Path, fix: &'static str) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::File {
        path: path.to_path_buf(),
        done: "read",
        source,
        fix,
    })
}

fn key_error(path: &Path) -> impl FnOnce(KeyError) -> Error + use<'_> {
    |source| Error::Key {
        path: path.to_path_buf(),
        source,
    }
}
