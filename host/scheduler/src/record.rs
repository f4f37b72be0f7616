//! What happened in one scheduling cycle: enough to explain it and to run it again.

use std::sync::Arc;

use crate::Request;
use crate::call::{CallFault, Decision, ImportAnswer, Outcome, PluginIndex, Step};
use crate::gather::Gathered;
use crate::plan::{Plan, Stage};
use crate::refusal::Refusal;
use crate::snapshot::Snapshot;

pub mod json;
pub mod replay;

/// What a plugin answered, before the host changed anything about it.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// Rows that stay.
    Keep(Vec<u32>),
    /// Raw scores, and how many of them were clamped.
    #[allow(missing_docs)]
    Scores { raw: Vec<f64>, clamped: u32 },
    /// Rows, best first.
    Pick(Vec<u32>),
    /// A gate's word.
    Agree(bool),
    /// Profiles to run.
    Steps(Vec<Step>),
    /// The decision.
    Decision(Decision),
    /// A fault: no answer.
    None,
}

/// One call.
#[derive(Debug, Clone, PartialEq)]
pub struct CallRecord {
    /// Whom it went to.
    pub plugin: PluginIndex,
    /// As what.
    pub stage: Stage,
    /// How long it took.
    pub ns: u64,
    /// Its answer.
    pub answer: Answer,
    /// Why there was none.
    pub fault: Option<CallFault>,
    /// What imports told it; filled while recording is on.
    pub imports: Vec<ImportAnswer>,
}

/// One profile, whether it ran or not.
#[derive(Debug, Clone, PartialEq)]
pub struct ProfileRecord {
    /// Its name.
    pub profile: String,
    /// How it ended.
    pub outcome: Outcome,
    /// The gate, filters, scorers and the picker, in the order they were asked.
    pub calls: Vec<CallRecord>,
    /// The rows that the scorers saw.
    pub kept: Vec<u32>,
    /// The total of each of `kept`.
    pub totals: Vec<f64>,
    /// The rows taken: the picker's, or the host's where the picker failed.
    pub picked: Vec<u32>,
}

/// One scheduling cycle.
pub struct Record {
    /// The plan it ran under.
    pub plan: Arc<Plan>,
    /// The endpoints of that moment.
    pub snapshot: Arc<Snapshot>,
    /// The request as plugins saw it.
    pub request: Arc<Request>,
    /// The numbers as plugins saw them.
    pub gathered: Gathered,
    /// In the order they were run.
    pub profiles: Vec<ProfileRecord>,
    /// The profile handler's calls.
    pub handler: Vec<CallRecord>,
    /// What came of it.
    pub outcome: Result<Decision, Refusal>,
    /// Why the client was refused all the same: a hook said so, or the time was over.
    pub overruled: Option<Refusal>,
    /// How long the whole cycle took, as the caller measured it.
    pub cycle_ns: u64,
}
