//! One scheduling cycle on a plan that does not run yet, and a call of what no cycle asks: what breaks at its first request shall not reach
//! a client's. It writes nothing that anybody reads, because the plan may be refused.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use switchyard_engine::{EngineLane, Fetched};
use switchyard_scheduler::record::{CallRecord, Record};
use switchyard_scheduler::{
    Call, CallFault, Cause, Decision, Ended, Ending, EndpointSpec, Gathered, HeaderSource, Lane,
    PluginIndex, Request, RequestValues, RowPool, Snapshot, Stage, Target, schedule,
};

use crate::active::Active;
use crate::pool::Pool;

/// How long it may take; each call has its own limit besides.
const LIMIT: Duration = Duration::from_secs(5);

struct NoHeaders;

impl HeaderSource for NoHeaders {
    fn header(&self, _name: &str) -> Option<String> {
        None
    }
}

/// Runs a cycle over the endpoints of this moment, or two that nobody has.
///
/// # Errors
/// The plugin that broke, and how. One that refuses the request on purpose did not break.
pub(super) fn call(active: &Active, pool: &Pool, now_ms: u64) -> Result<(), String> {
    let mut lane = active.lane().map_err(|error| error.to_string())?;
    let mut snapshot = pool.snapshot();
    let real = !snapshot.rows().is_empty();
    if !real {
        snapshot = Arc::new(nobody(pool));
    }
    let rows = snapshot.rows().to_vec();
    let gathered = Gathered::take(&active.plan, rows, &RequestValues::default(), "", now_ms, 0);
    let mut request = Request::new("smoke".into(), now_ms, 1, Box::new(NoHeaders));
    request.profiles = active.profile_names.clone();
    lane.set_aside(|_| true);
    lane.set_deadline(Some(Instant::now() + LIMIT));
    let record = schedule(
        &active.plan,
        &snapshot,
        &mut lane,
        &Arc::new(request),
        gathered,
    );
    let mut asked: Vec<Asked> = calls(&record)
        .map(|call| (call.plugin, call.stage, call.fault.clone()))
        .collect();
    asked.extend(beside(active, &record, &mut lane));
    lane.set_deadline(None);
    lane.set_aside(|_| false);
    lane.take_import_answers();
    let broken = asked.into_iter().find_map(|(plugin, stage, fault)| {
        let fault = fault?;
        (!matches!(fault.cause, Cause::Said { .. })).then_some((plugin, stage, fault))
    });
    let answer = match broken {
        Some((plugin, stage, fault)) => Err(format!(
            "plugin `{}` broke in its first call as {}: {}: {}",
            active.plan.plugin(plugin).name,
            stage.as_str(),
            fault.cause.as_str(),
            fault.message
        )),
        None => Ok(()),
    };
    if real {
        active.give_back(lane);
    }
    // Else its plugins believe in endpoints that nobody has, and it goes.
    answer
}

fn calls(record: &Record) -> impl Iterator<Item = &CallRecord> {
    let profiles = record.profiles.iter().flat_map(|profile| &profile.calls);
    record.handler.iter().chain(profiles)
}

/// A call, and what went wrong in it.
type Asked = (PluginIndex, Stage, Option<CallFault>);

/// Asks what the cycle did not: hooks, deciders of profiles that were not reached, scrapers.
fn beside(active: &Active, record: &Record, lane: &mut EngineLane) -> Vec<Asked> {
    let mut asked = Vec::new();
    let row = record.gathered.rows.first().copied().unwrap_or_default();
    let (plan, rows) = (&active.plan, [row]);
    let decision = Decision {
        primary: String::new(),
        targets: vec![Target { row, port: 0 }],
        set_headers: Vec::new(),
    };
    for (at, plugin) in (0..).map(PluginIndex).zip(&active.plugins) {
        let mut inputs = Vec::new();
        record.gathered.extend_with(plan, at, &rows, &mut inputs);
        let call = |profile| Call {
            plugin: at,
            request: &record.request,
            profile,
        };
        if plan.deciders.contains(&at) {
            let profile = plan.profiles.first().map_or("", |profile| &*profile.name);
            let agreed = lane.agree(call(profile), &rows, &inputs);
            asked.push((at, Stage::Decider, agreed.err()));
        }
        if plan.hooks.contains(&at) {
            let told = lane.picked(call(""), &decision, &inputs);
            let told = told.and_then(|_| lane.response_started(call(""), 200));
            let told = told.and_then(|_| lane.response_ended(call(""), &ENDED));
            asked.push((at, Stage::Hooks, told.err()));
        }
        for (fetch, _) in (0..).zip(plugin.fetches()) {
            let read = lane.scraper_parse(
                at,
                Fetched {
                    fetch,
                    row,
                    status: 200,
                    elapsed_ms: 1,
                    body: b"",
                },
            );
            asked.push((at, Stage::Scraper, read.err()));
        }
    }
    asked
}

/// How the request ends that nobody sent.
const ENDED: Ended = Ended {
    ending: Ending::Complete,
    status: 200,
    prompt_tokens: 1.0,
    cached_tokens: 0.0,
    completion_tokens: 1.0,
    first_token_ms: 1.0,
    total_ms: 1.0,
};

/// Two endpoints with roles, so that filters for either leave one.
fn nobody(pool: &Pool) -> Snapshot {
    let endpoint = |port: u16, role: &str| EndpointSpec {
        name: format!("smoke-{port}"),
        namespace: "default".into(),
        address: IpAddr::from([127, 0, 0, 1]),
        port,
        rank: 0,
        labels: BTreeMap::from([("llm-d.ai/role".to_owned(), role.to_owned())]),
    };
    let specs = vec![endpoint(1, "decode"), endpoint(2, "prefill")];
    Snapshot::default().next(specs, &Arc::new(RowPool::default()), pool.columns())
}
