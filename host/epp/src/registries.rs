//! Components from OCI registries, and the keys that must have signed them.
//!
//! A registry is somebody else's machine: it may refuse, be slow or serve something else. Whoever asks waits for it,
//! so only threads ask that make plans.

use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use switchyard_registry::{
    KeyError, Limits, PublicKey, Reference, ReferenceError, Registry, RegistryError, Settings,
    VerifyError,
};

/// The longest that is waited for a connection, and for the next bytes.
const CONNECT: Duration = Duration::from_secs(10);
const SILENCE: Duration = Duration::from_secs(30);

/// How components are fetched.
#[derive(Debug, Default)]
pub struct Registries {
    client: Registry,
    /// One of them must have signed what is fetched; empty: nobody need have.
    keys: Vec<PublicKey>,
}

/// A component that came from a registry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pulled {
    /// Of the component.
    pub digest: String,
    /// Fingerprint of the key that it was found to be signed by; `None`: nobody looked.
    pub signed_by: Option<String>,
}

/// Why a component was not fetched.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum FetchError {
    #[error(transparent)]
    Reference(#[from] ReferenceError),
    #[error(transparent)]
    Registry(#[from] RegistryError),
    #[error("--require-signatures-key: {0}")]
    NotSigned(#[source] VerifyError),
    #[error("it names no digest; add `@sha256:...`, which `switchyard plugin push` prints")]
    NoDigest,
    #[error("it cannot be kept: {0}")]
    Keep(#[source] std::io::Error),
}

/// A key that cannot be used.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum SignatureKeyError {
    #[error("--require-signatures-key: {} cannot be read: {source}", path.display())]
    Unreadable {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("--require-signatures-key: {}: {source}", path.display())]
    NoKey { path: PathBuf, source: KeyError },
}

/// The keys in these files.
///
/// # Errors
/// The first file that holds none.
pub fn keys(files: &[PathBuf]) -> Result<Vec<PublicKey>, SignatureKeyError> {
    let read = |path: &PathBuf| {
        let text = std::fs::read_to_string(path);
        let text = text.map_err(|source| SignatureKeyError::Unreadable {
            path: path.clone(),
            source,
        })?;
        PublicKey::from_pem(&text).map_err(|source| SignatureKeyError::NoKey {
            path: path.clone(),
            source,
        })
    };
    files.iter().map(read).collect()
}

impl Registries {
    /// Fetches within `timeout`, a look at the signatures included, and demands a signature by one of `keys`, if there are any.
    pub fn new(timeout: Duration, plain_http: bool, keys: Vec<PublicKey>) -> Self {
        let client = Registry::new(Settings {
            plain_http,
            limits: Limits {
                connect: timeout.min(CONNECT),
                silence: timeout.min(SILENCE),
                whole: timeout,
            },
            ..Settings::default()
        });
        Self { client, keys }
    }

    /// Whether what was fetched earlier may be used without asking the registry again.
    pub fn trusts(&self, pulled: &Pulled) -> bool {
        let signed_by = |key: &PublicKey| pulled.signed_by.as_deref() == Some(&key.fingerprint());
        self.keys.is_empty() || self.keys.iter().any(signed_by)
    }

    /// The component that a reference with a digest names, and the key that signed it.
    ///
    /// # Errors
    /// What the registry said, or what is wrong with the signatures; nothing of it is used then.
    pub fn fetch(&self, reference: &str) -> Result<(Vec<u8>, Option<String>), FetchError> {
        let reference: Reference = reference.parse()?;
        if reference.digest().is_none() {
            return Err(FetchError::NoDigest);
        }
        if self.keys.is_empty() {
            let pulled = self.client.pull(&reference)?;
            return Ok((pulled.component, None));
        }
        match self.client.pull_signed(&reference, &self.keys) {
            Ok((pulled, key)) => Ok((pulled.component, Some(key.fingerprint()))),
            Err(VerifyError::Registry(error)) => Err(error.into()),
            Err(error) => Err(FetchError::NotSigned(error)),
        }
    }
}
