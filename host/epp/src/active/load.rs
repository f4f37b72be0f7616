//! Components from their sources, and plugins from components.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io;
use std::path::Path;
use std::sync::Arc;

use switchyard_config::{Limits as ConfigLimits, Mode, Plugin as Configured, Resolved, Source};
use switchyard_engine::{
    BreakerOptions, Component, Engine, Limits, Plugin, PluginOptions, StateStore,
};

use super::ActivateError;
use crate::embedded;
use crate::own_columns::{NoColumns, PoolColumns};
use crate::pool::Pool;
use crate::registries::FetchError;

/// Where components come from that are not embedded.
pub trait Sources {
    /// What a file holds.
    ///
    /// # Errors
    /// It cannot be read.
    fn file(&self, path: &Path) -> io::Result<Found>;
    /// What a reference into a registry names.
    ///
    /// # Errors
    /// The registry does not give it, or it is not signed as it must be.
    fn registry(&self, reference: &str) -> Result<Found, FetchError>;
    /// A component that is kept, by its digest: one that was given to the running picker, or one that was [found]
    /// without its bytes.
    ///
    /// [found]: Found
    ///
    /// # Errors
    /// It is not there.
    fn kept(&self, digest: &str) -> io::Result<Vec<u8>>;
}

/// A component at its source. Its digest is enough where its compiled code is kept, and that of a Python guest is ready
/// before its 18 MB are read.
pub struct Found {
    /// Of its bytes.
    pub digest: String,
    /// `None`: [`Sources::kept`] has them.
    pub bytes: Option<Vec<u8>>,
}

/// Every plugin of a configuration, in its order. A component that several plugins use is loaded once.
pub(super) fn all(
    resolved: &Resolved,
    engine: &Engine,
    pool: &Arc<Pool>,
    state: &StateStore,
    sources: &dyn Sources,
) -> Result<Vec<Arc<Plugin>>, ActivateError> {
    let mut components: BTreeMap<&Source, Component> = BTreeMap::new();
    resolved
        .plugins
        .iter()
        .map(|configured| {
            let component = match components.entry(&configured.source) {
                Entry::Occupied(loaded) => loaded.get().clone(),
                Entry::Vacant(place) => place
                    .insert(component(configured, engine, sources)?)
                    .clone(),
            };
            start(configured, engine, component, pool, state).map(Arc::new)
        })
        .collect()
}

fn component(
    configured: &Configured,
    engine: &Engine,
    sources: &dyn Sources,
) -> Result<Component, ActivateError> {
    let load = |bytes: &[u8]| {
        engine.load(bytes).map_err(|source| ActivateError::Load {
            plugin: configured.name.clone(),
            source,
        })
    };
    let component = match found(configured, sources)? {
        Origin::Embedded(bytes) => load(bytes)?,
        Origin::Elsewhere(found) => match engine.load_kept(&found.digest) {
            Some(component) => component,
            None => load(&bytes(configured, sources, found)?)?,
        },
    };
    told(configured, &component);
    Ok(component)
}

/// Those of the binary are many, and of no news.
fn told(configured: &Configured, component: &Component) {
    let (plugin, digest) = (&configured.name, component.digest());
    let ms = component.load_time().as_millis() as u64;
    let how = match component.from_cache() {
        true => "component loaded from the cache",
        false => "component compiled",
    };
    match configured.source {
        Source::Builtin(_) => tracing::debug!(plugin, digest, ms, "{how}"),
        _ => tracing::info!(plugin, digest, ms, "{how}"),
    }
}

enum Origin {
    Embedded(&'static [u8]),
    Elsewhere(Found),
}

fn found(configured: &Configured, sources: &dyn Sources) -> Result<Origin, ActivateError> {
    let plugin = || configured.name.clone();
    match &configured.source {
        Source::Builtin(stem) => embedded::component(stem)
            .map(Origin::Embedded)
            .ok_or_else(|| ActivateError::NotEmbedded {
                plugin: plugin(),
                stem: stem.clone(),
                held: embedded::stems().collect::<Vec<_>>().join(", "),
            }),
        Source::File(path) => {
            sources
                .file(path)
                .map(Origin::Elsewhere)
                .map_err(|source| ActivateError::Unreadable {
                    plugin: plugin(),
                    path: path.clone(),
                    source,
                })
        }
        Source::Loaded(digest) => Ok(Origin::Elsewhere(Found {
            digest: digest.clone(),
            bytes: None,
        })),
        Source::Oci(reference) => {
            sources
                .registry(reference)
                .map(Origin::Elsewhere)
                .map_err(|source| ActivateError::NotFetched {
                    plugin: plugin(),
                    reference: reference.clone(),
                    source: Box::new(source),
                })
        }
        Source::ConfigMap { name, key, .. } => Err(ActivateError::SourceNotHere {
            plugin: plugin(),
            from: format!("the ConfigMap {name} (key {key})"),
        }),
    }
}

fn bytes(
    configured: &Configured,
    sources: &dyn Sources,
    found: Found,
) -> Result<Vec<u8>, ActivateError> {
    let Found { digest, bytes } = found;
    let kept = |source| ActivateError::NotKept {
        plugin: configured.name.clone(),
        digest: digest.clone(),
        source,
    };
    bytes.map_or_else(|| sources.kept(&digest).map_err(kept), Ok)
}

fn start(
    configured: &Configured,
    engine: &Engine,
    component: Component,
    pool: &Arc<Pool>,
    state: &StateStore,
) -> Result<Plugin, ActivateError> {
    let options = PluginOptions {
        name: configured.name.clone(),
        settings: configured.parameters.to_string(),
        limits: Some(limits(&configured.limits, &component)),
        breaker: BreakerOptions::default(),
        own_columns: match configured.mode {
            Mode::Active => Arc::new(PoolColumns::new(pool.clone())),
            Mode::Shadow { .. } => Arc::new(NoColumns),
        },
        state: state.clone(),
    };
    Plugin::new(engine, &component, options).map_err(|source| ActivateError::Start {
        plugin: configured.name.clone(),
        source,
    })
}

/// The class's defaults with what the configuration says instead.
fn limits(configured: &ConfigLimits, component: &Component) -> Limits {
    let class = Limits::for_class(component.class());
    let bytes = |bytes: Option<u64>, or: usize| bytes.map_or(or, |bytes| bytes as usize);
    Limits {
        call: configured.call.unwrap_or(class.call),
        hook: configured.hook.unwrap_or(class.hook),
        parse: configured.parse.unwrap_or(class.parse),
        endpoints_changed: configured
            .endpoints_changed
            .unwrap_or(class.endpoints_changed),
        start: configured.start.unwrap_or(class.start),
        memory_bytes: bytes(configured.memory_bytes, class.memory_bytes),
        host_bytes: bytes(configured.host_call_bytes, class.host_bytes),
        log_bytes: bytes(configured.log_bytes, class.log_bytes),
    }
}
