//! A plugin of a plan: a component with a name, settings and limits, started once to see that it works.

mod about;
mod schema;
mod start;

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use switchyard_scheduler::{CallFault, Cause};

pub use about::{About, Diagnostic, Input, Needs};
pub use schema::{SchemaError, check_settings};
pub(crate) use start::Room;
pub use start::StartError;

use crate::OwnColumns;
use crate::breaker::{Admission, Breaker, BreakerOptions};
use crate::engine::Engine;
use crate::fault::fault;
use crate::host::state::StateStore;
use crate::instance::Instance;
use crate::limits::{Kind, Limits};
use crate::load::{Component, Stages};
use crate::scraper::Fetch;
use crate::stats::{FaultNote, Ledger, PluginStats, Tally};
use crate::store::{Common, grace, ms_since};
use crate::ticker::Pulse;

/// How to make a [`Plugin`].
pub struct PluginOptions {
    /// Its name in the configuration; also whose entries of the key-value store it sees.
    pub name: String,
    /// Its settings: one JSON object, `{}` where the configuration gives none.
    pub settings: String,
    /// What it may use; `None`: the defaults of its class.
    pub limits: Option<Limits>,
    /// When it rests.
    pub breaker: BreakerOptions,
    /// Where its own columns live.
    pub own_columns: Arc<dyn OwnColumns>,
    /// Where its key-value entries live.
    pub state: StateStore,
}

/// A started plugin. Lanes hold instances of it.
pub struct Plugin {
    engine: Engine,
    component: Component,
    common: Arc<Common>,
    settings: String,
    about: About,
    needs: Needs,
    plan: Vec<Fetch>,
    breaker: Breaker,
    ledger: Ledger,
    /// The instance that was started to see that it works; the first lane gets it.
    first: Mutex<Option<Instance>>,
}

impl Plugin {
    /// Instantiates the component once, asks who it is, holds its settings against its schema, gives them to it and, if
    /// it is a scraper, asks what to fetch. Each of the calls has the `start` budget.
    pub fn new(
        engine: &Engine,
        component: &Component,
        options: PluginOptions,
    ) -> Result<Self, StartError> {
        let limits = options
            .limits
            .unwrap_or_else(|| Limits::for_class(component.class()));
        let common = Arc::new(Common {
            name: Arc::from(options.name.as_str()),
            limits,
            share: options.state.share(&options.name, ms_since(engine.made())),
            own_columns: options.own_columns,
            epoch: engine.made(),
            ticks: Kind::ALL.map(|kind| engine.ticker().ticks(limits.budget(kind))),
            grace: Kind::ALL.map(|kind| grace(limits.budget(kind), engine.tick())),
            tick: engine.tick(),
            counts_fuel: engine.counts_fuel(),
            ignored_writes: 0.into(),
        });
        let pulse = engine.ticker().pulse();
        let started = start::first(engine, component, &common, &options.settings, &pulse)?;
        let needs = started.needs;
        common.own_columns.declare(&common.name, &needs.own_columns);
        Ok(Self {
            engine: engine.clone(),
            component: component.clone(),
            common,
            settings: options.settings,
            about: started.about,
            needs,
            plan: started.plan,
            breaker: Breaker::new(options.breaker),
            ledger: Ledger::default(),
            first: Mutex::new(Some(started.instance)),
        })
    }

    /// Its name in the configuration.
    pub fn name(&self) -> &str {
        &self.common.name
    }

    /// What it says of itself.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// What it reads and may do.
    pub fn needs(&self) -> &Needs {
        &self.needs
    }

    /// What it can be.
    pub fn stages(&self) -> Stages {
        self.component.stages()
    }

    /// What it may use.
    pub fn limits(&self) -> &Limits {
        &self.common.limits
    }

    /// The component it runs.
    pub fn component(&self) -> &Component {
        &self.component
    }

    /// What a scraper wants fetched; empty for other plugins.
    pub fn fetches(&self) -> &[Fetch] {
        &self.plan
    }

    /// What it did and cost.
    pub fn stats(&self) -> PluginStats {
        let ignored = self.common.ignored_writes.load(Ordering::Relaxed);
        self.ledger.stats(self.breaker.state(), ignored)
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }

    pub(crate) fn tally(&self) -> Arc<Tally> {
        self.ledger.tally()
    }

    /// A configured instance that was not told of endpoints.
    pub(crate) fn instance(&self, pulse: &Pulse, room: Room) -> Result<Instance, StartError> {
        let mut first = self.first.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(instance) = first.take() {
            return Ok(instance);
        }
        drop(first);
        start::again(
            (&self.engine, room),
            &self.component,
            &self.common,
            &self.settings,
            pulse,
            &self.needs,
            &self.plan,
        )
    }

    /// Whether a call may go ahead.
    pub(crate) fn admit(&self) -> Result<Admission, CallFault> {
        match self.breaker.admit(|| self.common.now_ms()) {
            Admission::Rest => {
                let cause = self.ledger.first_fault();
                let began = cause.map_or(String::new(), |FaultNote { cause, message, .. }| {
                    format!("; it began with {}: {message}", cause.as_str())
                });
                Err(fault(
                    Cause::BreakerOpen,
                    format!("rests after too many faults in a row{began}"),
                ))
            }
            admission => Ok(admission),
        }
    }

    /// Notes how an admitted call ended.
    pub(crate) fn settle(&self, admission: Admission, fault: Option<&CallFault>) {
        match fault.map(|fault| fault.cause) {
            None | Some(Cause::Said { .. }) => {
                if self.breaker.succeeded(admission) {
                    tracing::info!(plugin = self.name(), "works again");
                    self.ledger.row_begins();
                }
            }
            Some(Cause::NoInstance | Cause::BreakerOpen) => self.breaker.abandoned(admission),
            Some(cause) => {
                let failed = self.breaker.failed(admission, self.common.now_ms());
                if failed.begins {
                    self.ledger.row_begins();
                }
                if failed.opens {
                    tracing::warn!(
                        plugin = self.name(),
                        cause = cause.as_str(),
                        "too many faults in a row; it rests"
                    );
                }
            }
        }
        if let Some(fault) = fault {
            self.note(fault);
        }
    }

    /// Counts a fault.
    pub(crate) fn note(&self, fault: &CallFault) {
        self.ledger.fault(fault);
    }

    /// Counts a spare that took over.
    pub(crate) fn swapped(&self) {
        self.ledger.swapped();
    }
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Plugin")
            .field("name", &self.name())
            .field("component", &self.component)
            .finish_non_exhaustive()
    }
}
