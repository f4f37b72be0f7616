//! From a plugin's sources to a component, in every language.
//!
//! ```text
//! plugin.toml --Manifest--> Sources --Toolchain (one per language)--> component --look--> Facts
//! ```
//!
//! It is a library of its own, without the engine, so that `cargo xtask` makes the built-in plugins into
//! components with the very same code as `switchyard plugin build`.

pub mod build;
pub mod componentize;
pub mod contract;
pub mod facts;
pub mod language;
pub mod manifest;
pub mod name;
mod shell;
pub mod sources;
pub mod table;
#[cfg(test)]
mod testing;
pub mod tools;
pub mod world;
