//! Loads and runs plugin components; the only crate that names wasmtime.
//!
//! ```text
//! bytes --Engine::load--> Component --Plugin::new--> Plugin --EngineLane::new--> EngineLane
//!         inspect,                    name, settings,          one instance of each plugin;
//!         compile, link               limits; started once     the scheduler calls it
//! ```
//!
//! A guest can do three things wrong, and each costs one call: it may say no (a fault of its own, it lives on), break
//! (its instance is replaced by a spare), or answer nonsense (the answer is dropped, it lives on). Every one is a
//! [`CallFault`](switchyard_scheduler::CallFault). What must hold for that:
//!
//! - one store per instance, because any error that leaves a call poisons the store;
//! - host functions return an error only to end the call on purpose;
//! - no host function blocks, because the deadline cannot interrupt it.

mod bindings;
mod breaker;
mod check;
mod convert;
mod engine;
mod fault;
mod guests;
mod host;
mod instance;
mod journal;
mod lane;
mod limits;
mod load;
mod memory;
mod plugin;
mod priority;
mod scraper;
mod spare;
mod stats;
mod store;
mod ticker;

pub use breaker::{BreakerOptions, BreakerState};
pub use engine::{Engine, EngineError, EngineOptions};
pub use host::own_columns::OwnColumns;
pub use host::state::StateStore;
pub use lane::{EngineLane, LastCall};
pub use limits::Limits;
pub use load::{CONTRACT_VERSION, Class, Component, LoadError, Stages, digest_of};
pub use memory::give_back_memory;
pub use plugin::{
    About, Diagnostic, Input, Needs, Plugin, PluginOptions, SchemaError, StartError, check_settings,
};
pub use scraper::{Fetch, Fetched, Sample, Scope, StringSet};
pub use stats::{FaultNote, PluginStats};
