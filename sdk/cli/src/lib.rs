//! The command `switchyard`: write a plugin, build it, put it into a running picker and see what it did.
//!
//! It is a library so that `cargo xtask` makes the built-in plugins into components, and shows
//! decisions, with the very same code. Nothing here prints: a command answers what is to be said, and
//! `main` says it.

pub mod build;
pub mod cli;
pub mod client;
pub mod componentize;
pub mod contract;
pub mod doctor;
mod embedded;
pub mod error;
pub mod explain;
pub mod inspect;
pub mod manifest;
pub mod name;
pub mod new;
pub mod said;
pub mod table;
pub mod template;
pub mod toolchain;
