//! A decision record as JSON: what `/debug/decisions` shows, what is stored, and what replay reads.
//!
//! Non-finite numbers are the strings `"NaN"`, `"inf"` and `"-inf"`; 64-bit seeds are strings, because
//! many readers of JSON keep numbers as doubles. The prompt is there as length and hash only.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Answer, CallRecord, ProfileRecord, Record};
use crate::call::{CallFault, Cause, Decision, ImportAnswer, Outcome, Step};
use crate::plan::{Plan, Stage};
use crate::refusal::Refusal;

mod numbers;
pub use numbers::Numbers;

/// One decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct RecordJson {
    pub request_id: String,
    pub path: String,
    pub model: String,
    pub target_model: String,
    pub now_ms: u64,
    pub seed: String,
    pub body_bytes: usize,
    /// xxh3 (64 bits) of the body, hex.
    pub body_hash: String,
    pub generation: u64,
    pub endpoints: Vec<EndpointJson>,
    /// The candidates: the order of every list in `columns`.
    pub rows: Vec<u32>,
    pub columns: BTreeMap<String, Numbers>,
    pub scalars: BTreeMap<String, Numbers>,
    pub plugins: Vec<PluginJson>,
    pub profiles: Vec<ProfileJson>,
    pub handler: Vec<CallJson>,
    pub decision: Option<Decision>,
    pub refusal: Option<RefusalJson>,
    /// What the client got in the decision's place, after it had fallen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overruled: Option<RefusalJson>,
    pub cycle_ns: u64,
}

/// An endpoint as plugins saw it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct EndpointJson {
    pub row: u32,
    pub id: String,
    pub address: String,
    pub rank: u32,
    pub labels: BTreeMap<String, String>,
}

/// A plugin of the plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct PluginJson {
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub digest: String,
}

/// A profile.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct ProfileJson {
    pub profile: String,
    pub outcome: Outcome,
    pub gate: Option<CallJson>,
    pub filters: Vec<CallJson>,
    pub scorers: Vec<CallJson>,
    pub picker: Option<CallJson>,
    /// The rows that the scorers saw: the order of `scores` and `totals`.
    pub kept: Vec<u32>,
    pub totals: Numbers,
    pub picked: Vec<u32>,
}

/// One call of a plugin; of the answers only the one its stage gives is there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct CallJson {
    pub plugin: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub ns: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<Vec<u32>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scores: Option<Numbers>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clamped: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picked: Option<Vec<u32>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agrees: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub steps: Option<Vec<Step>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decision>,
    pub fault: Option<FaultJson>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imports: Vec<ImportAnswer>,
}

/// Why a call gave no answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct FaultJson {
    pub cause: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<u16>,
    pub message: String,
}

/// Why the request got no endpoint.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct RefusalJson {
    pub status: u16,
    pub reason: Option<String>,
    pub message: String,
}

impl From<&CallFault> for FaultJson {
    fn from(fault: &CallFault) -> Self {
        let code = match fault.cause {
            Cause::Said { code } => Some(code),
            _ => None,
        };
        Self {
            cause: fault.cause.as_str().into(),
            code,
            message: fault.message.clone(),
        }
    }
}

impl From<&Refusal> for RefusalJson {
    fn from(refusal: &Refusal) -> Self {
        Self {
            status: refusal.status(),
            reason: refusal.reason().map(Into::into),
            message: refusal.to_string(),
        }
    }
}

impl From<&Record> for RecordJson {
    fn from(record: &Record) -> Self {
        let (plan, request) = (&record.plan, &record.request);
        let columns = plan.columns.iter().enumerate();
        let scalars = plan.scalars.iter().zip(&record.gathered.scalars);
        Self {
            request_id: request.id.clone(),
            path: request.path.clone(),
            model: request.model.clone(),
            target_model: request.target_model.clone(),
            now_ms: request.now_ms,
            seed: request.seed.to_string(),
            body_bytes: request.body_bytes,
            body_hash: format!("{:016x}", request.body_hash),
            generation: record.snapshot.generation,
            endpoints: record
                .snapshot
                .endpoints
                .iter()
                .map(|endpoint| EndpointJson::from(&**endpoint))
                .collect(),
            rows: record.gathered.rows.clone(),
            columns: columns
                .filter(|_| !record.gathered.rows.is_empty())
                .map(|(at, column)| {
                    (
                        column.name.to_string(),
                        Numbers(record.gathered.column(at).to_vec()),
                    )
                })
                .collect(),
            scalars: scalars
                .map(|(name, value)| (name.to_string(), Numbers(vec![*value])))
                .collect(),
            plugins: plan.plugins.iter().map(plugin).collect(),
            profiles: record
                .profiles
                .iter()
                .map(|profile| profile_json(plan, profile))
                .collect(),
            handler: record
                .handler
                .iter()
                .map(|call| call_json(plan, call, None))
                .collect(),
            decision: record.outcome.as_ref().ok().cloned(),
            refusal: record.outcome.as_ref().err().map(Into::into),
            overruled: record.overruled.as_ref().map(Into::into),
            cycle_ns: record.cycle_ns,
        }
    }
}

impl From<&crate::Endpoint> for EndpointJson {
    fn from(endpoint: &crate::Endpoint) -> Self {
        Self {
            row: endpoint.row,
            id: endpoint.id.clone(),
            address: endpoint.socket_address(),
            rank: endpoint.rank,
            labels: endpoint.labels.clone(),
        }
    }
}

fn plugin(plugin: &crate::PlanPlugin) -> PluginJson {
    PluginJson {
        name: plugin.name.to_string(),
        kind: plugin.kind.to_string(),
        digest: plugin.digest.to_string(),
    }
}

fn profile_json(plan: &Plan, record: &ProfileRecord) -> ProfileJson {
    let of = |stage: Stage| record.calls.iter().filter(move |call| call.stage == stage);
    let weights = plan
        .profile(&record.profile)
        .map(|profile| profile.scorers.as_slice())
        .unwrap_or_default();
    ProfileJson {
        profile: record.profile.clone(),
        outcome: record.outcome,
        gate: of(Stage::Decider)
            .map(|call| call_json(plan, call, None))
            .next(),
        filters: of(Stage::Filter)
            .map(|call| call_json(plan, call, None))
            .collect(),
        scorers: of(Stage::Scorer)
            .zip(weights)
            .map(|(call, scorer)| call_json(plan, call, Some(scorer.weight)))
            .collect(),
        picker: of(Stage::Picker)
            .map(|call| call_json(plan, call, None))
            .next(),
        kept: record.kept.clone(),
        totals: Numbers(record.totals.clone()),
        picked: record.picked.clone(),
    }
}

fn call_json(plan: &Plan, call: &CallRecord, weight: Option<f64>) -> CallJson {
    let plugin = plan.plugin(call.plugin);
    let mut json = CallJson {
        plugin: plugin.name.to_string(),
        kind: plugin.kind.to_string(),
        ns: call.ns,
        weight,
        kept: None,
        scores: None,
        clamped: None,
        picked: None,
        agrees: None,
        steps: None,
        decision: None,
        fault: call.fault.as_ref().map(Into::into),
        imports: call.imports.clone(),
    };
    match &call.answer {
        Answer::Keep(rows) => json.kept = Some(rows.clone()),
        Answer::Scores { raw, clamped } => {
            json.scores = Some(Numbers(raw.clone()));
            json.clamped = Some(*clamped);
        }
        Answer::Pick(rows) => json.picked = Some(rows.clone()),
        Answer::Agree(agrees) => json.agrees = Some(*agrees),
        Answer::Steps(steps) => json.steps = Some(steps.clone()),
        Answer::Decision(decision) => json.decision = Some(decision.clone()),
        Answer::None => {}
    }
    json
}
