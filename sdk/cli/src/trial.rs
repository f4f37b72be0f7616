//! A component tried by itself, on the very engine that runs it in a picker: no picker, no network.
//!
//! ```text
//! bytes --Trial::new--> Trial --start(settings)--> Guest --ask(scene, question)--> Answer
//! ```

pub mod answer;
mod patience;
pub mod scene;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use switchyard_build::contract::Stage;
use switchyard_build::tools;
use switchyard_engine::{
    BreakerOptions, Component, Engine, EngineError, EngineLane, EngineOptions, Fetch, Fetched,
    Limits, LoadError, OwnColumns, Plugin, PluginOptions, StartError, StateStore,
};
use switchyard_scheduler::{Call, CallFault, Cause, Lane, PluginIndex};

pub use answer::Answer;
pub(crate) use patience::Budget;
pub use scene::{Question, Scene};
pub use switchyard_engine::LastCall;

/// Why a component cannot be tried.
#[derive(Debug, thiserror::Error)]
pub enum TrialError {
    /// There is no engine.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A picker would not load it either.
    #[error("{file}: {source}")]
    Load {
        /// The component.
        file: String,
        /// Why.
        source: LoadError,
    },
}

/// A component that was loaded.
#[derive(Debug)]
pub struct Trial {
    engine: Engine,
    component: Component,
    name: String,
}

/// The only plugin of a lane.
const ONLY: PluginIndex = PluginIndex(0);

impl Trial {
    /// Loads a component. `fuel`: its instructions are counted, which slows it.
    pub fn new(file: &str, name: &str, bytes: &[u8], fuel: bool) -> Result<Self, TrialError> {
        // A plugin is tried again and again; what was compiled once is there the next time.
        let cache = tools::folder().with_file_name("compiled");
        let engine = engine(fuel, Some(&cache)).or_else(|_| engine(fuel, None))?;
        let component = engine.load(bytes).map_err(|source| TrialError::Load {
            file: file.to_owned(),
            source,
        })?;
        Ok(Self {
            engine,
            component,
            name: name.to_owned(),
        })
    }

    /// The stages it exports.
    pub fn stages(&self) -> Vec<Stage> {
        let exported = self.component.stages();
        let has = |stage: &Stage| exported.iter().any(|known| known.as_str() == stage.name());
        Stage::ALL.into_iter().filter(has).collect()
    }

    /// What a picker lets plugins of its kind use.
    pub fn limits(&self) -> Limits {
        Limits::for_class(self.component.class())
    }

    /// Starts it with these settings. Its calls may take longer than `limits` say, but not for ever.
    pub fn start(&self, settings: &Value, limits: Limits) -> Result<Guest, StartError> {
        self.try_start(settings, limits)
            .map_err(|error| patience::explained_start(error, &limits))
    }

    fn try_start(&self, settings: &Value, limits: Limits) -> Result<Guest, StartError> {
        let columns = Arc::new(Columns::default());
        let options = PluginOptions {
            name: self.name.clone(),
            settings: settings.to_string(),
            limits: Some(patience::patient(limits)),
            // A plugin on trial answers every question, however many it failed before.
            breaker: BreakerOptions {
                faults: u32::MAX,
                ..BreakerOptions::default()
            },
            own_columns: columns.clone(),
            state: StateStore::new(),
        };
        let plugin = Arc::new(Plugin::new(&self.engine, &self.component, options)?);
        let lane = EngineLane::new(std::slice::from_ref(&plugin))?;
        Ok(Guest {
            plugin,
            lane,
            columns,
            limits,
            generation: 0,
            untold: None,
        })
    }
}

/// Whether other settings might be taken: the plugin names some of them, and not itself as the mistake.
pub fn is_about_settings(error: &StartError) -> bool {
    match error {
        StartError::Settings { diagnostics, .. } => {
            diagnostics.iter().all(|one| !one.path.is_empty())
        }
        _ => false,
    }
}

/// An engine for trying things; `cache`: where it keeps compiled code.
pub fn engine(fuel: bool, cache: Option<&std::path::Path>) -> Result<Engine, EngineError> {
    Engine::new(EngineOptions {
        cache_dir: cache.map(std::path::Path::to_path_buf),
        max_instances: 32,
        fuel,
        ..EngineOptions::default()
    })
}

/// A started plugin.
pub struct Guest {
    plugin: Arc<Plugin>,
    lane: EngineLane,
    columns: Arc<Columns>,
    /// As a picker would hold it to them.
    limits: Limits,
    generation: u64,
    /// How it broke when it was told of the endpoints.
    untold: Option<CallFault>,
}

impl Guest {
    /// What it says of itself and wants.
    pub fn plugin(&self) -> &Plugin {
        &self.plugin
    }

    /// A further instance of the same plugin, as another worker has one.
    pub fn another(&self) -> Result<Self, StartError> {
        Ok(Self {
            plugin: self.plugin.clone(),
            lane: EngineLane::new(std::slice::from_ref(&self.plugin))?,
            columns: self.columns.clone(),
            limits: self.limits,
            generation: 0,
            untold: None,
        })
    }

    /// What a picker would hold it to.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Tells it of the scene's endpoints. If it breaks, the calls that follow say so.
    pub fn tell(&mut self, scene: &Scene) {
        let faults = |plugin: &Plugin| plugin.stats().faults.values().sum::<u64>();
        let before = faults(&self.plugin);
        self.generation += 1;
        self.lane
            .endpoints_changed(self.generation, &scene.endpoints);
        let last = self.plugin.stats().last_fault;
        let broke = last.filter(|_| faults(&self.plugin) > before);
        self.untold = broke.map(|note| {
            let fault = CallFault {
                cause: note.cause,
                message: format!(
                    "told of {} endpoints: {}",
                    scene.endpoints.len(),
                    note.message
                ),
            };
            let budget = Budget::of_endpoints(&self.limits);
            patience::explained(fault, budget, &self.limits)
        });
    }

    /// How it broke when it was last told of endpoints, if it did.
    pub fn untold(&self) -> Option<&CallFault> {
        self.untold.as_ref()
    }

    /// Asks it something about the scene.
    pub fn ask(&mut self, scene: &Scene, question: &Question) -> Result<Answer, CallFault> {
        let rows = question.rows(scene);
        let inputs = scene.inputs(self.plugin.needs(), &rows);
        self.ask_with(scene, question, &rows, &inputs)
    }

    /// The same with inputs that are laid out already, so that nothing but the call is measured.
    pub fn ask_with(
        &mut self,
        scene: &Scene,
        question: &Question,
        rows: &[u32],
        inputs: &[f64],
    ) -> Result<Answer, CallFault> {
        let answer = self.call(scene, question, rows, inputs);
        answer.map_err(|fault| match (&self.untold, fault.cause) {
            (Some(untold), Cause::NoInstance) => untold.clone(),
            _ => {
                let budget = Budget::of(question, &self.limits);
                patience::explained(fault, budget, &self.limits)
            }
        })
    }

    fn call(
        &mut self,
        scene: &Scene,
        question: &Question,
        rows: &[u32],
        inputs: &[f64],
    ) -> Result<Answer, CallFault> {
        let call = Call {
            plugin: ONLY,
            request: &scene.request,
            profile: &scene.profile,
        };
        let lane = &mut self.lane;
        match question {
            Question::Keep => {
                let mut kept = Vec::new();
                lane.keep(call, rows, inputs, &mut kept)?;
                Ok(Answer::Kept(kept))
            }
            Question::Score => {
                let mut scores = Vec::new();
                lane.score(call, rows, inputs, &mut scores)?;
                Ok(Answer::Scores(scores))
            }
            Question::Pick { totals } => lane.pick(call, rows, totals, inputs).map(Answer::Picked),
            Question::Agree { .. } => lane.agree(call, rows, inputs).map(Answer::Agrees),
            Question::Next { done } => lane.next(call, done, inputs).map(Answer::Steps),
            Question::Decide { done } => lane.decide(call, done, inputs).map(Answer::Decision),
            Question::Parse {
                fetch,
                status,
                elapsed_ms,
                body,
            } => {
                let fetched = Fetched {
                    fetch: *fetch,
                    row: rows.first().copied().unwrap_or(0),
                    status: *status,
                    elapsed_ms: *elapsed_ms,
                    body,
                };
                let samples = lane.scraper_parse(ONLY, fetched)?;
                let planned = self.plugin.fetches().get(*fetch as usize);
                let columns = planned.map_or_else(Vec::new, |planned| planned.columns.clone());
                Ok(Answer::Samples(columns, samples))
            }
            Question::Picked { decision } => {
                lane.picked(call, decision, inputs).map(Answer::Headers)
            }
            Question::ResponseStarted { status } => {
                lane.response_started(call, *status).map(Answer::Headers)
            }
            Question::ResponseEnded { ended } => lane
                .response_ended(call, ended)
                .map(|()| Answer::Headers(Vec::new())),
        }
    }

    /// What the last call cost.
    pub fn last_call(&self) -> LastCall {
        self.lane.last_call()
    }

    /// What a scraper wants fetched.
    pub fn fetches(&self) -> &[Fetch] {
        self.plugin.fetches()
    }

    /// What it wrote to its own columns: by name, one value per row of the scene, NaN where it wrote none.
    pub fn own_columns(&self, scene: &Scene) -> BTreeMap<String, Vec<f64>> {
        let written = self.columns.written();
        let names = self.plugin.needs().own_columns.iter().zip(0..);
        names
            .map(|(name, column)| {
                let value = |row: &u32| written.get(&(column, *row)).copied().unwrap_or(f64::NAN);
                (name.clone(), scene.rows.iter().map(value).collect())
            })
            .collect()
    }
}

/// Own columns of one plugin.
#[derive(Debug, Default)]
struct Columns(Mutex<BTreeMap<(u32, u32), f64>>);

impl Columns {
    fn written(&self) -> std::sync::MutexGuard<'_, BTreeMap<(u32, u32), f64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl OwnColumns for Columns {
    fn declare(&self, _plugin: &str, _columns: &[String]) {}

    fn set(&self, column: u32, row: u32, value: f64) -> bool {
        self.written().insert((column, row), value);
        true
    }

    fn add(&self, column: u32, row: u32, delta: f64) -> bool {
        *self.written().entry((column, row)).or_insert(0.0) += delta;
        true
    }
}
