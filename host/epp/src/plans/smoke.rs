//! One scheduling cycle on a plan that does not run yet: what breaks at its first request shall not reach
//! a client's. It writes nothing that anybody reads, because the plan may be refused.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use switchyard_scheduler::record::{CallRecord, Record};
use switchyard_scheduler::{
    Cause, EndpointSpec, Gathered, HeaderSource, Lane, Request, RequestValues, RowPool, Snapshot,
    schedule,
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
    lane.set_deadline(None);
    lane.set_aside(|_| false);
    lane.take_import_answers();
    let broken = calls(&record).find_map(|call| {
        let fault = call.fault.as_ref()?;
        (!matches!(fault.cause, Cause::Said { .. })).then_some((call, fault))
    });
    let name = |call: &CallRecord| active.plan.plugin(call.plugin).name.clone();
    let answer = match broken {
        Some((call, fault)) => Err(format!(
            "plugin `{}` broke in its first call as {}: {}: {}",
            name(call),
            call.stage.as_str(),
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
