//! Why a plan was not put to work.

use super::blueprint::BlueprintError;
use crate::active::ActivateError;

/// Why a plan was not put to work. The old one goes on.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum PlanError {
    #[error(transparent)]
    Blueprint(#[from] BlueprintError),
    #[error(transparent)]
    Activate(#[from] ActivateError),
    #[error("{0}; the plan that ran goes on")]
    Smoke(String),
    #[error(
        "found {found} plugins, expected at most {most}, for which this picker has room since it started; unload some, or write them into the configuration and start it again"
    )]
    TooMany { found: usize, most: usize },
    #[error("the component cannot be kept: {0}")]
    Keep(std::io::Error),
    #[error(
        "the configuration has a plugin `{0}`: change it there, or load yours under another name"
    )]
    Configured(String),
    #[error("no plugin `{found}` is loaded: {}", listed("loaded are", known))]
    NotLoaded { found: String, known: Vec<String> },
    #[error("there is no {} to go back to: {}", wanted(*.to), listed("kept are", known))]
    NoPast { to: Option<u64>, known: Vec<String> },
}

fn wanted(to: Option<u64>) -> String {
    to.map_or_else(
        || "earlier plan".to_owned(),
        |number| format!("plan {number}"),
    )
}

fn listed(what: &str, names: &[String]) -> String {
    match names.is_empty() {
        true => "none is".to_owned(),
        false => format!("{what} {}", names.join(", ")),
    }
}
