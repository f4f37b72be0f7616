//! Components from their sources, and plugins from components.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use switchyard_config::{Limits as ConfigLimits, Plugin as Configured, Resolved, Source};
use switchyard_engine::{
    BreakerOptions, Component, Engine, Limits, Plugin, PluginOptions, StateStore,
};

use super::ActivateError;
use crate::embedded;
use crate::own_columns::PoolColumns;
use crate::pool::Pool;

/// Where components come from that are not embedded.
pub trait Sources {
    /// The bytes of a file.
    ///
    /// # Errors
    /// It cannot be read.
    fn file(&self, path: &Path) -> io::Result<Vec<u8>>;
    /// What was given to the running picker, by its digest.
    ///
    /// # Errors
    /// It is not there.
    fn loaded(&self, digest: &str) -> io::Result<Vec<u8>>;
}

/// Files, and nothing that was loaded.
#[derive(Debug, Clone, Copy, Default)]
pub struct Files;

impl Sources for Files {
    fn file(&self, path: &Path) -> io::Result<Vec<u8>> {
        std::fs::read(path)
    }

    fn loaded(&self, _digest: &str) -> io::Result<Vec<u8>> {
        Err(io::ErrorKind::NotFound.into())
    }
}

/// Every plugin of a configuration, in its order. A component that several plugins use is loaded once.
pub(super) fn all(
    resolved: &Resolved,
    engine: &Engine,
    pool: &Arc<Pool>,
    state: &StateStore,
    sources: &dyn Sources,
) -> Result<Vec<Arc<Plugin>>, ActivateError> {
    let mut components: BTreeMap<String, Component> = BTreeMap::new();
    resolved
        .plugins
        .iter()
        .map(|configured| {
            let key = format!("{:?}", configured.source);
            let component = match components.get(&key) {
                Some(component) => component.clone(),
                None => {
                    let component = component(configured, engine, sources)?;
                    components.insert(key, component.clone());
                    component
                }
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
    let bytes = bytes(configured, sources)?;
    let loaded = engine.load(&bytes);
    let component = loaded.map_err(|source| ActivateError::Load {
        plugin: configured.name.clone(),
        source,
    })?;
    tracing::debug!(
        plugin = configured.name,
        digest = component.digest(),
        from_cache = component.from_cache(),
        ms = component.load_time().as_millis() as u64,
        "component loaded"
    );
    Ok(component)
}

fn bytes(
    configured: &Configured,
    sources: &dyn Sources,
) -> Result<Cow<'static, [u8]>, ActivateError> {
    let plugin = || configured.name.clone();
    match &configured.source {
        Source::Builtin(stem) => {
            embedded::component(stem)
                .map(Cow::Borrowed)
                .ok_or_else(|| ActivateError::NotEmbedded {
                    plugin: plugin(),
                    stem: stem.clone(),
                    held: embedded::stems().collect::<Vec<_>>().join(", "),
                })
        }
        Source::File(path) => {
            sources
                .file(path)
                .map(Cow::Owned)
                .map_err(|source| ActivateError::Unreadable {
                    plugin: plugin(),
                    path: path.clone(),
                    source,
                })
        }
        Source::Loaded(digest) => {
            sources
                .loaded(digest)
                .map(Cow::Owned)
                .map_err(|source| ActivateError::NotKept {
                    plugin: plugin(),
                    digest: digest.clone(),
                    source,
                })
        }
        Source::Oci(reference) => Err(ActivateError::SourceNotHere {
            plugin: plugin(),
            from: format!("the registry ({reference})"),
        }),
        Source::ConfigMap { name, key, .. } => Err(ActivateError::SourceNotHere {
            plugin: plugin(),
            from: format!("the ConfigMap {name} (key {key})"),
        }),
    }
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
        own_columns: Arc::new(PoolColumns::new(pool.clone())),
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
