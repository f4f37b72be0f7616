//! What a plugin's author writes: [`Plugin`], and the trait of each stage the plugin takes part in.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::bindings::types;
use crate::{Diagnostics, Endpoints, Needs};

pub use types::{
    Decision, Ended, Ending, Endpoint, Fault, Fetch, Header, Label, Outcome, ProfileResult, Sample,
    Scope, Step, StringSet, Target,
};

/// Who a plugin is and how it begins.
pub trait Plugin: Sized + 'static {
    /// The type name as configurations write it, such as `queue-scorer`.
    const NAME: &'static str;
    /// The plugin's version; usually `env!("CARGO_PKG_VERSION")`.
    const VERSION: &'static str;
    /// One sentence for lists and tables.
    const SUMMARY: &'static str;

    /// The settings. By convention unknown fields are refused (`#[serde(deny_unknown_fields)]`) and
    /// names are in camelCase.
    type Settings: DeserializeOwned + JsonSchema;

    /// Makes the plugin, or says all that is wrong with its settings.
    fn new(settings: Self::Settings) -> Result<Self, Diagnostics>;

    /// What it reads and may do. Asked once, after [`Plugin::new`].
    fn needs(&self) -> Needs {
        Needs::none()
    }

    /// All endpoints that exist now. See [`crate::PerRow`].
    fn endpoints_changed(&mut self, endpoints: &[Endpoint]) -> Result<(), Fault> {
        let _ = endpoints;
        Ok(())
    }
}

/// Drops endpoints that must not get the request.
pub trait Filter: Plugin {
    /// The rows that stay.
    fn keep(&mut self, endpoints: &Endpoints<'_>) -> Result<Vec<u32>, Fault>;
}

/// Says how well each endpoint suits the request.
pub trait Scorer: Plugin {
    /// One score per row, from 0 to 1.
    fn score(&mut self, endpoints: &Endpoints<'_>) -> Result<Vec<f64>, Fault>;
}

/// Chooses among the endpoints by their weighted totals.
pub trait Picker: Plugin {
    /// The rows to use, best first, at least one. `totals` has one number per row.
    fn pick(&mut self, endpoints: &Endpoints<'_>, totals: &[f64]) -> Result<Vec<u32>, Fault>;
}

/// Answers whether a further profile shall run.
pub trait Decider: Plugin {
    /// `picked` are the rows that the profile's forerunner picked, best first.
    fn decide(&mut self, profile: &str, picked: &Endpoints<'_>) -> Result<bool, Fault>;
}

/// Says which profiles run, and makes one decision of their results.
pub trait ProfileHandler: Plugin {
    /// The profiles to run next; empty: go on to [`ProfileHandler::decide`]. `picked` are the rows of
    /// all results in `done`, one result after the other.
    fn next(&mut self, done: &[ProfileResult], picked: &Endpoints<'_>) -> Result<Vec<Step>, Fault>;

    /// The decision.
    fn decide(&mut self, done: &[ProfileResult], picked: &Endpoints<'_>)
    -> Result<Decision, Fault>;
}

/// One answer that the host fetched.
#[derive(Debug, Clone, Copy)]
pub struct Answer<'a> {
    /// Which of the planned fetches it answers.
    pub fetch: u32,
    /// The endpoint asked; with [`Scope::Address`] its first rank.
    pub row: u32,
    /// HTTP status.
    pub status: u16,
    /// How long the fetch took.
    pub elapsed_ms: u32,
    /// The body, or of an exposition just the families asked for.
    pub body: &'a [u8],
}

/// Reads numbers about the model servers. The host does the fetching.
pub trait Scraper: Plugin {
    /// What to fetch.
    fn plan(&mut self) -> Result<Vec<Fetch>, Fault>;

    /// What an answer tells of its endpoint, or of each rank behind the address.
    fn parse(&mut self, answer: &Answer<'_>) -> Result<Vec<Sample>, Fault>;
}

/// Follows a request.
pub trait Hooks: Plugin {
    /// The decision is made; answers headers for the request. `targets` are its rows.
    fn picked(
        &mut self,
        decision: &Decision,
        targets: &Endpoints<'_>,
    ) -> Result<Vec<Header>, Fault> {
        let _ = (decision, targets);
        Ok(Vec::new())
    }

    /// The response began; answers headers for the response.
    fn response_started(&mut self, status: u16) -> Result<Vec<Header>, Fault> {
        let _ = status;
        Ok(Vec::new())
    }

    /// The request is over.
    fn response_ended(&mut self, ended: &Ended) -> Result<(), Fault> {
        let _ = ended;
        Ok(())
    }
}

impl Fault {
    /// The plugin cannot answer, and its `onFault` says what the request gets.
    pub fn cannot_answer(message: impl Into<String>) -> Self {
        Self {
            code: 0,
            message: message.into(),
        }
    }

    /// The request is refused with this HTTP status, from 400 to 599.
    pub fn refuse(status: u16, message: impl Into<String>) -> Self {
        Self {
            code: u32::from(status),
            message: message.into(),
        }
    }
}

impl Header {
    /// A header; the name in lower case.
    pub fn new(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            value: value.into(),
        }
    }
}

impl Step {
    /// A profile to run whatever anyone says.
    pub fn run(profile: impl Into<String>) -> Self {
        Self::gated(profile, "")
    }

    /// A profile to run if the decider of this name agrees.
    pub fn gated(profile: impl Into<String>, gate: impl Into<String>) -> Self {
        Self {
            profile: profile.into(),
            gate: gate.into(),
        }
    }
}

impl Decision {
    /// Sends the request where `result` says, to each endpoint's own port.
    pub fn of(result: &ProfileResult) -> Self {
        Self {
            primary: result.profile.clone(),
            targets: result
                .rows
                .iter()
                .map(|&row| Target { row, port: 0 })
                .collect(),
            set_headers: Vec::new(),
            extra: Vec::new(),
        }
    }
}
