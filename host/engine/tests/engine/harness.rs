//! An engine, a plugin, a lane: what nearly every test begins with.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use switchyard_engine::{
    BreakerOptions, Component, Engine, EngineLane, EngineOptions, Limits, OwnColumns, Plugin,
    PluginOptions, StartError, StateStore,
};
use switchyard_scheduler::{Call, CallFault, HeaderSource, Lane, PluginIndex, Request};

use crate::guest::Guest;

/// The first plugin of a lane.
pub const FIRST: PluginIndex = PluginIndex(0);

/// A small engine for one test.
pub fn engine() -> Engine {
    Engine::new(EngineOptions {
        max_instances: 16,
        ..EngineOptions::default()
    })
    .unwrap()
}

/// Own columns that remember what was written.
#[derive(Debug, Default)]
pub struct Columns {
    pub declared: Mutex<Vec<String>>,
    pub writes: Mutex<Vec<(u32, u32, f64)>>,
}

impl OwnColumns for Columns {
    fn declare(&self, plugin: &str, columns: &[String]) {
        let names = columns.iter().map(|column| format!("{plugin}/{column}"));
        self.declared.lock().unwrap().extend(names);
    }
    fn set(&self, column: u32, row: u32, value: f64) -> bool {
        self.writes.lock().unwrap().push((column, row, value));
        row < 1000
    }
    fn add(&self, column: u32, row: u32, delta: f64) -> bool {
        self.set(column, row, delta)
    }
}

/// Generous limits of time, so that a busy machine fails no test that is not about time.
pub fn limits() -> Limits {
    let long = Duration::from_secs(5);
    Limits {
        call: long,
        hook: long,
        parse: long,
        endpoints_changed: long,
        start: long,
        memory_bytes: 4 << 20,
        host_bytes: 1 << 20,
        log_bytes: 64 << 10,
    }
}

/// What a test may choose.
pub struct Bench {
    pub settings: &'static str,
    pub engine: Engine,
    pub limits: Limits,
    pub breaker: BreakerOptions,
    pub columns: Arc<Columns>,
    pub state: StateStore,
}

impl Default for Bench {
    fn default() -> Self {
        Self {
            settings: "{}",
            engine: engine(),
            limits: limits(),
            // Out of the way, except in tests about it.
            breaker: BreakerOptions {
                faults: 1000,
                ..BreakerOptions::default()
            },
            columns: Arc::default(),
            state: StateStore::new(),
        }
    }
}

impl Bench {
    pub fn start(&self, guest: &Guest) -> Result<Arc<Plugin>, StartError> {
        let component = self.engine.load(&guest.build()).unwrap();
        self.started(&component)
    }

    fn started(&self, component: &Component) -> Result<Arc<Plugin>, StartError> {
        let options = PluginOptions {
            name: "subject".to_owned(),
            settings: self.settings.to_owned(),
            limits: Some(self.limits),
            breaker: self.breaker,
            own_columns: self.columns.clone(),
            state: self.state.clone(),
        };
        Plugin::new(&self.engine, component, options).map(Arc::new)
    }

    pub fn lane(&self, guest: &Guest) -> (Arc<Plugin>, EngineLane) {
        self.laned(self.start(guest).unwrap())
    }

    /// The same of a component that is loaded already.
    pub fn lane_of(&self, component: &Component) -> (Arc<Plugin>, EngineLane) {
        self.laned(self.started(component).unwrap())
    }

    fn laned(&self, plugin: Arc<Plugin>) -> (Arc<Plugin>, EngineLane) {
        let lane = EngineLane::new(&[Arc::clone(&plugin)]).unwrap();
        (plugin, lane)
    }
}

/// A plugin and its lane, with everything as usual.
pub fn lane(guest: &Guest) -> (Arc<Plugin>, EngineLane) {
    Bench::default().lane(guest)
}

struct Headers;

impl HeaderSource for Headers {
    fn header(&self, name: &str) -> Option<String> {
        let known = [("x-tenant", "acme"), ("cookie", "crumb")];
        let found = known.iter().find(|(known, _)| *known == name);
        found.map(|(_, value)| (*value).to_owned())
    }
}

pub fn request() -> Arc<Request> {
    let mut request = Request::new("r-1".to_owned(), 1_700_000_000_123, 7, Box::new(Headers));
    request.model = "llama".to_owned();
    request.keep_body(vec![b'x'; 100_000]);
    Arc::new(request)
}

/// A call to the first plugin, in the profile `default`.
pub fn call(request: &Arc<Request>) -> Call<'_> {
    Call {
        plugin: FIRST,
        request,
        profile: "default",
    }
}

/// Scores two rows, 3 and 8, whose inputs are 0.25 and 0.75.
pub fn score(lane: &mut EngineLane) -> Result<Vec<f64>, CallFault> {
    let request = request();
    let mut scores = Vec::new();
    lane.score(call(&request), &[3, 8], &[0.25, 0.75], &mut scores)?;
    Ok(scores)
}

/// Scores until an instance is there; spares come from another thread.
pub fn score_when_ready(lane: &mut EngineLane) -> Result<Vec<f64>, CallFault> {
    let start = Instant::now();
    loop {
        match score(lane) {
            Err(fault) if fault.cause == switchyard_scheduler::Cause::NoInstance => {
                assert!(
                    start.elapsed() < Duration::from_secs(20),
                    "no spare ever came"
                );
                std::thread::sleep(Duration::from_millis(1));
            }
            other => return other,
        }
    }
}

/// What was logged on this thread.
#[derive(Debug, Clone, Default)]
pub struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    pub fn during<T>(&self, run: impl FnOnce() -> T) -> T {
        let log = self.clone();
        let subscriber = tracing_subscriber::fmt()
            .with_ansi(false)
            .with_writer(move || log.clone())
            .finish();
        tracing::subscriber::with_default(subscriber, run)
    }

    pub fn lines(&self) -> Vec<String> {
        let text = self.0.lock().unwrap();
        String::from_utf8_lossy(&text)
            .lines()
            .map(str::to_owned)
            .collect()
    }
}

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
