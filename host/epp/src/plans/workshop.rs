//! Where plans are made: blueprint in, plan out, nothing else touched.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use switchyard_engine::{Engine, StateStore};

use super::PlanError;
use super::blueprint::Blueprint;
use super::smoke;
use crate::active::{Active, Sources};
use crate::clock::Clock;
use crate::components::Components;
use crate::flags::Flags;
use crate::pool::Pool;

/// What every plan of a picker is made with.
pub struct Workshop {
    /// Flags that fill in what a document leaves open.
    pub flags: Flags,
    /// Runs the components.
    pub engine: Engine,
    /// The endpoints.
    pub pool: Arc<Pool>,
    /// Lanes made ahead.
    pub lanes: usize,
    /// What plugins keep, over plans.
    pub state: StateStore,
    /// Components of this and earlier plans.
    pub components: Arc<Components>,
    /// For dates.
    pub clock: Clock,
}

impl Workshop {
    /// The components of plans.
    pub fn components(&self) -> &Components {
        &self.components
    }

    /// Now, Unix ms.
    pub fn now_ms(&self) -> u64 {
        self.clock.unix_ms()
    }

    /// Makes a plan. Components that the blueprint knows by digest come from what is kept; the others from
    /// their files, and their digests are noted in the blueprint that comes back.
    ///
    /// # Errors
    /// What is wrong with the blueprint or one of its plugins.
    pub fn make(&self, mut blueprint: Blueprint) -> Result<(Active, Blueprint), PlanError> {
        let (mut resolved, _) = blueprint.resolve()?;
        self.flags.apply_scrape_flags(&mut resolved);
        for warning in &resolved.warnings {
            tracing::warn!("{warning}");
        }
        let shelf = Shelf {
            known: &blueprint.files,
            components: &self.components,
            read: Mutex::default(),
        };
        let active = Active::new(
            resolved,
            &self.engine,
            &self.pool,
            &self.state,
            &shelf,
            self.lanes,
        )?;
        blueprint.files = shelf
            .read
            .into_inner()
            .unwrap_or_else(PoisonError::into_inner);
        Ok((active, blueprint))
    }

    /// Tries a plan before anybody depends on it.
    ///
    /// # Errors
    /// What broke.
    pub fn smoke(&self, active: &Active) -> Result<(), String> {
        smoke::call(active, &self.pool, self.now_ms())
    }
}

/// Components for one plan.
struct Shelf<'a> {
    known: &'a BTreeMap<PathBuf, String>,
    components: &'a Components,
    read: Mutex<BTreeMap<PathBuf, String>>,
}

impl Sources for Shelf<'_> {
    fn file(&self, path: &Path) -> std::io::Result<Vec<u8>> {
        let (bytes, digest) = match self.known.get(path) {
            Some(digest) => (self.components.get(digest)?, digest.clone()),
            None => {
                let bytes = std::fs::read(path)?;
                let digest = self.components.keep(&bytes)?;
                (bytes, digest)
            }
        };
        let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
        read.insert(path.to_owned(), digest);
        Ok(bytes)
    }

    fn loaded(&self, digest: &str) -> std::io::Result<Vec<u8>> {
        self.components.get(digest)
    }
}
