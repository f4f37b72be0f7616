//! Why a command could not do its work.

use switchyard_build::tools::FixError;

use crate::bench::BenchError;
use crate::build;
use crate::client::ClientError;
use crate::dev::DevError;
use crate::new::NewError;
use crate::registry;
use crate::run::RunError;
use crate::test::TestError;

/// Any command's error.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `plugin new`.
    #[error(transparent)]
    New(#[from] NewError),
    /// `plugin build`.
    #[error(transparent)]
    Build(#[from] build::Error),
    /// `plugin test`.
    #[error(transparent)]
    Test(#[from] TestError),
    /// `plugin run`.
    #[error(transparent)]
    Run(#[from] RunError),
    /// `plugin bench`.
    #[error(transparent)]
    Bench(#[from] BenchError),
    /// `plugin dev`.
    #[error(transparent)]
    Dev(#[from] DevError),
    /// `plugin inspect`, and the commands with a registry.
    #[error(transparent)]
    Registry(#[from] registry::Error),
    /// `doctor --fix`.
    #[error(transparent)]
    Fix(#[from] FixError),
    /// A command for a running picker.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// What there is to say has no place to go.
    #[error("standard output cannot be written: {0}; is there room where it goes?")]
    Output(std::io::Error),
}

impl Error {
    /// 2 where the command line was wrong, else 1.
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::New(error) if error.is_usage() => 2,
            Self::Client(error) if error.is_usage() => 2,
            _ => 1,
        }
    }
}
