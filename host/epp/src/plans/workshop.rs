//! Where plans are made: blueprint in, plan out. What runs does not notice.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use switchyard_engine::{Engine, StateStore, give_back_memory};

use super::PlanError;
use super::blueprint::Blueprint;
use super::shelf::Shelf;
use super::smoke;
use crate::active::Active;
use crate::clock;
use crate::components::Components;
use crate::flags::Flags;
use crate::pool::Pool;
use crate::registries::Registries;
use crate::stamp::Stamp;

/// Files as they were just before they were read.
pub type Stamps = BTreeMap<PathBuf, Stamp>;

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
    /// As many plugins a plan may have: instances of more have no room.
    pub most_plugins: usize,
    /// What plugins keep, over plans.
    pub state: StateStore,
    /// Components of this and earlier plans.
    pub components: Components,
    /// Where further ones come from.
    pub registries: Registries,
}

impl Workshop {
    /// Makes a plan. Components that the blueprint knows by digest come from what is kept; the others from
    /// their files and registries, and their digests are noted in the blueprint that comes back. `read` gets the files
    /// that were read, whatever comes of it.
    ///
    /// # Errors
    /// What is wrong with the blueprint or one of its plugins.
    pub fn make(
        &self,
        mut blueprint: Blueprint,
        read: &mut Stamps,
    ) -> Result<(Active, Blueprint), PlanError> {
        let (mut resolved, _) = blueprint.resolve()?;
        if resolved.plugins.len() > self.most_plugins {
            return Err(PlanError::TooMany {
                found: resolved.plugins.len(),
                most: self.most_plugins,
            });
        }
        self.flags.apply_scrape_flags(&mut resolved);
        for warning in &resolved.warnings {
            tracing::warn!("{warning}");
        }
        let shelf = Shelf::new(&blueprint, &self.components, &self.registries);
        let active = Active::new(
            resolved,
            &self.engine,
            &self.pool,
            &self.state,
            &shelf,
            self.lanes,
        );
        give_back_memory();
        let used = shelf.used();
        read.extend(used.read);
        blueprint.files = used.files;
        blueprint.registry = used.registry;
        Ok((active?, blueprint))
    }

    /// Tries a plan before anybody depends on it.
    ///
    /// # Errors
    /// What broke.
    pub fn smoke(&self, active: &Active) -> Result<(), String> {
        smoke::call(active, &self.pool, clock::now_ms())
    }
}
