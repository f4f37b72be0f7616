//! Why a request gets no endpoint.

use serde::{Deserialize, Serialize};

use crate::call::CallFault;

/// A request that cannot be scheduled, with the answer its client gets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "kebab-case")]
pub enum Refusal {
    /// There is no candidate at all.
    #[error(
        "no endpoint can take this request: the pool, or the subset the gateway named, is empty"
    )]
    NoEndpoints,
    /// There were candidates, and the filters left none.
    #[error(
        "no endpoint is left for this request: the filters of profile `{profile}` dropped all of them"
    )]
    Saturated {
        /// The profile that ran dry.
        profile: String,
    },
    /// A plugin refuses the request.
    #[error("{message}")]
    Plugin {
        /// Its name.
        plugin: String,
        /// 400 to 599.
        status: u16,
        /// Its words.
        message: String,
    },
    /// The decision took longer than it may.
    #[error(
        "no decision within {limit_ms} ms (--decision-timeout); the slowest plugins are in /debug/plugins"
    )]
    Late {
        /// How long it may take.
        limit_ms: u64,
    },
    /// A plugin whose `onFault` is `fail` gave no answer.
    #[error("the request could not be scheduled: plugin `{plugin}` failed ({fault})")]
    Failed {
        /// Its name.
        plugin: String,
        /// How.
        fault: CallFault,
    },
}

impl Refusal {
    /// The HTTP status for the client.
    pub fn status(&self) -> u16 {
        match self {
            Self::NoEndpoints | Self::Late { .. } | Self::Failed { .. } => 503,
            Self::Saturated { .. } => 429,
            Self::Plugin { status, .. } => *status,
        }
    }

    /// The value of `x-llm-d-request-dropped-reason`; `None`: the header is not set.
    pub fn reason(&self) -> Option<&'static str> {
        match self {
            Self::NoEndpoints => Some("rejected-no-endpoints"),
            Self::Saturated { .. } => Some("rejected-saturated"),
            Self::Plugin { .. } | Self::Late { .. } | Self::Failed { .. } => None,
        }
    }
}
