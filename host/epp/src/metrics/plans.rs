//! The series of plans, made when somebody asks.

use prometheus::proto::MetricFamily;

use super::registrar::Registrar;
use crate::plans::PlansStatus;

pub(super) fn families(status: &PlansStatus) -> Vec<MetricFamily> {
    let registrar = Registrar::default();
    registrar
        .int_gauges("switchyard_plan_number", "The plan that runs", &[])
        .with_label_values::<&str>(&[])
        .set(status.number as i64);
    let changes = registrar.counters(
        "switchyard_plan_changes_total",
        "New plans since the start, by what became of them",
        &["outcome"],
    );
    for (outcome, count) in [("applied", status.applied), ("refused", status.refused)] {
        changes.with_label_values(&[outcome]).inc_by(count);
    }
    registrar
        .int_gauges(
            "switchyard_plan_change_refused",
            "1 while the latest change was refused and the plan before it goes on",
            &[],
        )
        .with_label_values::<&str>(&[])
        .set(i64::from(status.refusal.is_some()));
    registrar.registry.gather()
}
