//! From a component's bytes to something that can be instantiated, or to a sentence that says why not.

mod alive;
mod cache;
mod error;
mod inspect;

use std::sync::Arc;
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use wasmtime::component::InstancePre;

pub use error::LoadError;
pub use inspect::{Class, Stages};

pub(crate) use alive::Alive;
pub(crate) use cache::Cache;

use cache::Kept;

use crate::engine::Engine;
use crate::guests::Indices;
use crate::host::wasi;
use crate::journal::hex;
use crate::store::State;

/// The contract that this host offers.
pub const CONTRACT_VERSION: &str = "0.1.0";

/// A component that was inspected, compiled and linked. Cheap to clone.
#[derive(Clone)]
pub struct Component {
    loaded: Arc<Loaded>,
    load_time: Duration,
    from_cache: bool,
}

struct Loaded {
    digest: String,
    size_bytes: usize,
    stages: Stages,
    class: Class,
    pre: InstancePre<State>,
    indices: Indices,
}

impl Component {
    /// SHA-256 of the component's bytes, in hex.
    pub fn digest(&self) -> &str {
        &self.loaded.digest
    }

    /// Length of the component's bytes.
    pub fn size_bytes(&self) -> usize {
        self.loaded.size_bytes
    }

    /// What the component can be.
    pub fn stages(&self) -> Stages {
        self.loaded.stages
    }

    /// The kind of guest, which decides its default limits.
    pub fn class(&self) -> Class {
        self.loaded.class
    }

    /// How long inspecting and compiling, or fetching from the cache, took.
    pub fn load_time(&self) -> Duration {
        self.load_time
    }

    /// Whether compiled code was found in the cache, or in use by another plan.
    pub fn from_cache(&self) -> bool {
        self.from_cache
    }

    pub(crate) fn pre(&self) -> &InstancePre<State> {
        &self.loaded.pre
    }

    pub(crate) fn indices(&self) -> &Indices {
        &self.loaded.indices
    }
}

impl std::fmt::Debug for Component {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Component")
            .field("digest", &self.loaded.digest)
            .field("stages", &self.loaded.stages)
            .finish_non_exhaustive()
    }
}

/// See [`Engine::load`].
pub(crate) fn load(engine: &Engine, bytes: &[u8]) -> Result<Component, LoadError> {
    let start = Instant::now();
    let limit_bytes = engine.max_component_bytes();
    if bytes.len() > limit_bytes {
        return Err(LoadError::TooBig {
            found_bytes: bytes.len(),
            limit_bytes,
        });
    }
    let digest = digest_of(bytes);
    // What lies in the cache was looked at before it was compiled.
    if let Some(component) = load_kept(engine, &digest) {
        return Ok(component);
    }
    let kept = Kept {
        found: inspect::inspect(bytes)?,
        size_bytes: bytes.len(),
        component: compile(engine, bytes)?,
    };
    if let Some(cache) = engine.cache()
        && let Err(error) = cache.keep(engine.wasm(), &digest, &kept)
    {
        tracing::warn!(digest, %error, "compiled code was not kept; the next start compiles again");
    }
    joined(engine, digest, kept, (start, false))
}

/// See [`Engine::load_kept`].
pub(crate) fn load_kept(engine: &Engine, digest: &str) -> Option<Component> {
    let start = Instant::now();
    if let Some(loaded) = engine.alive().find(digest) {
        return Some(Component {
            loaded,
            load_time: start.elapsed(),
            from_cache: true,
        });
    }
    let kept = engine.cache()?.find(engine.wasm(), digest)?;
    // It was linked when it was kept; if it cannot be now, compiling it again tells why.
    joined(engine, digest.to_owned(), kept, (start, true)).ok()
}

/// Links a compiled component. The last argument says when loading began, and whether the code was kept.
fn joined(
    engine: &Engine,
    digest: String,
    kept: Kept,
    (start, from_cache): (Instant, bool),
) -> Result<Component, LoadError> {
    let Kept {
        component,
        found,
        size_bytes,
    } = kept;
    let mut linker = engine.linker().clone();
    wasi::add(&mut linker, &component).map_err(|error| link(&error))?;
    let pre = linker
        .instantiate_pre(&component)
        .map_err(|error| link(&error))?;
    let indices = Indices::find(&pre, found.stages).map_err(|error| link(&error))?;
    let loaded = Arc::new(Loaded {
        digest,
        size_bytes,
        stages: found.stages,
        class: found.class,
        pre,
        indices,
    });
    engine.alive().note(&loaded);
    Ok(Component {
        loaded,
        load_time: start.elapsed(),
        from_cache,
    })
}

fn compile(engine: &Engine, bytes: &[u8]) -> Result<wasmtime::component::Component, LoadError> {
    let compiled = || wasmtime::component::Component::from_binary(engine.wasm(), bytes);
    engine
        .compilers()
        .install(compiled)
        .map_err(|error| LoadError::Compile {
            reason: format!("{error:#}"),
        })
}

fn link(error: &wasmtime::Error) -> LoadError {
    LoadError::Link {
        reason: format!("{error:#}"),
    }
}

/// The digest by which a component is known: SHA-256 of its bytes, in hexadecimal.
pub fn digest_of(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}
