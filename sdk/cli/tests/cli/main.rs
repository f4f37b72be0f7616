//! The command as a person runs it.

mod client;
mod dev;
mod doctor;
mod languages;
mod manners;
mod memory;
mod misbehaving;
mod mistakes;
mod plugin;
mod registry;
mod support;
mod trial;
mod tutorials;
