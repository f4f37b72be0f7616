//! The EndpointPickerConfig document: reading, defaults, and errors that say what to do.
//!
//! An existing file must start Switchyard unchanged, and a wrong one must be mended in one go. So the
//! document is read strictly but to its end: every mistake is collected with the path at which it
//! stands, and what comes out is a [`Resolved`] value in which nothing is left to guess.
//!
//! The file that `file-discovery` reads is read here too, in the same way: see [`endpoints`].
//!
//! This crate does no I/O. It takes text and a name for messages, and knows plugins only by the
//! [`catalog`].

pub mod catalog;
mod document;
pub mod duration;
pub mod endpoints;
mod fields;
mod nearest;
mod problem;
pub mod quantity;
mod resolve;
mod resolved;
mod summary;
mod tree;

pub use nearest::nearest;
pub use problem::{ConfigError, Problem};
pub use resolved::{
    Discovery, Limits, Manner, Mode, OnFault, Plugin, PrefixIndex, Profile, ProfileEntry, Resolved,
    ScrapeTls, Source,
};

use problem::Problems;

/// The default configuration, used where none is given.
pub const DEFAULT: &str = "\
apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
";

/// Reads how a plugin shall run that no document names: an object with the fields `limits`, `onFault`, `mode` and
/// `shadowSample` of an entry of `plugins`. `what` is what messages call it.
///
/// # Errors
/// Every mistake in it, all at once.
pub fn manner(what: &str, fields: &serde_json::Value) -> Result<Manner, ConfigError> {
    let mut problems = Problems::default();
    let manner = document::manner(&fields::Node::root(fields), &mut problems);
    match manner {
        Some(manner) if problems.is_empty() => Ok(manner),
        _ => Err(problems.into_error(what)),
    }
}

/// Reads a document, YAML or JSON. `file` is what messages call it.
///
/// # Errors
/// Every mistake in it, all at once.
pub fn read(file: &str, text: &str) -> Result<Resolved, ConfigError> {
    let mut problems = Problems::default();
    let resolved = tree::parse("one EndpointPickerConfig document", text, &mut problems)
        .and_then(|tree| document::Document::read(&tree, &mut problems))
        .map(|document| resolve::resolve(file, document, &mut problems));
    match resolved {
        Some(resolved) if problems.is_empty() => Ok(resolved),
        _ => Err(problems.into_error(file)),
    }
}
