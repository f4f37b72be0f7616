//! The command as a person runs it.

mod client;
mod languages;
mod memory;
mod misbehaving;
mod plugin;
mod registry;
mod support;
mod trial;
mod tutorials;
