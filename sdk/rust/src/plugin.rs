//! What a plugin's author writes: [`Plugin`], and the trait of each stage the plugin takes part in.

use schemars::JsonSchema;
use serde::de::DeserializeOwned;

use crate::bindings::types;
use crate::{Diagnostics, Endpoints, Needs, Request};

pub use types::{
    Decision, Ended, Ending, Endpoint, Fault, Fetch, Header, Label, Outcome, ProfileResult, Sample,
    Scope, Step, StringSet, Target,
};

/// Who a plugin is and how it begins.
///
/// There are several instances of a plugin, each serves one call at a time, and any of them may be
/// replaced at any time: after a panic, past a deadline, or because a new plan took over. What an instance
/// holds is a cache and never the truth. What must last or be shared goes to [`crate::state`] or to
/// [`crate::own_columns`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a plugin",
    label = "`Plugin` is not implemented for it",
    note = "`impl switchyard_sdk::Plugin` says its name, its settings and what it reads"
)]
pub trait Plugin: Sized + 'static {
    /// The type name as configurations write it, such as `queue-scorer`.
    const NAME: &'static str;
    /// The plugin's version; usually `env!("CARGO_PKG_VERSION")`.
    const VERSION: &'static str;
    /// One sentence for lists and tables.
    const SUMMARY: &'static str;

    /// The settings. By convention unknown fields are refused (`#[serde(deny_unknown_fields)]`) and
    /// names are in camelCase. What the type cannot say, its schema can: with
    /// `#[schemars(range(min = 1))]` or `#[schemars(extend("exclusiveMinimum" = 0))]` a wrong number is
    /// refused before the plugin is asked, and a person sees what is allowed. [`Plugin::new`] still
    /// checks, as a plugin's own tests have no host in front of them.
    type Settings: DeserializeOwned + JsonSchema;

    /// Makes an instance, or says all that is wrong with its settings.
    fn new(settings: Self::Settings) -> Result<Self, Diagnostics>;

    /// What it reads and may do. Asked once, after [`Plugin::new`].
    fn needs(&self) -> Needs {
        Needs::none()
    }

    /// All endpoints that exist now, before the first request and whenever any of them came, went or
    /// changed its labels. The place to work out what names and labels mean: see [`crate::PerRow`].
    fn endpoints_changed(&mut self, endpoints: &[Endpoint]) -> Result<(), Fault> {
        let _ = endpoints;
        Ok(())
    }
}

/// Drops endpoints that must not get the request.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a filter",
    label = "`Filter` is not implemented for it",
    note = "`impl switchyard_sdk::Filter`, or take `filter` off the list of `export!`"
)]
pub trait Filter: Plugin {
    /// The rows that stay, in any order. [`Endpoints::keep`] makes the list.
    fn keep(&mut self, request: &Request, endpoints: &Endpoints<'_>) -> Result<Vec<u32>, Fault>;
}

/// Says how well each endpoint suits the request.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a scorer",
    label = "`Scorer` is not implemented for it",
    note = "`impl switchyard_sdk::Scorer`, or take `scorer` off the list of `export!`"
)]
pub trait Scorer: Plugin {
    /// Writes one score per row, in their order, from 0 (worst) to 1 (best). `scores` is the answer
    /// itself and holds 0 for each row at first. [`crate::scores`] has the usual shapes.
    fn score(
        &mut self,
        request: &Request,
        endpoints: &Endpoints<'_>,
        scores: &mut [f64],
    ) -> Result<(), Fault>;
}

/// Chooses among the endpoints by their weighted totals.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a picker",
    label = "`Picker` is not implemented for it",
    note = "`impl switchyard_sdk::Picker`, or take `picker` off the list of `export!`"
)]
pub trait Picker: Plugin {
    /// The rows to use, best first, at least one. `totals` has one number per row.
    fn pick(
        &mut self,
        request: &Request,
        endpoints: &Endpoints<'_>,
        totals: &[f64],
    ) -> Result<Vec<u32>, Fault>;
}

/// Answers whether a further profile shall run.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a decider",
    label = "`Decider` is not implemented for it",
    note = "`impl switchyard_sdk::Decider`, or take `decider` off the list of `export!`"
)]
pub trait Decider: Plugin {
    /// `picked` are the rows that the profile's forerunner picked, best first; none before the first
    /// profile ran.
    fn decide(
        &mut self,
        request: &Request,
        profile: &str,
        picked: &Endpoints<'_>,
    ) -> Result<bool, Fault>;
}

/// Says which profiles run, and makes one decision of their results.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a profile handler",
    label = "`ProfileHandler` is not implemented for it",
    note = "`impl switchyard_sdk::ProfileHandler`, or take `profile_handler` off the list of `export!`"
)]
pub trait ProfileHandler: Plugin {
    /// The profiles to run next; empty: go on to [`ProfileHandler::decide`]. `picked` are the rows of
    /// all results in `done`, one result after the other.
    fn next(
        &mut self,
        request: &Request,
        done: &[ProfileResult],
        picked: &Endpoints<'_>,
    ) -> Result<Vec<Step>, Fault>;

    /// The decision. A target must be a row that some profile picked.
    fn decide(
        &mut self,
        request: &Request,
        done: &[ProfileResult],
        picked: &Endpoints<'_>,
    ) -> Result<Decision, Fault>;
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
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a scraper",
    label = "`Scraper` is not implemented for it",
    note = "`impl switchyard_sdk::Scraper`, or take `scraper` off the list of `export!`"
)]
pub trait Scraper: Plugin {
    /// What to fetch.
    fn plan(&mut self) -> Result<Vec<Fetch>, Fault>;

    /// What an answer tells of its endpoint, or of each rank behind the address.
    fn parse(&mut self, answer: &Answer<'_>) -> Result<Vec<Sample>, Fault>;
}

/// Follows a request.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no hooks",
    label = "`Hooks` is not implemented for it",
    note = "`impl switchyard_sdk::Hooks`, or take `hooks` off the list of `export!`"
)]
pub trait Hooks: Plugin {
    /// The decision is made; answers headers for the request. `targets` are its rows.
    fn picked(
        &mut self,
        request: &Request,
        decision: &Decision,
        targets: &Endpoints<'_>,
    ) -> Result<Vec<Header>, Fault> {
        let _ = (request, decision, targets);
        Ok(Vec::new())
    }

    /// The response began; answers headers for the response.
    fn response_started(&mut self, request: &Request, status: u16) -> Result<Vec<Header>, Fault> {
        let _ = (request, status);
        Ok(Vec::new())
    }

    /// The request is over. Called exactly once for every request that was picked, on any instance.
    fn response_ended(&mut self, request: &Request, ended: &Ended) -> Result<(), Fault> {
        let _ = (request, ended);
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

impl ProfileResult {
    /// The result of a profile, if it is among those that are done.
    pub fn of<'a>(profile: &str, done: &'a [Self]) -> Option<&'a Self> {
        done.iter().find(|result| result.profile == profile)
    }

    /// Whether the profile picked an endpoint.
    pub fn is_picked(&self) -> bool {
        self.outcome == Outcome::Picked
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
