//! A client that waits: for a command line, and for a picker's own threads.
//!
//! Each conversation has a thread and a small runtime of its own, so that it may be called from
//! anywhere, also from within somebody else's runtime, and leaves nothing behind.

use std::path::PathBuf;
use std::time::Duration;

use crate::budget::Budget;
use crate::credentials;
use crate::error::RegistryError;
use crate::reference::Reference;
use crate::session::{Access, Session};

/// How long to wait for a registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// For a connection.
    pub connect: Duration,
    /// For the next bytes of an answer.
    pub silence: Duration,
    /// For all of what is asked, be it a push or a pull with a look at signatures: credentials, each conversation,
    /// each answer.
    pub whole: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            whole: Duration::from_secs(300),
        }
    }
}

/// How to speak to registries.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Settings {
    /// Plain HTTP also for registries that are not on this machine. Whoever is between reads the
    /// password, and may change what no digest protects.
    pub plain_http: bool,
    /// How long to wait.
    pub limits: Limits,
    /// The folder of docker's `config.json`; if not set, `DOCKER_CONFIG` or `~/.docker`.
    pub docker_config: Option<PathBuf>,
}

/// A client for any registry.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    settings: Settings,
}

impl Registry {
    /// One with these settings.
    pub fn new(settings: Settings) -> Self {
        Self { settings }
    }

    /// The time for something that begins now.
    pub(crate) fn budget(&self) -> Budget {
        Budget::begin(self.settings.limits.whole)
    }

    /// Holds a conversation about `reference`, within what is left of the budget.
    pub(crate) fn talk<T, E, W>(
        &self,
        budget: Budget,
        reference: &Reference,
        access: Access,
        work: W,
    ) -> Result<T, E>
    where
        T: Send,
        E: From<RegistryError> + Send,
        W: AsyncFnOnce(&Session) -> Result<T, E> + Send,
    {
        let folder = self.settings.docker_config.as_deref();
        let (login, tried) = credentials::find(folder, reference.registry(), budget)
            .map_err(RegistryError::Credentials)?;
        let talk = || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_io()
                .enable_time()
                .build()
                .map_err(|error| RegistryError::Client(error.to_string()))?;
            let conversation = async {
                let session =
                    Session::open(&self.settings, reference, access, login, tried).await?;
                work(&session).await
            };
            let result = runtime.block_on(async {
                tokio::time::timeout(budget.left(), conversation)
                    .await
                    .unwrap_or_else(|_| {
                        let slow = RegistryError::Slow {
                            registry: reference.registry().to_owned(),
                            what: access.asked(reference),
                            limit: budget.whole(),
                        };
                        Err(slow.into())
                    })
            });
            // A name that is still being looked up must not hold us.
            runtime.shutdown_background();
            result
        };
        std::thread::scope(|scope| {
            // The client of registries panics at some odd answers.
            scope.spawn(talk).join().unwrap_or_else(|_| {
                let odd = RegistryError::Odd {
                    registry: reference.registry().to_owned(),
                    what: access.asked(reference),
                    found: "something the client cannot read".to_owned(),
                };
                Err(odd.into())
            })
        })
    }
}
