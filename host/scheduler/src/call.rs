//! The words in which the scheduler speaks to plugins, and what can go wrong in a call.
//!
//! They mirror the contract in `wit/` and know nothing of how a plugin is run: `switchyard-engine`
//! implements [`Lane`] with sandboxed components, the benches implement it with plain Rust.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::Request;

/// Which plugin of the plan: a position in its list of plugins, and in a lane's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PluginIndex(pub u32);

/// One HTTP header to set; the name is lower case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Header {
    pub name: String,
    pub value: String,
}

/// A profile to run next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// Its name in the configuration.
    pub profile: String,
    /// The decider that must agree first; empty: none.
    pub gate: String,
}

/// How a profile ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// At least one row was picked.
    Picked,
    /// Its gate said no.
    Gated,
    /// The filters left nothing.
    FilteredOut,
    /// A plugin failed whose `onFault` is `fail`.
    Failed,
}

/// What a profile came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProfileResult {
    /// The profile's name.
    pub profile: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The picked rows, best first.
    pub rows: Vec<u32>,
    /// The total of each of `rows`.
    pub totals: Vec<f64>,
}

/// Where a request goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Target {
    /// The endpoint.
    pub row: u32,
    /// 0: the endpoint's own.
    pub port: u16,
}

/// A profile handler's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decision {
    /// The profile whose pick is the destination.
    pub primary: String,
    /// Best first.
    pub targets: Vec<Target>,
    /// To set on the request.
    pub set_headers: Vec<Header>,
}

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The whole response went through.
    Complete,
    /// The model server or the proxy broke off, or answered 500 or above.
    FailedUpstream,
    /// The client went away.
    ClientLeft,
    /// Switchyard refused it after the pick.
    Refused,
}

/// What is known of a request when it is over; NaN where it is not known.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Ended {
    pub ending: Ending,
    /// HTTP status; 0: none was seen.
    pub status: u16,
    pub prompt_tokens: f64,
    pub cached_tokens: f64,
    pub completion_tokens: f64,
    pub first_token_ms: f64,
    pub total_ms: f64,
}

/// Why a call gave no usable answer. One word each, used as metric label and in `/debug`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cause {
    /// The plugin answered a fault; `code` says whether it refuses the request.
    Said {
        /// 0: cannot answer; else the HTTP status for the client.
        code: u16,
    },
    /// The guest trapped: a panic, `unreachable`, a bad memory access.
    Trap,
    /// The guest used up its stack.
    StackOverflow,
    /// The guest ran past its budget.
    Deadline,
    /// The guest asked for more memory or table space than its limit.
    Memory,
    /// The guest's answer or its host calls carried more bytes than allowed.
    HostBytes,
    /// One answer per row was due, and another number came.
    WrongLength,
    /// A row that was not offered, or one twice.
    UnknownRow,
    /// NaN or an infinity.
    NotFinite,
    /// An empty pick, a header it may not set, a profile that does not exist: an answer that breaks
    /// the contract in another way.
    BadAnswer,
    /// Too many faults in a row; the plugin rests.
    BreakerOpen,
    /// No instance could be made in time.
    NoInstance,
}

impl Cause {
    /// The word for metrics and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Said { .. } => "said",
            Self::Trap => "trap",
            Self::StackOverflow => "stack-overflow",
            Self::Deadline => "deadline",
            Self::Memory => "memory",
            Self::HostBytes => "host-bytes",
            Self::WrongLength => "wrong-length",
            Self::UnknownRow => "unknown-row",
            Self::NotFinite => "not-finite",
            Self::BadAnswer => "bad-answer",
            Self::BreakerOpen => "breaker-open",
            Self::NoInstance => "no-instance",
        }
    }
}

/// A call that gave no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{}: {message}", cause.as_str())]
pub struct CallFault {
    /// The kind.
    pub cause: Cause,
    /// For a person: the guest's own words where it left any.
    pub message: String,
}

/// What the request gets when a plugin gives no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum OnFault {
    /// As if the plugin were not there: scorers 0 for all, deciders no, hooks nothing.
    Skip,
    /// Filters: all stay.
    Pass,
    /// The request is refused with 503.
    Fail,
}

/// One answer that an import gave a plugin, for the decision record and for replay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportAnswer {
    /// The function with its arguments, such as `request.header("x-tenant")`.
    pub call: String,
    /// The answer; bytes in hex, an absent option as `null`.
    pub answer: serde_json::Value,
}

/// What every call carries beside its arguments.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// Whom it goes to.
    pub plugin: PluginIndex,
    /// The request it is about.
    pub request: &'a Arc<Request>,
    /// The profile that runs; empty outside of profiles.
    pub profile: &'a str,
}

/// One instance of every plugin of a plan: what a request runs on, from its first filter to its last
/// hook. A lane serves one call at a time.
///
/// Answers are checked before they come back: scores are finite and one per row, rows are among those
/// offered and none twice, a pick is not empty. What fails the check is a [`CallFault`] like any other.
pub trait Lane {
    /// Tells every plugin of a new set of endpoints, if its generation is not the one last told.
    fn endpoints_changed(&mut self, generation: u64, endpoints: &[Arc<crate::Endpoint>]);
    /// Appends the rows that stay to `keep`, in the order of `rows`.
    fn keep(
        &mut self,
        call: Call<'_>,
        rows: &[u32],
        inputs: &[f64],
        keep: &mut Vec<u32>,
    ) -> Result<(), CallFault>;
    /// Appends one score a row to `scores`, not yet clamped.
    fn score(
        &mut self,
        call: Call<'_>,
        rows: &[u32],
        inputs: &[f64],
        scores: &mut Vec<f64>,
    ) -> Result<(), CallFault>;
    /// The rows picked, best first.
    fn pick(
        &mut self,
        call: Call<'_>,
        rows: &[u32],
        totals: &[f64],
        inputs: &[f64],
    ) -> Result<Vec<u32>, CallFault>;
    /// Whether the gated profile shall run. `profile` of the call is the one that would run.
    fn agree(&mut self, call: Call<'_>, picked: &[u32], inputs: &[f64]) -> Result<bool, CallFault>;
    /// The profiles to run next.
    fn next(
        &mut self,
        call: Call<'_>,
        done: &[ProfileResult],
        inputs: &[f64],
    ) -> Result<Vec<Step>, CallFault>;
    /// The decision.
    fn decide(
        &mut self,
        call: Call<'_>,
        done: &[ProfileResult],
        inputs: &[f64],
    ) -> Result<Decision, CallFault>;
    /// The decision is made; answers headers for the request.
    fn picked(
        &mut self,
        call: Call<'_>,
        decision: &Decision,
        inputs: &[f64],
    ) -> Result<Vec<Header>, CallFault>;
    /// The response began; answers headers for the response.
    fn response_started(&mut self, call: Call<'_>, status: u16) -> Result<Vec<Header>, CallFault>;
    /// The request is over.
    fn response_ended(&mut self, call: Call<'_>, ended: &Ended) -> Result<(), CallFault>;
    /// What the imports answered since the last time this was asked.
    fn take_import_answers(&mut self) -> Vec<ImportAnswer>;
    /// How long the last call took; 0 where the lane does not measure.
    fn last_call_ns(&self) -> u64;
}
