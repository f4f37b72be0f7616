//! The command as a person runs it.

mod client;
mod plugin;
mod registry;
mod support;
