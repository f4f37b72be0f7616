//! The command as a person runs it.

mod client;
mod plugin;
mod support;
