//! The plan that is measured, with its plugins, endpoints and numbers.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use switchyard_engine::{
    BreakerOptions, Component, Engine, EngineLane, EngineOptions, Limits, OwnColumns, Plugin,
    PluginOptions, StateStore,
};
use switchyard_scheduler::{
    ColumnStore, EndpointSpec, HeaderSource, Plan, PlanColumn, PlanPlugin, PluginIndex, Profile,
    Request, RequestValues, RowPool, Snapshot, Source, Weighted,
};

use crate::native::{self, Native, NativeLane, Scorer};

/// The scorers: type, weight, and the same as plain Rust.
pub const SCORERS: [(&str, f64, Scorer); 4] = [
    ("queue-scorer", 2.0, native::queue),
    (
        "kv-cache-utilization-scorer",
        2.0,
        native::kv_cache_utilization,
    ),
    ("prefix-cache-scorer", 3.0, native::prefix_cache),
    ("lora-affinity-scorer", 1.0, native::lora_affinity),
];
const FILTER: &str = "decode-filter";
const PICKER: &str = "max-score-picker";
const HANDLER: &str = "single-profile-handler";
/// The only profile.
pub const PROFILE: &str = "default";
/// When everything happens, Unix ms.
pub const NOW_MS: u64 = 1_780_000_000_000;

/// Why the plan cannot be measured.
#[derive(Debug, thiserror::Error)]
pub enum BedError {
    /// A component is not there.
    #[error("{} cannot be read: {source}; build the plugins with `cargo bench-epp`", path.display())]
    Component {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The engine or a plugin does not start.
    #[error("{what} does not start: {reason}")]
    Start {
        /// Which one.
        what: String,
        /// Why.
        reason: String,
    },
    /// What was measured went wrong.
    #[error("{what} came out wrong: {found}")]
    Wrong {
        /// What was measured.
        what: String,
        /// What came instead.
        found: String,
    },
}

/// The plan and its plugins; endpoints come with a [`Pool`].
pub struct Bed {
    /// What the scheduler runs.
    pub plan: Arc<Plan>,
    plugins: Vec<Arc<Plugin>>,
    columns: ColumnStore,
}

/// Endpoints with their numbers.
pub struct Pool {
    /// The endpoints.
    pub snapshot: Arc<Snapshot>,
    /// What data producers would know of the request.
    pub values: RequestValues,
}

impl Bed {
    /// Loads the components from `directory`.
    pub fn new(directory: &Path) -> Result<Self, BedError> {
        let start = |what: &str, reason: String| BedError::Start {
            what: what.to_owned(),
            reason,
        };
        let engine = Engine::new(EngineOptions::default());
        let engine = engine.map_err(|error| start("the engine", error.to_string()))?;
        let scorers = SCORERS.iter().map(|(name, ..)| *name);
        let names = scorers.chain([FILTER, PICKER, HANDLER]);
        let plugins: Result<Vec<Arc<Plugin>>, BedError> = names
            .map(|name| {
                let path = directory.join(format!("{name}.wasm"));
                let bytes = std::fs::read(&path);
                let bytes = bytes.map_err(|source| BedError::Component { path, source })?;
                let component = engine.load(&bytes);
                let component = component.map_err(|error| start(name, error.to_string()))?;
                let plugin = Plugin::new(&engine, &component, options(name, &component));
                let plugin = plugin.map_err(|error| start(name, error.to_string()))?;
                Ok(Arc::new(plugin))
            })
            .collect();
        let (plugins, columns) = (plugins?, ColumnStore::default());
        Ok(Self {
            plan: Arc::new(plan(&plugins, &columns)),
            plugins,
            columns,
        })
    }

    /// A lane of components, recording as in production.
    pub fn lane(&self) -> Result<EngineLane, BedError> {
        let lane = EngineLane::new(&self.plugins).map_err(|error| BedError::Start {
            what: "a lane".into(),
            reason: error.to_string(),
        });
        lane.map(|mut lane| {
            lane.set_recording(true);
            lane
        })
    }

    /// The same plugins as plain Rust.
    pub fn native(&self) -> NativeLane {
        let scorers = SCORERS.iter().map(|(.., scorer)| Native::Scorer(*scorer));
        let others = [
            Native::DecodeFilter,
            Native::MaxScore,
            Native::SingleProfile(PROFILE.to_owned()),
        ];
        NativeLane::new(scorers.chain(others).collect())
    }

    /// `count` servers under a load that differs from one to the next; one in ten only prefills, and of
    /// one in sixteen nothing is known.
    pub fn pool(&self, count: u32) -> Pool {
        let snapshot = snapshot(count, &self.columns);
        for endpoint in &snapshot.endpoints {
            self.load(endpoint.row);
        }
        let matched = |row: u32| f64::from(row * 7 % 32);
        Pool {
            snapshot: Arc::new(snapshot),
            values: RequestValues {
                columns: vec![("prefix-match-blocks", (0..count).map(matched).collect())],
                scalars: vec![("prefix-total-blocks", 32.0), ("block-tokens", 16.0)],
            },
        }
    }

    fn load(&self, row: u32) {
        if row % 16 == 15 {
            return;
        }
        let set = |name: &str, value: f64| self.columns.column(name).set_at(row, value, NOW_MS);
        set("waiting-requests", f64::from(row * 13 % 11));
        set("kv-cache-usage", f64::from(row * 37 % 100) / 100.0);
        set("lora-max", 4.0);
        let adapters = |count: u32| (0..count).map(|at| format!("adapter-{at}")).collect();
        let sets = |name: &str, members| {
            self.columns.set_column(name).set_at(row, members, NOW_MS);
        };
        sets("lora-running", adapters(row % 5));
        sets("lora-waiting", adapters(row % 3));
    }
}

/// A request that nobody has scheduled yet.
pub fn request(number: u64) -> Arc<Request> {
    let id = format!("{number:032x}");
    let mut request = Request::new(id, NOW_MS, number, Box::new(Nothing));
    "/v1/chat/completions".clone_into(&mut request.path);
    request.profiles = [Arc::from(PROFILE)].into();
    "adapter-2".clone_into(&mut request.model);
    "adapter-2".clone_into(&mut request.target_model);
    Arc::new(request)
}

/// `count` servers, one in ten of which only prefills.
pub(crate) fn snapshot(count: u32, columns: &ColumnStore) -> Snapshot {
    let spec = |at: u32| {
        let role = if at % 10 == 9 { "prefill" } else { "decode" };
        EndpointSpec {
            name: format!("vllm-{at}"),
            namespace: "default".into(),
            address: IpAddr::V4(Ipv4Addr::from_bits(0x0a00_0001 + at)),
            port: 8000,
            rank: 0,
            labels: BTreeMap::from([("llm-d.ai/role".to_owned(), role.to_owned())]),
        }
    };
    let rows = Arc::new(RowPool::default());
    let before = Snapshot::new(u64::from(count), Vec::new());
    before.next((0..count).map(spec).collect(), &rows, columns)
}

/// A machine that stops us for longer than a call may take shall show in the figures, not end them.
const CALL_LIMIT: Duration = Duration::from_secs(5);

/// How a plugin is started here.
pub(crate) fn options(name: &str, component: &Component) -> PluginOptions {
    let limits = Limits {
        call: CALL_LIMIT,
        ..Limits::for_class(component.class())
    };
    PluginOptions {
        name: name.to_owned(),
        settings: "{}".to_owned(),
        limits: Some(limits),
        breaker: BreakerOptions::default(),
        own_columns: Arc::new(Nothing),
        state: StateStore::new(),
    }
}

fn plan(plugins: &[Arc<Plugin>], store: &ColumnStore) -> Plan {
    let (mut columns, mut scalars) = (Vec::new(), Vec::new());
    let plan_plugins = plugins.iter().map(|plugin| {
        let needs = plugin.needs();
        let names = needs.columns.iter().map(|input| input.name.as_str());
        let plugin_columns = names.map(|name| position(&mut columns, name)).collect();
        let names = needs.scalars.iter().map(|input| input.name.as_str());
        let plugin_scalars = names.map(|name| position(&mut scalars, name)).collect();
        PlanPlugin {
            name: plugin.name().into(),
            kind: plugin.name().into(),
            digest: plugin.component().digest().into(),
            on_fault: None,
            columns: plugin_columns,
            scalars: plugin_scalars,
        }
    });
    let plan_plugins = plan_plugins.collect();
    let index = |at: usize| PluginIndex(at as u32);
    let scorer = |at: usize| Weighted {
        plugin: index(at),
        weight: SCORERS[at].1,
    };
    let column = |name: &String| PlanColumn {
        name: name.as_str().into(),
        source: Source::of(name, store),
    };
    Plan {
        plugins: plan_plugins,
        handler: index(SCORERS.len() + 2),
        profiles: vec![Profile {
            name: PROFILE.into(),
            filters: vec![index(SCORERS.len())],
            scorers: (0..SCORERS.len()).map(scorer).collect(),
            picker: index(SCORERS.len() + 1),
        }],
        deciders: Vec::new(),
        hooks: Vec::new(),
        columns: columns.iter().map(column).collect(),
        scalars: scalars.iter().map(|name| name.as_str().into()).collect(),
    }
}

fn position(names: &mut Vec<String>, name: &str) -> usize {
    let known = names.iter().position(|known| known == name);
    known.unwrap_or_else(|| {
        names.push(name.to_owned());
        names.len() - 1
    })
}

/// No headers, no own columns.
struct Nothing;

impl HeaderSource for Nothing {
    fn header(&self, _: &str) -> Option<String> {
        None
    }
}

impl OwnColumns for Nothing {
    fn declare(&self, _: &str, _: &[String]) {}

    fn set(&self, _: u32, _: u32, _: f64) -> bool {
        false
    }

    fn add(&self, _: u32, _: u32, _: f64) -> bool {
        false
    }
}
