//! What scrapers fetch and read, in plain types; see `scraper` in `wit/stages.wit`.

use std::time::Duration;

use crate::bindings::switchyard::plugin::types;

/// Whether a fetch is made once per endpoint or once per address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// Once per endpoint.
    Endpoint,
    /// Once per address, for all ranks behind it.
    Address,
}

/// Something to fetch from every model server, again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetch {
    /// For logs and metrics.
    pub name: String,
    /// How often per server.
    pub scope: Scope,
    /// `http` or `https`.
    pub scheme: String,
    /// `None`: the endpoint's own.
    pub port: Option<u16>,
    /// Begins with a slash.
    pub path: String,
    /// `None`: the picker's own interval.
    pub interval: Option<Duration>,
    /// How long a fetch may take.
    pub timeout: Duration,
    /// Prometheus families whose lines are wanted; empty: the whole body.
    pub families: Vec<String>,
    /// The columns that [`Sample::values`] fills.
    pub columns: Vec<String>,
    /// The sets that [`Sample::sets`] may hold.
    pub sets: Vec<String>,
}

/// What a fetch told of one endpoint.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    /// The rank it is about, with [`Scope::Address`].
    pub rank: u32,
    /// One value per column, NaN where the answer did not say.
    pub values: Vec<f64>,
    /// Named sets of strings.
    pub sets: Vec<StringSet>,
}

/// A named set of strings.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct StringSet {
    pub name: String,
    pub members: Vec<String>,
}

/// One answer of a model server, as [`crate::EngineLane::scraper_parse`] takes it.
#[derive(Debug, Clone, Copy)]
pub struct Fetched<'a> {
    /// The position in [`crate::Plugin::fetches`].
    pub fetch: u32,
    /// The endpoint; with [`Scope::Address`] its first rank.
    pub row: u32,
    /// HTTP status.
    pub status: u16,
    /// How long the fetch took.
    pub elapsed_ms: u32,
    /// The body, or the lines of the wanted families.
    pub body: &'a [u8],
}

impl From<types::Fetch> for Fetch {
    fn from(fetch: types::Fetch) -> Self {
        let millis = |ms: u32| Duration::from_millis(u64::from(ms));
        Self {
            name: fetch.name,
            scope: match fetch.scope {
                types::Scope::Endpoint => Scope::Endpoint,
                types::Scope::Address => Scope::Address,
            },
            scheme: fetch.scheme,
            port: (fetch.port != 0).then_some(fetch.port),
            path: fetch.path,
            interval: (fetch.interval_ms != 0).then(|| millis(fetch.interval_ms)),
            timeout: match fetch.timeout_ms {
                0 => Duration::from_secs(1),
                timeout_ms => millis(timeout_ms),
            },
            families: fetch.families,
            columns: fetch.columns,
            sets: fetch.sets,
        }
    }
}

impl From<types::Sample> for Sample {
    fn from(sample: types::Sample) -> Self {
        let sets = sample.sets.into_iter();
        Self {
            rank: sample.rank,
            values: sample.values,
            sets: sets
                .map(|types::StringSet { name, members }| StringSet { name, members })
                .collect(),
        }
    }
}
