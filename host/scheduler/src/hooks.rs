//! What plugins do beside the decision: headers for the request and the response, and the end.

use std::sync::Arc;

use crate::Request;
use crate::call::{Call, CallFault, Decision, Ended, Header, Lane, PluginIndex};
use crate::plan::{Plan, Stage};
use crate::profile::consequence;
use crate::record::Record;
use crate::refusal::Refusal;

/// Runs every hook's `picked`. Headers come back in the order of the hooks; a later one of the same
/// name wins where they are set.
pub fn picked(
    record: &Record,
    lane: &mut dyn Lane,
    decision: &Decision,
) -> Result<Vec<Header>, Refusal> {
    let rows: Vec<u32> = decision.targets.iter().map(|target| target.row).collect();
    let mut inputs = Vec::new();
    each(&record.plan, &record.request, lane, |lane, call| {
        inputs.clear();
        record
            .gathered
            .extend_with(&record.plan, call.plugin, &rows, &mut inputs);
        lane.picked(call, decision, &inputs)
    })
}

/// Runs every hook's `response-started`.
pub fn response_started(
    plan: &Plan,
    request: &Arc<Request>,
    lane: &mut dyn Lane,
    status: u16,
) -> Result<Vec<Header>, Refusal> {
    each(plan, request, lane, |lane, call| {
        lane.response_started(call, status)
    })
}

/// Runs every hook's `response-ended`. Nothing can come of it any more, so faults only count, and a
/// hook that fails keeps no other from hearing of the end.
pub fn response_ended(plan: &Plan, request: &Arc<Request>, lane: &mut dyn Lane, ended: &Ended) {
    for &plugin in &plan.hooks {
        let _ = lane.response_ended(about(plugin, request), ended);
    }
}

fn each(
    plan: &Plan,
    request: &Arc<Request>,
    lane: &mut dyn Lane,
    mut ask: impl FnMut(&mut dyn Lane, Call<'_>) -> Result<Vec<Header>, CallFault>,
) -> Result<Vec<Header>, Refusal> {
    let mut headers = Vec::new();
    for &plugin in &plan.hooks {
        match ask(lane, about(plugin, request)) {
            Ok(more) => headers.extend(more),
            Err(fault) => refused(plan, plugin, &fault)?,
        }
    }
    Ok(headers)
}

/// A call outside of profiles.
fn about(plugin: PluginIndex, request: &Arc<Request>) -> Call<'_> {
    Call {
        plugin,
        request,
        profile: "",
    }
}

fn refused(plan: &Plan, plugin: PluginIndex, fault: &CallFault) -> Result<(), Refusal> {
    consequence(plan, plugin, Stage::Hooks, fault).map_or(Ok(()), Err)
}
