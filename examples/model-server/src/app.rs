//! What all requests of one server share.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use hyper::header::HeaderValue;

use crate::engine::{Engine, Shape};
use crate::lora::LoraModule;
use crate::options::Options;
use crate::rng::Rng;

/// One server's shared state.
pub(crate) struct App {
    /// The command line.
    pub options: Options,
    /// Slots, queue and cache.
    pub engine: Arc<Engine>,
    /// The exposition of `--metrics-file`.
    pub metrics_file: Option<Bytes>,
    /// When the server started, for its readiness.
    pub started: Instant,
    /// The same as Unix time, for `created` fields.
    pub started_unix: u64,
    /// The header `x-inference-pod`.
    pub pod: HeaderValue,
    /// The header `x-inference-port`.
    pub port: HeaderValue,
    /// The header `x-inference-namespace`.
    pub namespace: Option<HeaderValue>,
    loras: RwLock<Vec<LoraModule>>,
    requests: AtomicU64,
}

/// The model a request asks for.
pub(crate) struct Target {
    /// The name in answers.
    pub name: String,
    /// The adapter, if it is one.
    pub lora: Option<Arc<str>>,
}

impl App {
    /// The state of a server that listens on `port`.
    pub(crate) fn new(options: Options, metrics_file: Option<Bytes>, port: u16) -> Self {
        let shape = Shape {
            blocks: options
                .enable_kvcache
                .then_some(options.kv_cache_size as usize),
            block_size: options.block_size as usize,
            max_loras: options.max_loras as usize,
            report_loras: !options.lora_modules.is_empty(),
        };
        let header = |text: &str| HeaderValue::from_str(text);
        let port_text = port.to_string();
        let pod = options
            .pod_name
            .clone()
            .unwrap_or_else(|| format!("sim-{port}"));
        Self {
            engine: Arc::new(Engine::new(shape, options.live.clone())),
            metrics_file,
            started: Instant::now(),
            started_unix: unix_now(),
            pod: header(&pod).unwrap_or(HeaderValue::from_static("sim")),
            port: header(&port_text).unwrap_or(HeaderValue::from_static("0")),
            namespace: options
                .pod_namespace
                .as_deref()
                .and_then(|name| header(name).ok()),
            loras: RwLock::new(options.lora_modules.clone()),
            requests: AtomicU64::new(0),
            options,
        }
    }

    /// A generator of its own for each request, in order of arrival.
    pub(crate) fn request_rng(&self) -> Rng {
        let number = self.requests.fetch_add(1, Ordering::Relaxed);
        Rng::new(Rng::new(self.options.seed ^ number.rotate_left(32)).bits())
    }

    /// The model `asked` for; without a name, the first one. `None` if there is no such model.
    pub(crate) fn target(&self, asked: Option<&str>) -> Option<Target> {
        let first = self.options.base_names().next().unwrap_or_default();
        let Some(asked) = asked else {
            return Some(Target {
                name: first.to_owned(),
                lora: None,
            });
        };
        if self.options.base_names().any(|name| name == asked) {
            return Some(Target {
                name: asked.to_owned(),
                lora: None,
            });
        }
        let loras = self.loras.read().unwrap_or_else(PoisonError::into_inner);
        loras
            .iter()
            .any(|module| module.name == asked)
            .then(|| Target {
                name: asked.to_owned(),
                lora: Some(Arc::from(asked)),
            })
    }

    /// The adapters served now.
    pub(crate) fn loras(&self) -> Vec<LoraModule> {
        self.loras
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Adds an adapter; false if the name is taken.
    pub(crate) fn load_lora(&self, module: LoraModule) -> bool {
        let mut loras = self.loras.write().unwrap_or_else(PoisonError::into_inner);
        let taken = loras.iter().any(|known| known.name == module.name)
            || self.options.base_names().any(|name| name == module.name);
        if !taken {
            loras.push(module);
        }
        !taken
    }

    /// Removes an adapter; false if there is none of that name.
    pub(crate) fn unload_lora(&self, name: &str) -> bool {
        let mut loras = self.loras.write().unwrap_or_else(PoisonError::into_inner);
        let before = loras.len();
        loras.retain(|module| module.name != name);
        loras.len() < before
    }
}

/// Unix time in seconds.
pub(crate) fn unix_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}
