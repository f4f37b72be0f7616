//! The invariants that ARCHITECTURE.md states, checked.
//!
//! Most are about what is deliberately absent, and absence is what a review overlooks.

mod contract;
mod dependencies;
mod lexer;
mod names;
mod sources;

use std::path::{Path, PathBuf};

/// Why the invariants do not hold, or could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum InvariantError {
    /// They do not hold.
    #[error("{} broken:\n  {}", told(.0.len()), .0.join("\n  "))]
    Broken(Vec<String>),
    /// A file could not be read.
    #[error("{} could not be read: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Cargo does not tell what depends on what.
    #[error("`cargo metadata` in {} failed: {reason}", directory.display())]
    Metadata {
        /// Where it ran.
        directory: PathBuf,
        /// What it said.
        reason: String,
    },
    /// The contract does not parse.
    #[error("the contract in wit/ cannot be read: {0}")]
    Contract(String),
    /// The contract's page cannot be made.
    #[error(transparent)]
    Page(#[from] crate::contract_page::PageError),
}

fn told(count: usize) -> String {
    if count == 1 {
        "1 invariant is".to_owned()
    } else {
        format!("{count} invariants are")
    }
}

/// Checks everything below `root`; returns how many source files were read.
pub fn check(root: &Path) -> Result<usize, InvariantError> {
    let mut broken = dependencies::check(root)?;
    let sources = sources::read(root)?;
    broken.extend(sources::check(&sources));
    broken.extend(names::check(&sources, &names::built_in(root)?));
    broken.extend(contract::check(&root.join("wit"))?);
    broken.extend(crate::contract_page::check(root)?);
    if broken.is_empty() {
        Ok(sources.len())
    } else {
        Err(InvariantError::Broken(broken))
    }
}
