//! The words of a case, as they stand in a file.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;
use switchyard_build::contract::Stage;

use super::words;

/// What a plugin must answer to one question.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs)]
pub struct Case {
    /// What it shows, in a few words.
    pub name: String,
    /// The stage, where neither the file's name nor the rest tells it.
    #[serde(default)]
    pub stage: Option<Stage>,
    /// `{}` where it says nothing.
    #[serde(default)]
    settings: Option<Value>,
    /// As many as the rest names, where it says nothing: `pod-0`, `pod-1` and so on.
    #[serde(default)]
    pub endpoints: Option<Vec<EndpointWords>>,
    /// One value per endpoint.
    #[serde(default)]
    pub columns: BTreeMap<String, Vec<f64>>,
    #[serde(default)]
    pub scalars: BTreeMap<String, f64>,
    #[serde(default)]
    pub request: RequestWords,
    /// For a picker: one value per endpoint.
    #[serde(default)]
    pub totals: Option<Vec<f64>>,
    /// For a decider: the profile that would run.
    #[serde(default)]
    pub profile: Option<String>,
    /// For a decider: what its forerunner picked.
    #[serde(default)]
    pub picked: Option<Vec<String>>,
    /// For a profile handler: the results so far.
    #[serde(default)]
    pub done: Option<Vec<ResultWords>>,
    /// For hooks: what happens, in this order.
    #[serde(default)]
    pub events: Option<Vec<EventWords>>,
    /// For a scraper: the body it is given.
    #[serde(default)]
    pub exposition: Option<String>,
    /// For a scraper.
    #[serde(default = "ok")]
    pub status: u16,
    /// For a scraper: the position in its plan.
    #[serde(default)]
    pub fetch: u32,
    /// For a scraper.
    #[serde(default)]
    pub elapsed_ms: u32,
    pub expect: Expect,
}

fn ok() -> u16 {
    200
}

/// An endpoint.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs)]
pub struct EndpointWords {
    pub name: String,
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    #[serde(default)]
    pub address: Option<std::net::IpAddr>,
    #[serde(default)]
    pub port: Option<u16>,
    #[serde(default)]
    pub rank: u32,
}

/// The request at hand.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[allow(missing_docs)]
pub struct RequestWords {
    pub id: String,
    pub path: String,
    pub model: String,
    pub target_model: Option<String>,
    pub headers: BTreeMap<String, String>,
    pub body: String,
    pub profile: Option<String>,
    pub profiles: Vec<String>,
    /// Names of endpoints, by profile; `""` are those of the decision.
    pub peers: BTreeMap<String, Vec<String>>,
    pub now_ms: Option<u64>,
    pub seed: u64,
}

/// What a profile came to.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs)]
pub struct ResultWords {
    pub profile: String,
    pub outcome: switchyard_scheduler::Outcome,
    #[serde(default)]
    pub rows: Vec<String>,
    #[serde(default)]
    pub totals: Vec<f64>,
}

/// Something that happens to a request: exactly one of the three.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs)]
pub struct EventWords {
    pub picked: Option<DecisionWords>,
    pub response_started: Option<u16>,
    pub response_ended: Option<EndedWords>,
    /// The headers it must answer, where that matters.
    pub expect: Option<Expect>,
}

/// A decision.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs)]
pub struct DecisionWords {
    pub primary: String,
    pub targets: Vec<TargetWords>,
    #[serde(default)]
    pub set_headers: BTreeMap<String, String>,
}

/// Where a request goes.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct TargetWords {
    pub endpoint: String,
    #[serde(default)]
    pub port: u16,
}

/// How a request ended. A number it does not say is not known.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[allow(missing_docs)]
pub struct EndedWords {
    pub ending: EndingWord,
    #[serde(default)]
    pub status: u16,
    pub prompt_tokens: Option<f64>,
    pub cached_tokens: Option<f64>,
    pub completion_tokens: Option<f64>,
    pub first_token_ms: Option<f64>,
    pub total_ms: Option<f64>,
}

/// One word for it.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum EndingWord {
    Complete,
    FailedUpstream,
    ClientLeft,
    Refused,
}

/// The answer: exactly one of them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Expect {
    scores: Option<Vec<f64>>,
    keep: Option<Vec<String>>,
    pick: Option<Vec<String>>,
    agrees: Option<bool>,
    steps: Option<Vec<StepWords>>,
    decision: Option<DecisionWords>,
    samples: Option<Vec<SampleWords>>,
    headers: Option<BTreeMap<String, String>>,
    own_columns: Option<BTreeMap<String, Vec<f64>>>,
    fault: Option<FaultWords>,
    diagnostics: Option<Vec<DiagnosticWords>>,
}

/// A profile to run.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct StepWords {
    pub profile: String,
    #[serde(default)]
    pub gate: String,
}

/// What a scraper read of one rank.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct SampleWords {
    #[serde(default)]
    pub rank: u32,
    #[serde(default)]
    pub values: BTreeMap<String, f64>,
    #[serde(default)]
    pub sets: BTreeMap<String, Vec<String>>,
}

/// The plugin says no.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct FaultWords {
    pub code: u16,
    /// A part of its message.
    #[serde(default)]
    pub message: String,
}

/// A mistake in the settings.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(missing_docs)]
pub struct DiagnosticWords {
    pub path: String,
    /// A part of its message.
    #[serde(default)]
    pub message: String,
}

/// The one answer that is expected.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub enum Expected<'a> {
    Scores(&'a [f64]),
    Keep(&'a [String]),
    Pick(&'a [String]),
    Agrees(bool),
    Steps(&'a [StepWords]),
    Decision(&'a DecisionWords),
    Samples(&'a [SampleWords]),
    Headers(&'a BTreeMap<String, String>),
    OwnColumns(&'a BTreeMap<String, Vec<f64>>),
    Fault(&'a FaultWords),
    Diagnostics(&'a [DiagnosticWords]),
}

impl Expect {
    /// What is expected, if it is exactly one thing.
    pub fn known(&self) -> Result<Expected<'_>, String> {
        let all = [
            self.scores.as_deref().map(Expected::Scores),
            self.keep.as_deref().map(Expected::Keep),
            self.pick.as_deref().map(Expected::Pick),
            self.agrees.map(Expected::Agrees),
            self.steps.as_deref().map(Expected::Steps),
            self.decision.as_ref().map(Expected::Decision),
            self.samples.as_deref().map(Expected::Samples),
            self.headers.as_ref().map(Expected::Headers),
            self.own_columns.as_ref().map(Expected::OwnColumns),
            self.fault.as_ref().map(Expected::Fault),
            self.diagnostics.as_deref().map(Expected::Diagnostics),
        ];
        let mut given = all.into_iter().flatten();
        match (given.next(), given.count()) {
            (Some(one), 0) => Ok(one),
            (_, others) => Err(format!(
                "`expect` says {} things, expected exactly one of scores, keep, pick, agrees, steps, decision, samples, headers, own-columns, fault, diagnostics",
                if others == 0 { 0 } else { others + 1 }
            )),
        }
    }

    /// The stage that answers so, where only one does.
    pub fn stage(&self) -> Option<Stage> {
        match self.known().ok()? {
            Expected::Scores(_) => Some(Stage::Scorer),
            Expected::Keep(_) => Some(Stage::Filter),
            Expected::Pick(_) => Some(Stage::Picker),
            Expected::Agrees(_) => Some(Stage::Decider),
            Expected::Steps(_) | Expected::Decision(_) => Some(Stage::ProfileHandler),
            Expected::Samples(_) => Some(Stage::Scraper),
            Expected::Headers(_) | Expected::OwnColumns(_) => Some(Stage::Hooks),
            Expected::Fault(_) | Expected::Diagnostics(_) => None,
        }
    }
}

impl Case {
    /// The stage that what is given belongs to.
    pub(super) fn told_stage(&self) -> Option<Stage> {
        let told = [
            (self.totals.is_some(), Stage::Picker),
            (self.picked.is_some(), Stage::Decider),
            (self.done.is_some(), Stage::ProfileHandler),
            (self.events.is_some(), Stage::Hooks),
            (self.exposition.is_some(), Stage::Scraper),
        ];
        told.into_iter().find_map(|(is, stage)| is.then_some(stage))
    }

    /// The settings as JSON.
    pub fn settings(&self) -> Value {
        super::object(self.settings.as_ref())
    }
}

/// All cases of a text, or what is wrong with it and where.
pub(super) fn parse(text: &str) -> Result<Vec<Case>, String> {
    // By itself first: where an indentation is wrong, a field that seems to be missing is not the mistake.
    let tree = serde_yaml_ng::from_str(text).map_err(|error| words::no_yaml(&error))?;
    serde_yaml_ng::from_str(text).map_err(|error| words::told(&error, &tree))
}
