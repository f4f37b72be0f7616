//! A configuration brought to life: its components loaded, configured and joined to a plan.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use switchyard_config::{Mode, Profile as ConfigProfile, Resolved, Source as ConfigSource};
use switchyard_engine::{Engine, EngineLane, Plugin, StartError, StateStore};
use switchyard_scheduler::{
    Lane, OnFault, Plan, PlanColumn, PlanPlugin, PluginIndex, Profile, REQUEST_COLUMNS,
    REQUEST_SCALARS, Shadow, Source, Stage, Weighted,
};

use crate::pool::Pool;

mod error;
mod load;
mod shadow;
pub use error::ActivateError;
pub use load::{Found, Sources};

/// Columns that the host itself writes.
const HOST_COLUMNS: &[&str] = &["in-flight-requests", "in-flight-tokens", "metrics-age-ms"];

/// A plan with its plugins. Immutable; a new configuration makes a new one beside it.
pub struct Active {
    /// What was asked for.
    pub resolved: Resolved,
    /// What the scheduler runs.
    pub plan: Arc<Plan>,
    /// The names of the plan's profiles, as every request carries them.
    pub profile_names: Arc<[Arc<str>]>,
    /// By [`PluginIndex`]; the scrapers are among them, though the plan never calls them.
    pub plugins: Vec<Arc<Plugin>>,
    /// Positions of the scrapers in `plugins`.
    pub scrapers: Vec<PluginIndex>,
    /// Plugins beside the plan, asked after the fact.
    pub shadows: Vec<Shadow>,
    /// Some plugin reads the request's body.
    pub reads_body: bool,
    /// Some plugin reads what the approximate prefix index knows.
    pub reads_prefix: bool,
    /// Lanes made ahead, so that no request waits for one.
    ready: Mutex<Vec<EngineLane>>,
    /// A lane for each scraper, for the thread that scrapes.
    ready_scrapers: Mutex<Vec<(PluginIndex, EngineLane)>>,
}

impl Active {
    /// Loads, configures and joins everything, and makes `lanes` lanes ahead. Takes as long as compiling
    /// does; call it where nobody waits.
    pub fn new(
        resolved: Resolved,
        engine: &Engine,
        pool: &Arc<Pool>,
        state: &StateStore,
        sources: &dyn Sources,
        lanes: usize,
    ) -> Result<Self, ActivateError> {
        let plugins = load::all(&resolved, engine, pool, state, sources)?;
        let joining = Joining {
            resolved: &resolved,
            plugins: &plugins,
            pool,
        };
        joining.check_shadows()?;
        let (plan, shadows) = (joining.plan()?, joining.shadows());
        let scrapers = exporting(&plugins, Stage::Scraper).collect();
        let reads_body = plugins.iter().any(|plugin| {
            plugin
                .needs()
                .capabilities
                .iter()
                .any(|name| name == "body")
        });
        let reads_prefix = REQUEST_COLUMNS.iter().any(|name| plan.reads_column(name))
            || ["prefix-total-blocks", "block-tokens"]
                .iter()
                .any(|name| plan.reads_scalar(name));
        let active = Self {
            resolved,
            profile_names: plan.profile_names(),
            plan: Arc::new(plan),
            plugins,
            scrapers,
            shadows,
            reads_body,
            reads_prefix,
            ready: Mutex::default(),
            ready_scrapers: Mutex::default(),
        };
        // Told of the endpoints here, so that no request waits for it.
        let snapshot = pool.snapshot();
        let told = |mut lane: EngineLane| {
            if !snapshot.rows().is_empty() {
                lane.endpoints_changed(snapshot.generation, &snapshot.endpoints);
            }
            lane
        };
        let ready = (0..lanes)
            .map(|_| recording(EngineLane::new(&active.plugins)).map(told))
            .collect::<Result<Vec<_>, _>>()?;
        *locked(&active.ready) = ready;
        let scraper = |at: &PluginIndex| {
            let plugin = &active.plugins[at.0 as usize];
            let lane = EngineLane::new(std::slice::from_ref(plugin))?;
            Ok((*at, told(lane)))
        };
        let scrapers = active.scrapers.iter().map(scraper);
        *locked(&active.ready_scrapers) = scrapers.collect::<Result<Vec<_>, StartError>>()?;
        Ok(active)
    }

    /// The scrapers, each in a lane of its own; for the one who scrapes, once.
    pub fn take_scrapers(&self) -> Vec<(Arc<Plugin>, EngineLane)> {
        let taken = std::mem::take(&mut *locked(&self.ready_scrapers));
        let taken = taken.into_iter();
        taken
            .map(|(at, lane)| (self.plugins[at.0 as usize].clone(), lane))
            .collect()
    }

    /// A lane that was made ahead, or a new one.
    pub fn lane(&self) -> Result<EngineLane, StartError> {
        let ready = locked(&self.ready).pop();
        // A worker asks, with requests behind it.
        ready.map_or_else(|| recording(EngineLane::at_once(&self.plugins)), Ok)
    }

    /// A lane that is not needed any more, for whoever asks next.
    pub fn give_back(&self, lane: EngineLane) {
        locked(&self.ready).push(lane);
    }
}

fn recording(lane: Result<EngineLane, StartError>) -> Result<EngineLane, StartError> {
    let mut lane = lane?;
    lane.set_recording(true);
    Ok(lane)
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a plugin's answers count.
fn counts(resolved: &Resolved, at: usize) -> bool {
    resolved.plugins[at].mode == Mode::Active
}

/// The plugins that can be this, whether their answers count or not.
fn exporting(plugins: &[Arc<Plugin>], stage: Stage) -> impl Iterator<Item = PluginIndex> {
    let exporting = (0..).zip(plugins);
    let exporting = exporting.filter(move |(_, plugin)| plugin.stages().contains(stage));
    exporting.map(|(at, _)| PluginIndex(at))
}

/// From names to positions.
struct Joining<'a> {
    resolved: &'a Resolved,
    plugins: &'a [Arc<Plugin>],
    pool: &'a Arc<Pool>,
}

impl Joining<'_> {
    fn plan(&self) -> Result<Plan, ActivateError> {
        self.check_inputs()?;
        let (columns, scalars) = self.inputs();
        let plugins = self.resolved.plugins.iter().zip(self.plugins);
        let plugins = plugins.map(|(configured, plugin)| {
            let needs = plugin.needs();
            PlanPlugin {
                name: configured.name.as_str().into(),
                kind: configured.type_name.as_str().into(),
                digest: plugin.component().digest().into(),
                on_fault: configured.on_fault.map(on_fault),
                columns: needs
                    .columns
                    .iter()
                    .map(|input| position(&columns, &input.name))
                    .collect(),
                scalars: needs
                    .scalars
                    .iter()
                    .map(|input| position(&scalars, &input.name))
                    .collect(),
            }
        });
        Ok(Plan {
            plugins: plugins.collect(),
            handler: self.handler()?,
            profiles: self
                .resolved
                .profiles
                .iter()
                .map(|profile| self.profile(profile))
                .collect::<Result<_, _>>()?,
            deciders: self.counting(Stage::Decider),
            hooks: self.counting(Stage::Hooks),
            columns: columns
                .iter()
                .map(|name| PlanColumn {
                    name: name.as_str().into(),
                    source: Source::of(name, self.pool.columns()),
                })
                .collect(),
            scalars: scalars.iter().map(|name| name.as_str().into()).collect(),
        })
    }

    /// Whether it came by itself, not by a line of a profile: then it is what it is.
    fn is_loaded(&self, at: usize) -> bool {
        matches!(self.resolved.plugins[at].source, ConfigSource::Loaded(_))
    }

    /// The plugins that can be this and whose answers count.
    fn counting(&self, stage: Stage) -> Vec<PluginIndex> {
        let exporting = exporting(self.plugins, stage);
        exporting
            .filter(|at| counts(self.resolved, at.0 as usize))
            .collect()
    }

    fn exports(&self, at: usize, stage: Stage) -> bool {
        self.plugins[at].stages().contains(stage) && counts(self.resolved, at)
    }

    /// The configuration's handler; a user's own component that turns out to be one goes before one that
    /// the host added.
    fn handler(&self) -> Result<PluginIndex, ActivateError> {
        let own = self.resolved.plugins.iter().enumerate();
        let own = own
            .filter(|(at, plugin)| {
                plugin.kinds_unknown() && self.exports(*at, Stage::ProfileHandler)
            })
            .map(|(at, _)| at);
        let named = self
            .resolved
            .handler
            .filter(|at| !self.resolved.plugins[*at].injected);
        let handler = named.or(own.min()).or(self.resolved.handler);
        handler
            .map(|at| PluginIndex(at as u32))
            .ok_or(ActivateError::NoHandler)
    }

    fn profile(&self, profile: &ConfigProfile) -> Result<Profile, ActivateError> {
        let (mut filters, mut scorers, mut picker) = (Vec::new(), Vec::new(), None);
        let entries = profile.entries.iter();
        for entry in entries.filter(|entry| counts(self.resolved, entry.plugin)) {
            let index = PluginIndex(entry.plugin as u32);
            let does = |stage| self.exports(entry.plugin, stage);
            if does(Stage::Filter) {
                filters.push(index);
            }
            if does(Stage::Scorer) {
                scorers.push(Weighted {
                    plugin: index,
                    weight: entry.weight,
                });
            }
            if does(Stage::Picker) {
                picker = picker.or(Some(index));
            }
            if !(does(Stage::Filter)
                || does(Stage::Scorer)
                || does(Stage::Picker)
                || profile.implicit
                || self.is_loaded(entry.plugin))
            {
                let plugin = &self.resolved.plugins[entry.plugin];
                return Err(ActivateError::NotOfAProfile {
                    profile: profile.name.clone(),
                    plugin: plugin.name.clone(),
                    exports: self.plugins[entry.plugin]
                        .stages()
                        .iter()
                        .map(Stage::as_str)
                        .collect::<Vec<_>>()
                        .join(", "),
                });
            }
        }
        let picker = picker.or(profile.fallback_picker.map(|at| PluginIndex(at as u32)));
        let picker = picker.ok_or_else(|| ActivateError::NoPicker {
            profile: profile.name.clone(),
        })?;
        Ok(Profile {
            name: profile.name.as_str().into(),
            filters,
            scorers,
            picker,
        })
    }

    /// Every column and scalar that some plugin reads, once, in a stable order.
    fn inputs(&self) -> (Vec<String>, Vec<String>) {
        let (mut columns, mut scalars) = (BTreeSet::new(), BTreeSet::new());
        for plugin in self.plugins {
            columns.extend(
                plugin
                    .needs()
                    .columns
                    .iter()
                    .map(|input| input.name.clone()),
            );
            scalars.extend(
                plugin
                    .needs()
                    .scalars
                    .iter()
                    .map(|input| input.name.clone()),
            );
        }
        (columns.into_iter().collect(), scalars.into_iter().collect())
    }

    /// A required input that nothing produces is a mistake in the configuration, found at start.
    fn check_inputs(&self) -> Result<(), ActivateError> {
        let mut produced: BTreeSet<String> = HOST_COLUMNS
            .iter()
            .chain(REQUEST_COLUMNS)
            .map(|name| (*name).into())
            .collect();
        for plugin in self.plugins {
            produced.extend(plugin.fetches().iter().flat_map(shadow::written));
        }
        // What a plugin in shadow mode writes to its own columns is dropped.
        let writers = self.plugins.iter().enumerate();
        for (_, plugin) in writers.filter(|(at, _)| counts(self.resolved, *at)) {
            produced.extend(plugin.needs().own_columns.iter().cloned());
        }
        for (plugin, configured) in self.plugins.iter().zip(&self.resolved.plugins) {
            let own = &plugin.needs().own_columns;
            let columns = plugin
                .needs()
                .columns
                .iter()
                .filter(|input| !produced.contains(&input.name) && !own.contains(&input.name));
            let scalars = plugin
                .needs()
                .scalars
                .iter()
                .filter(|input| !REQUEST_SCALARS.contains(&input.name.as_str()));
            if let Some(missing) = columns.chain(scalars).find(|input| input.required) {
                return Err(ActivateError::NothingProduces {
                    plugin: configured.name.clone(),
                    input: missing.name.clone(),
                    known: produced
                        .into_iter()
                        .chain(REQUEST_SCALARS.iter().map(|name| (*name).into()))
                        .collect(),
                });
            }
        }
        Ok(())
    }
}

fn position(names: &[String], name: &str) -> usize {
    // `inputs` holds every name that any plugin declared, in order.
    names
        .binary_search_by(|known| known.as_str().cmp(name))
        .unwrap_or_default()
}

fn on_fault(configured: switchyard_config::OnFault) -> OnFault {
    match configured {
        switchyard_config::OnFault::Skip => OnFault::Skip,
        switchyard_config::OnFault::Pass => OnFault::Pass,
        switchyard_config::OnFault::Fail => OnFault::Fail,
    }
}
