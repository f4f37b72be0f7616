//! The components for one plan: what it knows by digest comes from what is kept, the rest from its source, to be kept.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use super::blueprint::Blueprint;
use crate::active::{Found, Sources};
use crate::components::{self, Components};
use crate::registries::{FetchError, Pulled, Registries};
use crate::stamp::Stamp;

/// What a plan was made of.
#[derive(Debug, Default)]
pub struct Used {
    /// Files, and the digests of what they held.
    pub files: BTreeMap<PathBuf, String>,
    /// References, and what they named.
    pub registry: BTreeMap<String, Pulled>,
    /// The files that were read for it or should have been, as they were just before.
    pub read: BTreeMap<PathBuf, Stamp>,
}

/// Where a plan takes its components from.
pub struct Shelf<'a> {
    known: &'a Blueprint,
    components: &'a Components,
    registries: &'a Registries,
    used: RefCell<Used>,
}

impl<'a> Shelf<'a> {
    /// For the plan of this blueprint.
    pub fn new(
        known: &'a Blueprint,
        components: &'a Components,
        registries: &'a Registries,
    ) -> Self {
        Self {
            known,
            components,
            registries,
            used: RefCell::default(),
        }
    }

    /// What was taken.
    pub fn used(self) -> Used {
        self.used.into_inner()
    }

    /// Fetched before, still here, and signed as it must be now.
    fn pulled(&self, reference: &str) -> Option<Pulled> {
        let pulled = self.known.registry.get(reference)?;
        let usable = self.components.has(&pulled.digest) && self.registries.trusts(pulled);
        usable.then(|| pulled.clone())
    }
}

impl Sources for Shelf<'_> {
    fn file(&self, path: &Path) -> io::Result<Found> {
        let found = match self.known.files.get(path) {
            Some(digest) if self.components.has(digest) => Found {
                digest: digest.clone(),
                bytes: None,
            },
            Some(_) => return Err(io::ErrorKind::NotFound.into()),
            None => {
                let stamp = Stamp::of(path);
                self.used.borrow_mut().read.insert(path.to_owned(), stamp);
                let bytes = components::read(path)?;
                Found {
                    digest: self.components.keep(&bytes)?,
                    bytes: Some(bytes),
                }
            }
        };
        let digest = found.digest.clone();
        self.used.borrow_mut().files.insert(path.to_owned(), digest);
        Ok(found)
    }

    fn registry(&self, reference: &str) -> Result<Found, FetchError> {
        let (pulled, bytes) = match self.pulled(reference) {
            Some(pulled) => (pulled, None),
            None => {
                tracing::info!(reference, "fetching a component");
                let (bytes, signed_by) = self.registries.fetch(reference)?;
                let digest = self.components.keep(&bytes).map_err(FetchError::Keep)?;
                tracing::info!(reference, digest, signed_by, "fetched");
                (Pulled { digest, signed_by }, Some(bytes))
            }
        };
        let digest = pulled.digest.clone();
        let mut used = self.used.borrow_mut();
        used.registry.insert(reference.to_owned(), pulled);
        Ok(Found { digest, bytes })
    }

    fn kept(&self, digest: &str) -> io::Result<Vec<u8>> {
        self.components.get(digest)
    }
}
