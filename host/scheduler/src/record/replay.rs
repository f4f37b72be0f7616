//! From a stored record back to a scheduling cycle, and the comparison of the two.

use std::net::SocketAddr;
use std::sync::Arc;

use super::Record;
use super::json::{CallJson, ProfileJson, RecordJson};
use crate::call::ImportAnswer;
use crate::columns::MAX_ROWS;
use crate::endpoint::Endpoint;
use crate::gather::Gathered;
use crate::plan::Plan;
use crate::request::{HeaderSource, Request};
use crate::snapshot::Snapshot;

/// A stored record that cannot be run again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Not a record at all.
    #[error("this is no decision record: {0}")]
    NotARecord(#[from] serde_json::Error),
    /// A field does not hold what it must.
    #[error("field `{field}` of the decision record holds `{found}`: expected {expected}")]
    #[allow(missing_docs)]
    Field {
        field: &'static str,
        found: String,
        expected: &'static str,
    },
}

/// Where a replay went another way.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} differs: recorded {recorded}, replayed {replayed}")]
#[allow(missing_docs)]
pub struct Difference {
    pub what: String,
    pub recorded: String,
    pub replayed: String,
}

/// A record read back.
pub struct Recorded {
    /// What was stored.
    pub json: RecordJson,
    /// The endpoints of that moment.
    pub snapshot: Arc<Snapshot>,
}

impl Recorded {
    /// Reads one record.
    pub fn parse(text: &str) -> Result<Self, ReplayError> {
        let json: RecordJson = serde_json::from_str(text)?;
        let endpoints = json.endpoints.iter().map(|endpoint| {
            // Tables are as long as their greatest row; no record that was written here has one past the end.
            if endpoint.row >= MAX_ROWS {
                return Err(ReplayError::Field {
                    field: "endpoints[].row",
                    found: endpoint.row.to_string(),
                    expected: "a row below 65536",
                });
            }
            let socket: SocketAddr = endpoint.address.parse().map_err(|_| ReplayError::Field {
                field: "endpoints[].address",
                found: endpoint.address.clone(),
                expected: "an IP address and a port",
            })?;
            let (namespace, name) = endpoint.id.split_once('/').unwrap_or(("", &endpoint.id));
            Ok(Arc::new(Endpoint {
                row: endpoint.row,
                id: endpoint.id.clone(),
                name: name.into(),
                namespace: namespace.into(),
                address: socket.ip(),
                port: socket.port(),
                rank: endpoint.rank,
                labels: endpoint.labels.clone(),
                lease: None,
            }))
        });
        let endpoints = endpoints.collect::<Result<Vec<_>, ReplayError>>()?;
        let snapshot = Arc::new(Snapshot::new(json.generation, endpoints));
        Ok(Self { json, snapshot })
    }

    /// The request as it was. Its headers and body are what the plugins asked for then.
    pub fn request(&self) -> Result<Arc<Request>, ReplayError> {
        let json = &self.json;
        let seed = json.seed.parse().map_err(|_| ReplayError::Field {
            field: "seed",
            found: json.seed.clone(),
            expected: "a number of 64 bits as a string",
        })?;
        let headers = Box::new(RecordedHeaders(self.import_answers()));
        let mut request = Request::new(json.request_id.clone(), json.now_ms, seed, headers);
        request.path.clone_from(&json.path);
        request.model.clone_from(&json.model);
        request.target_model.clone_from(&json.target_model);
        Ok(Arc::new(request))
    }

    /// The numbers as they were, in the order that `plan` wants; what was not recorded is NaN.
    pub fn gathered(&self, plan: &Plan) -> Gathered {
        let rows = self.json.rows.clone();
        let mut values = Vec::with_capacity(plan.columns.len() * rows.len());
        for column in &plan.columns {
            match self.json.columns.get(&*column.name) {
                Some(numbers) if numbers.0.len() == rows.len() => {
                    values.extend_from_slice(&numbers.0)
                }
                _ => values.extend(rows.iter().map(|_| f64::NAN)),
            }
        }
        let scalar = |name: &Arc<str>| {
            let numbers = self.json.scalars.get(&**name);
            numbers
                .and_then(|numbers| numbers.0.first().copied())
                .unwrap_or(f64::NAN)
        };
        Gathered {
            rows,
            values,
            scalars: plan.scalars.iter().map(scalar).collect(),
        }
    }

    /// Everything imports told the plugins, in the order they were asked: each of the handler's calls
    /// is followed by the profiles it named.
    pub fn import_answers(&self) -> Vec<ImportAnswer> {
        let mut profiles = self.json.profiles.iter();
        let mut answers = Vec::new();
        for handler in &self.json.handler {
            answers.extend_from_slice(&handler.imports);
            let named = handler.steps.as_ref().map_or(0, Vec::len);
            let ran = profiles.by_ref().take(named).flat_map(calls_of);
            answers.extend(ran.flat_map(|call| call.imports.iter().cloned()));
        }
        answers
    }

    /// Compares the replay with the record, bit for bit.
    pub fn compare(&self, replayed: &Record) -> Result<(), Difference> {
        let replayed = RecordJson::from(replayed);
        let recorded = &self.json;
        same("decision", &recorded.decision, &replayed.decision)?;
        same("refusal", &recorded.refusal, &replayed.refusal)?;
        same(
            "number of profiles",
            &recorded.profiles.len(),
            &replayed.profiles.len(),
        )?;
        for (recorded, replayed) in recorded.profiles.iter().zip(&replayed.profiles) {
            let of = |what: &str| format!("{what} of profile `{}`", recorded.profile);
            same(&of("name"), &recorded.profile, &replayed.profile)?;
            same(&of("outcome"), &recorded.outcome, &replayed.outcome)?;
            same(&of("kept rows"), &recorded.kept, &replayed.kept)?;
            for (recorded, replayed) in calls_of(recorded).zip(calls_of(replayed)) {
                let of = |what: &str| format!("{what} of `{}`", recorded.plugin);
                same(&of("scores"), &recorded.scores, &replayed.scores)?;
                same(&of("fault"), &recorded.fault, &replayed.fault)?;
            }
            same(&of("totals"), &recorded.totals, &replayed.totals)?;
            same(&of("picked rows"), &recorded.picked, &replayed.picked)?;
        }
        Ok(())
    }
}

fn same<T: PartialEq + std::fmt::Debug>(
    what: &str,
    recorded: &T,
    replayed: &T,
) -> Result<(), Difference> {
    match recorded == replayed {
        true => Ok(()),
        false => Err(Difference {
            what: what.into(),
            recorded: format!("{recorded:?}"),
            replayed: format!("{replayed:?}"),
        }),
    }
}

fn calls_of(profile: &ProfileJson) -> impl Iterator<Item = &CallJson> {
    profile
        .gate
        .iter()
        .chain(&profile.filters)
        .chain(&profile.scorers)
        .chain(&profile.picker)
}

/// Headers known from the answers that `request.header` gave.
struct RecordedHeaders(Vec<ImportAnswer>);

impl HeaderSource for RecordedHeaders {
    fn header(&self, name: &str) -> Option<String> {
        let call = format!("request.header({name:?})");
        let known = self.0.iter().find(|known| known.call == call)?;
        known.answer.as_str().map(str::to_owned)
    }
}
