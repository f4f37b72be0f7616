//! The command `switchyard`: write a plugin, build it, put it into a running picker and see what it did.
//!
//! Nothing here prints: a command answers what is to be said, and `main` says it.

pub mod brought;
pub mod build;
pub mod cli;
pub mod client;
pub mod doctor;
mod embedded;
pub mod error;
pub mod explain;
pub mod inspect;
pub mod new;
pub mod said;
pub mod template;
