//! From a case to the scene it plays in.

use std::sync::Arc;

use switchyard_build::contract::Stage;
use switchyard_scheduler::{HeaderSource, Request};

use super::Case;
use super::file::RequestWords;
use crate::trial::scene::{Scene, endpoint};

/// When cases play that do not say when: the same in every run, so that every run is the same.
const NOW_MS: u64 = 1_700_000_000_000;

/// The scene of a case; an error says what does not fit together.
pub(super) fn of(case: &Case, stage: Stage) -> Result<Scene, String> {
    let names = names(case);
    let mut endpoints = Vec::new();
    for (row, name) in (0..).zip(&names) {
        let words = case
            .endpoints
            .as_ref()
            .and_then(|all| all.get(row as usize));
        let labels = words.map(|words| words.labels.clone()).unwrap_or_default();
        let mut endpoint = endpoint(row, name, labels);
        if let Some(words) = words {
            endpoint.address = words.address.unwrap_or(endpoint.address);
            endpoint.port = words.port.unwrap_or(endpoint.port);
            endpoint.rank = words.rank;
        }
        endpoints.push(Arc::new(endpoint));
    }
    let count = endpoints.len();
    let columns = case
        .columns
        .iter()
        .map(|(name, values)| (name.as_str(), values));
    let totals = case.totals.iter().map(|values| ("totals", values));
    for (name, values) in columns.chain(totals) {
        if values.len() != count {
            return Err(format!(
                "`{name}` has {} values, expected one for each of the {count} endpoints",
                values.len()
            ));
        }
    }
    let request = request(&case.request, &names)?;
    let profile = case
        .profile
        .clone()
        .or_else(|| case.request.profile.clone());
    let profile = match stage {
        Stage::ProfileHandler | Stage::Hooks | Stage::Scraper => profile.unwrap_or_default(),
        _ => profile.unwrap_or_else(|| "default".to_owned()),
    };
    Ok(Scene {
        rows: endpoints.iter().map(|endpoint| endpoint.row).collect(),
        endpoints,
        columns: case.columns.clone(),
        scalars: case.scalars.clone(),
        request: Arc::new(request),
        profile,
    })
}

/// The endpoints' names. Where the case does not list them, as many as it has numbers or names for.
fn names(case: &Case) -> Vec<String> {
    if let Some(endpoints) = &case.endpoints {
        return endpoints.iter().map(|words| words.name.clone()).collect();
    }
    let columns = case.columns.values().map(Vec::len);
    let totals = case.totals.iter().map(Vec::len);
    let mut mentioned: Vec<&String> = case.picked.iter().flatten().collect();
    mentioned.extend(case.done.iter().flatten().flat_map(|result| &result.rows));
    mentioned.extend(case.request.peers.values().flatten());
    let events = case.events.iter().flatten();
    let decisions = events.filter_map(|event| event.picked.as_ref());
    mentioned.extend(
        decisions.flat_map(|decision| decision.targets.iter().map(|target| &target.endpoint)),
    );
    let numbered = |name: &&String| name.strip_prefix("pod-")?.parse::<usize>().ok();
    let mentioned = mentioned
        .iter()
        .filter_map(numbered)
        .map(|number| number + 1);
    let count = columns.chain(totals).chain(mentioned).max().unwrap_or(1);
    (0..count).map(|number| format!("pod-{number}")).collect()
}

/// The row of an endpoint by its name.
pub(super) fn row(names: &[String], name: &str) -> Result<u32, String> {
    let found = (0..).zip(names).find(|(_, known)| *known == name);
    found.map(|(row, _)| row).ok_or_else(|| {
        format!(
            "there is no endpoint `{name}`, expected one of {}",
            names.join(", ")
        )
    })
}

/// The rows of endpoints by their names.
pub(super) fn rows<'a>(
    names: &[String],
    wanted: impl IntoIterator<Item = &'a String>,
) -> Result<Vec<u32>, String> {
    wanted.into_iter().map(|name| row(names, name)).collect()
}

/// The names of a scene's endpoints, by row.
pub(super) fn names_of(scene: &Scene) -> Vec<String> {
    let endpoints = scene.endpoints.iter();
    endpoints.map(|endpoint| endpoint.name.clone()).collect()
}

struct Headers(Vec<(String, String)>);

impl HeaderSource for Headers {
    fn header(&self, name: &str) -> Option<String> {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    }
}

fn request(words: &RequestWords, names: &[String]) -> Result<Request, String> {
    let headers = words.headers.iter();
    let headers = headers.map(|(name, value)| (name.to_lowercase(), value.clone()));
    let headers = Box::new(Headers(headers.collect()));
    let id = match words.id.as_str() {
        "" => "case".to_owned(),
        id => id.to_owned(),
    };
    let mut request = Request::new(id, words.now_ms.unwrap_or(NOW_MS), words.seed, headers);
    request.exact_seed = Some(words.seed);
    request.path.clone_from(&words.path);
    request.model.clone_from(&words.model);
    request.target_model = words
        .target_model
        .clone()
        .unwrap_or_else(|| words.model.clone());
    request.profiles = words
        .profiles
        .iter()
        .map(|name| Arc::from(name.as_str()))
        .collect();
    request.note_body(words.body.as_bytes());
    request.keep_body(words.body.clone().into_bytes());
    for (profile, peers) in &words.peers {
        request.set_peers(profile, &rows(names, peers)?);
    }
    Ok(request)
}
