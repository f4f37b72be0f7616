//! The command `switchyard`: write a plugin, build it, put it into a running picker and see what it did.
//!
//! Nothing here prints: a command answers what is to be said, and `main` says it.

pub mod bench;
pub mod brought;
pub mod build;
pub mod cases;
pub mod checks;
pub mod cli;
pub mod client;
mod compared;
pub mod dev;
pub mod doctor;
mod embedded;
pub mod error;
pub mod explain;
mod heard;
pub mod inspect;
mod limits;
pub mod man;
pub mod new;
pub mod registry;
pub mod run;
pub mod said;
pub mod template;
pub mod test;
pub mod trial;
