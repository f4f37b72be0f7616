//! `switchyard plugin plans` and `rollback`.

use serde::Deserialize;

use super::list::short;
use super::{ClientError, Connection, Target, Who, time};
use crate::said::Said;
use switchyard_build::table::aligned_left;

/// A plan that the picker runs or keeps.
#[derive(Debug, Deserialize)]
struct Plan {
    plan: u64,
    digest: String,
    at_ms: u64,
    by: Option<String>,
    #[serde(default)]
    current: bool,
}

#[derive(Deserialize)]
struct RolledBack {
    plan: u64,
    of: u64,
}

/// Lists the plans.
pub fn run(picker: &Connection) -> Result<Said, ClientError> {
    let plans: Vec<Plan> = picker.get(Target::new("/admin/plans"))?;
    let mut rows = vec![
        ["plan", "", "since", "by", "digest"]
            .map(str::to_owned)
            .to_vec(),
    ];
    rows.extend(plans.iter().map(|plan| {
        let current = if plan.current { "current" } else { "" };
        vec![
            plan.plan.to_string(),
            current.to_owned(),
            time::told(plan.at_ms),
            plan.by.clone().unwrap_or_else(|| "-".to_owned()),
            short(&plan.digest),
        ]
    }));
    let next = picker.next("plugin rollback --to PLAN");
    Ok(Said::well(aligned_left(&rows), next))
}

/// Goes back to an earlier plan.
pub fn rollback(to: Option<u64>, who: &Who, picker: &Connection) -> Result<Said, ClientError> {
    let target = Target::new("/admin/plan/rollback")
        .maybe("to", to)
        .maybe("by", who.name());
    let RolledBack { plan, of } = picker.post(target)?;
    let text = format!("plan {plan} is current: what plan {of} was\n");
    Ok(Said::well(text, picker.next("plugin list")))
}
