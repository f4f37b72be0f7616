//! From a component to a configured instance.

use std::sync::Arc;

use switchyard_scheduler::{CallFault, Cause};

use super::about::{About, Diagnostic, Needs};
use super::schema::{SchemaError, check_settings};
use crate::check;
use crate::engine::Engine;
use crate::fault::said;
use crate::instance::Instance;
use crate::limits::Kind;
use crate::load::Component;
use crate::scraper::Fetch;
use crate::store::{Common, Granted};
use crate::ticker::Pulse;
use switchyard_scheduler::Stage;

/// What plugins may declare in `needs.capabilities`.
const CAPABILITIES: [&str; 2] = ["body", "state"];

/// Why a plugin does not start. The plan it belongs to is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StartError {
    /// A call broke or was refused.
    #[error("plugin `{plugin}` failed in `{step}`: {fault}")]
    Fault {
        /// Its name.
        plugin: String,
        /// `instantiate`, `describe`, `configure` or `plan`.
        step: &'static str,
        /// What happened.
        fault: CallFault,
    },
    /// What it gives as the schema of its settings is none.
    #[error(
        "plugin `{plugin}` describes its settings with a schema that cannot be used: {source}; `describe` must give a JSON Schema (2020-12) as `settings-schema`, or nothing"
    )]
    Schema {
        /// Its name.
        plugin: String,
        /// What is wrong with it.
        source: SchemaError,
    },
    /// Its settings are wrong.
    #[error("plugin `{plugin}` refuses its settings: {}", join(diagnostics))]
    Settings {
        /// Its name.
        plugin: String,
        /// Every mistake it found.
        diagnostics: Vec<Diagnostic>,
    },
    /// It wants a capability that there is not.
    #[error(
        "plugin `{plugin}` declares the capability `{found}`; this host has {}",
        CAPABILITIES.map(|name| format!("`{name}`")).join(" and ")
    )]
    Capability {
        /// Its name.
        plugin: String,
        /// What it declared.
        found: String,
    },
    /// A further instance answered otherwise than the first.
    #[error(
        "plugin `{plugin}` answered `{step}` otherwise than its first instance did with the same settings; it must answer the same each time"
    )]
    Inconsistent {
        /// Its name.
        plugin: String,
        /// `configure` or `plan`.
        step: &'static str,
    },
}

fn join(diagnostics: &[Diagnostic]) -> String {
    let lines: Vec<String> = diagnostics.iter().map(Diagnostic::to_string).collect();
    lines.join("; ")
}

/// What the first start of a plugin gives.
pub(super) struct Started {
    pub(super) instance: Instance,
    pub(super) about: About,
    pub(super) needs: Needs,
    pub(super) plan: Vec<Fetch>,
}

/// Starts a plugin's first instance and learns what it is.
pub(super) fn first(
    engine: &Engine,
    component: &Component,
    common: &Arc<Common>,
    settings: &str,
    pulse: &Pulse,
) -> Result<Started, StartError> {
    let mut starting = Starting::new((engine, Room::WaitedFor), component, common, pulse)?;
    let about = starting.describe()?;
    against_schema(&common.name, &about.settings_schema, settings)?;
    let needs = starting.configure(settings)?;
    let plan = starting.plan(component)?;
    Ok(Started {
        instance: starting.instance,
        about,
        needs,
        plan,
    })
}

/// Refuses settings with mistakes that the schema knows of.
fn against_schema(plugin: &str, schema: &str, settings: &str) -> Result<(), StartError> {
    let plugin = || plugin.to_owned();
    let diagnostics = check_settings(schema, settings).map_err(|source| StartError::Schema {
        plugin: plugin(),
        source,
    })?;
    if diagnostics.is_empty() {
        return Ok(());
    }
    Err(StartError::Settings {
        plugin: plugin(),
        diagnostics,
    })
}

/// Starts a further instance, which must want what the first wanted.
pub(super) fn again(
    (engine, room): (&Engine, Room),
    component: &Component,
    common: &Arc<Common>,
    settings: &str,
    pulse: &Pulse,
    needs: &Needs,
    plan: &[Fetch],
) -> Result<Instance, StartError> {
    let mut starting = Starting::new((engine, room), component, common, pulse)?;
    let plugin = common.name.to_string();
    if starting.configure(settings)? != *needs {
        let step = "configure";
        return Err(StartError::Inconsistent { plugin, step });
    }
    if starting.plan(component)? != plan {
        let step = "plan";
        return Err(StartError::Inconsistent { plugin, step });
    }
    Ok(starting.instance)
}

/// What to do where there is no room for one more instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// Wait for what is being given back.
    WaitedFor,
    /// Do without.
    OrNone,
}

struct Starting<'a> {
    instance: Instance,
    name: &'a str,
    pulse: &'a Pulse,
}

impl<'a> Starting<'a> {
    fn new(
        (engine, room): (&Engine, Room),
        component: &Component,
        common: &'a Arc<Common>,
        pulse: &'a Pulse,
    ) -> Result<Self, StartError> {
        let name: &str = &common.name;
        let instance = Instance::make(component, common, pulse).or_else(|fault| {
            if fault.cause != Cause::NoInstance || room == Room::OrNone {
                return Err(fault);
            }
            // Those that broke or whose plan is over are given back by another thread, and may not be yet.
            engine.spares().settle();
            Instance::make(component, common, pulse)
        });
        let instance = instance.map_err(|fault| fault_in(name, "instantiate", fault))?;
        Ok(Self {
            instance,
            name,
            pulse,
        })
    }

    fn describe(&mut self) -> Result<About, StartError> {
        let about = self
            .instance
            .call(self.pulse, Kind::Start, None, None, |guests, store| {
                guests.lifecycle.call_describe(store)
            })
            .map_err(|fault| fault_in(self.name, "describe", fault))?;
        Ok(About::from(about))
    }

    fn configure(&mut self, settings: &str) -> Result<Needs, StartError> {
        let answer = self
            .instance
            .call(self.pulse, Kind::Start, None, None, |guests, store| {
                guests.lifecycle.call_configure(store, settings)
            })
            .map_err(|fault| fault_in(self.name, "configure", fault))?;
        let needs = match answer {
            Ok(needs) => Needs::from(needs),
            Err(diagnostics) => {
                return Err(StartError::Settings {
                    plugin: self.name.to_owned(),
                    diagnostics: diagnostics.into_iter().map(Diagnostic::from).collect(),
                });
            }
        };
        let mut declared = needs.capabilities.iter();
        if let Some(found) = declared.find(|name| !CAPABILITIES.contains(&name.as_str())) {
            return Err(StartError::Capability {
                plugin: self.name.to_owned(),
                found: found.clone(),
            });
        }
        self.instance.state_mut().granted = Granted {
            body: needs.has_capability("body"),
            state: needs.has_capability("state"),
            own_columns: u32::try_from(needs.own_columns.len()).unwrap_or(u32::MAX),
        };
        Ok(needs)
    }

    fn plan(&mut self, component: &Component) -> Result<Vec<Fetch>, StartError> {
        if !component.stages().contains(Stage::Scraper) {
            return Ok(Vec::new());
        }
        self.instance
            .call(self.pulse, Kind::Start, None, None, |guests, store| {
                guests.scraper()?.call_plan(store)
            })
            .and_then(|answer| answer.map_err(said))
            .and_then(|fetches| {
                let fetches: Vec<Fetch> = fetches.into_iter().map(Fetch::from).collect();
                check::plan(&fetches)?;
                Ok(fetches)
            })
            .map_err(|fault| fault_in(self.name, "plan", fault))
    }
}

fn fault_in(plugin: &str, step: &'static str, fault: CallFault) -> StartError {
    StartError::Fault {
        plugin: plugin.to_owned(),
        step,
        fault,
    }
}
