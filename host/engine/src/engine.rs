//! The one wasmtime engine of a process, and what all plugins share: its clock, its cache, its linker, the thread
//! that makes spare instances.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use wasmtime::component::Linker;
use wasmtime::{Config, InstanceAllocationStrategy, PoolingAllocationConfig};

use crate::host;
use crate::load::{self, Alive, Cache, Component, LoadError};
use crate::priority;
use crate::spare::SpareMaker;
use crate::store::State;
use crate::ticker::Ticker;

/// How to make an [`Engine`].
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// Where compiled code is kept between starts; `None`: nowhere. Only this user may be able to write there.
    pub cache_dir: Option<PathBuf>,
    /// How finely deadlines are measured. A call may run up to two ticks and an eighth past its budget.
    pub tick: Duration,
    /// Instances that may live at once: every plugin has two in each lane, and twice that while a plan is
    /// swapped. Each reserves some 8 GiB of address space (not memory).
    pub max_instances: u32,
    /// The largest component that is loaded.
    pub max_component_bytes: usize,
    /// Stack of a guest. The calling thread must have this much to spare.
    pub stack_bytes: usize,
    /// Whether guests' instructions are counted, for [`LastCall::fuel`](crate::LastCall::fuel). Counting slows every
    /// call, so a picker does not; compiled code that counts is another in the cache.
    pub fuel: bool,
}

impl Default for EngineOptions {
    fn default() -> Self {
        Self {
            cache_dir: None,
            tick: Duration::from_micros(500),
            max_instances: 512,
            max_component_bytes: 64 << 20,
            stack_bytes: 512 << 10,
            fuel: false,
        }
    }
}

/// Why there is no engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// wasmtime refused the settings or the machine.
    #[error("the WebAssembly engine does not start on this machine: {reason}")]
    Wasmtime {
        /// What it said.
        reason: String,
    },
    /// The cache directory cannot be used.
    #[error(
        "the directory for compiled plugins, {}, cannot be used: {source}; name another, or none to compile at every start",
        dir.display()
    )]
    CacheDir {
        /// The directory.
        dir: PathBuf,
        /// Why not.
        source: std::io::Error,
    },
    /// A thread could not be started.
    #[error("a thread of the engine could not be started: {0}")]
    Thread(std::io::Error),
}

/// Loads components and runs them. Cheap to clone; clones are the same engine.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    wasm: wasmtime::Engine,
    linker: Linker<State>,
    ticker: Ticker,
    /// Behind all other threads, so that a component that compiles takes what requests leave over.
    compilers: rayon::ThreadPool,
    cache: Option<Cache>,
    alive: Alive,
    spares: SpareMaker,
    tick: Duration,
    max_component_bytes: usize,
    pooling: bool,
    fuel: bool,
    made: Instant,
}

impl Engine {
    /// Makes the engine and starts its threads (the ticker, the spare maker, compilers); they end with it.
    ///
    /// Instances come from a pool whose address space is reserved here. Where the machine refuses the reservation,
    /// they are made on demand with checked memory accesses, which is slower, and one line in the log says so.
    pub fn new(options: EngineOptions) -> Result<Self, EngineError> {
        let (wasm, pooling) = match make(&options, true) {
            Ok(wasm) => (wasm, true),
            Err(error) => {
                tracing::warn!(
                    max_instances = options.max_instances,
                    error = format!("{error:#}"),
                    "no address space for a pool of instances; they are made on demand, which is slower"
                );
                let wasm = make(&options, false).map_err(|error| wasmtime_error(&error))?;
                (wasm, false)
            }
        };
        let linker = host::linker(&wasm).map_err(|error| wasmtime_error(&error))?;
        let weak = wasm.weak();
        let ticker = Ticker::start(options.tick, move || match weak.upgrade() {
            Some(engine) => {
                engine.increment_epoch();
                true
            }
            None => false,
        })
        .map_err(EngineError::Thread)?;
        let compilers = rayon::ThreadPoolBuilder::new()
            .thread_name(|number| format!("compile-{number}"))
            .start_handler(|_| priority::stand_back())
            .build()
            .map_err(|error| EngineError::Thread(std::io::Error::other(error)))?;
        let cache = options.cache_dir.as_deref().map(open).transpose()?;
        let spares = SpareMaker::start().map_err(EngineError::Thread)?;
        Ok(Self(Arc::new(Inner {
            wasm,
            linker,
            ticker,
            compilers,
            cache,
            alive: Alive::default(),
            spares,
            tick: options.tick,
            max_component_bytes: options.max_component_bytes,
            pooling,
            fuel: options.fuel,
            made: Instant::now(),
        })))
    }

    /// Inspects, compiles and links a component.
    ///
    /// Compiling takes from 10 ms (Rust) to several seconds (Python) of one or more cores, a cached component
    /// about a millisecond. It compiles on threads of lowest priority, whoever calls, so that requests that are
    /// served meanwhile go first.
    pub fn load(&self, bytes: &[u8]) -> Result<Component, LoadError> {
        load::load(self, bytes)
    }

    /// A component whose compiled code is in the cache or in use, by the digest of its bytes, which are not needed
    /// for it. `None`: it is not there, and [`Engine::load`] compiles it.
    pub fn load_kept(&self, digest: &str) -> Option<Component> {
        load::load_kept(self, digest)
    }

    /// Whether instances come from a pool; see [`Engine::new`].
    pub fn is_pooling(&self) -> bool {
        self.0.pooling
    }

    /// Whether the clock of the deadlines sleeps, for want of calls.
    pub fn is_idle(&self) -> bool {
        self.0.ticker.is_parked()
    }

    pub(crate) fn wasm(&self) -> &wasmtime::Engine {
        &self.0.wasm
    }

    pub(crate) fn linker(&self) -> &Linker<State> {
        &self.0.linker
    }

    pub(crate) fn ticker(&self) -> &Ticker {
        &self.0.ticker
    }

    pub(crate) fn compilers(&self) -> &rayon::ThreadPool {
        &self.0.compilers
    }

    pub(crate) fn cache(&self) -> Option<&Cache> {
        self.0.cache.as_ref()
    }

    pub(crate) fn alive(&self) -> &Alive {
        &self.0.alive
    }

    pub(crate) fn spares(&self) -> &SpareMaker {
        &self.0.spares
    }

    pub(crate) fn tick(&self) -> Duration {
        self.0.tick
    }

    pub(crate) fn max_component_bytes(&self) -> usize {
        self.0.max_component_bytes
    }

    pub(crate) fn counts_fuel(&self) -> bool {
        self.0.fuel
    }

    pub(crate) fn made(&self) -> Instant {
        self.0.made
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine")
            .field("pooling", &self.0.pooling)
            .finish_non_exhaustive()
    }
}

fn open(dir: &Path) -> Result<Cache, EngineError> {
    Cache::open(dir).map_err(|source| EngineError::CacheDir {
        dir: dir.to_owned(),
        source,
    })
}

fn wasmtime_error(error: &wasmtime::Error) -> EngineError {
    EngineError::Wasmtime {
        reason: format!("{error:#}"),
    }
}

fn make(options: &EngineOptions, pooling: bool) -> wasmtime::Result<wasmtime::Engine> {
    let mut config = Config::new();
    config
        .concurrency_support(false)
        .epoch_interruption(true)
        .consume_fuel(options.fuel)
        .max_wasm_stack(options.stack_bytes)
        .memory_may_move(false);
    if pooling {
        config.allocation_strategy(InstanceAllocationStrategy::Pooling(pool(
            options.max_instances,
        )));
    } else {
        // Where 4 GiB for each of many memories is too much, one is likely too much as well.
        config
            .memory_may_move(true)
            .memory_reservation(0)
            .memory_reservation_for_growth(1 << 20)
            .memory_guard_size(64 << 10);
    }
    wasmtime::Engine::new(&config)
}

/// A pool for `instances` plugin instances. Interpreters need the room: a Python guest is 38 core instances.
fn pool(instances: u32) -> PoolingAllocationConfig {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(100))
        .total_memories(instances.saturating_mul(2))
        .total_tables(instances.saturating_mul(8))
        .max_unused_warm_slots(instances)
        .max_component_instance_size(16 << 20)
        .max_core_instance_size(16 << 20)
        .max_core_instances_per_component(100)
        .max_memories_per_component(10)
        .max_tables_per_component(100)
        .max_tables_per_module(10)
        .table_elements(200_000)
        .linear_memory_keep_resident(256 << 10)
        .table_keep_resident(64 << 10);
    pool
}
