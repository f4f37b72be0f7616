//! What a plugin is asked, and what it is asked about.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use switchyard_engine::Needs;
use switchyard_scheduler::{CallFault, Decision, Ended, Endpoint, ProfileResult, Request};

/// Endpoints with their numbers, and a request.
pub struct Scene {
    /// All endpoints, by row.
    pub endpoints: Vec<Arc<Endpoint>>,
    /// The candidates.
    pub rows: Vec<u32>,
    /// One value per endpoint.
    pub columns: BTreeMap<String, Vec<f64>>,
    /// One value per request.
    pub scalars: BTreeMap<String, f64>,
    /// The request.
    pub request: Arc<Request>,
    /// The profile that runs.
    pub profile: String,
}

/// What a plugin is asked.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub enum Question {
    Keep,
    Score,
    Pick {
        totals: Vec<f64>,
    },
    Agree {
        picked: Vec<u32>,
    },
    Next {
        done: Vec<ProfileResult>,
    },
    Decide {
        done: Vec<ProfileResult>,
    },
    Parse {
        fetch: u32,
        status: u16,
        elapsed_ms: u32,
        body: Vec<u8>,
    },
    Picked {
        decision: Decision,
    },
    ResponseStarted {
        status: u16,
    },
    ResponseEnded {
        ended: Ended,
    },
}

impl Question {
    /// The call that asks it, as the contract names it.
    pub fn call(&self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Score => "score",
            Self::Pick { .. } => "pick",
            Self::Agree { .. } | Self::Decide { .. } => "decide",
            Self::Next { .. } => "next",
            Self::Parse { .. } => "parse",
            Self::Picked { .. } => "picked",
            Self::ResponseStarted { .. } => "response-started",
            Self::ResponseEnded { .. } => "response-ended",
        }
    }

    /// A fault with what was asked.
    pub fn broke(&self, scene: &Scene, fault: &CallFault) -> String {
        let endpoints = match scene.rows.len() {
            1 => "1 endpoint".to_owned(),
            count => format!("{count} endpoints"),
        };
        format!("`{}` with {endpoints}: {fault}", self.call())
    }

    /// The rows that the call is about.
    pub fn rows<'a>(&'a self, scene: &'a Scene) -> Cow<'a, [u32]> {
        match self {
            Self::Agree { picked } => Cow::Borrowed(picked),
            Self::Next { done } | Self::Decide { done } => {
                let rows = done.iter().flat_map(|result| &result.rows);
                Cow::Owned(rows.copied().collect())
            }
            Self::Picked { decision } => {
                Cow::Owned(decision.targets.iter().map(|target| target.row).collect())
            }
            _ => Cow::Borrowed(&scene.rows),
        }
    }
}

impl Scene {
    /// The numbers of a call as the contract lays them out: the columns of `needs` one after the other, then the
    /// scalars. What the scene does not say is NaN.
    pub fn inputs(&self, needs: &Needs, rows: &[u32]) -> Vec<f64> {
        let value = |column: Option<&Vec<f64>>, row: &u32| {
            let found = column.and_then(|values| values.get(*row as usize));
            found.copied().unwrap_or(f64::NAN)
        };
        let columns = needs.columns.iter().flat_map(|input| {
            let column = self.columns.get(&input.name);
            rows.iter().map(move |row| value(column, row))
        });
        let scalars = needs.scalars.iter();
        let scalars =
            scalars.map(|input| self.scalars.get(&input.name).copied().unwrap_or(f64::NAN));
        columns.chain(scalars).collect()
    }

    /// An endpoint's name by its row.
    pub fn name(&self, row: u32) -> String {
        let endpoint = self.endpoints.get(row as usize);
        endpoint.map_or_else(|| format!("row {row}"), |endpoint| endpoint.name.clone())
    }
}

/// An endpoint in `default`, at an address of its own.
pub fn endpoint(row: u32, name: &str, labels: BTreeMap<String, String>) -> Endpoint {
    Endpoint {
        row,
        id: format!("default/{name}"),
        name: name.to_owned(),
        namespace: "default".to_owned(),
        address: IpAddr::V4(Ipv4Addr::from(0x0a00_0000 + row)),
        port: 8000,
        rank: 0,
        labels,
        lease: None,
    }
}
