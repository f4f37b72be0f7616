//! The scheduling cycle, with components and with the same plugins as plain Rust.
//!
//! The two take turns of a few dozen cycles, so that what disturbs the machine disturbs both.

mod bed;
mod call;

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use switchyard_scheduler::record::Record;
use switchyard_scheduler::{Gathered, Lane, Plan, schedule};

pub use bed::{Bed, BedError, NOW_MS, PROFILE, Pool, SCORERS, request};
pub(crate) use bed::{options, snapshot};
pub(crate) use call::{BATCH, batch};

use crate::Effort;
use crate::rate::{median, percentile};
use crate::report::{Goal, Row};

/// Cycles before the other lane's turn.
const TURN: usize = 50;
/// The picker keeps so many records, so a new one takes the memory of one long gone.
const KEPT: usize = 1024;

/// The times of one cycle.
struct Times {
    gather: f64,
    schedule: f64,
}

/// One lane and the records it left.
struct Subject {
    lane: Box<dyn Lane>,
    records: VecDeque<Record>,
    number: u64,
    gather: Vec<f64>,
    schedule: Vec<f64>,
    total: Vec<f64>,
}

/// Medians over the rounds, in microseconds.
#[derive(Debug, Clone, Default)]
struct Figures {
    gather_p50: Vec<f64>,
    schedule_p50: Vec<f64>,
    total_p50: Vec<f64>,
    total_p99: Vec<f64>,
}

/// Rows 1 and 2: the cycle at three sizes, then the cost of a call.
pub fn rows(plugins: &Path, effort: Effort) -> Result<Vec<Row>, BedError> {
    let bed = Bed::new(plugins)?;
    let mut rows = Vec::new();
    for count in [10, 100, 1_000] {
        rows.extend(at(&bed, count, effort)?);
    }
    rows.extend(call::rows(&bed, effort)?);
    Ok(rows)
}

fn at(bed: &Bed, count: u32, effort: Effort) -> Result<Vec<Row>, BedError> {
    let pool = bed.pool(count);
    let mut components = Subject::new(Box::new(bed.lane()?));
    let mut native = Subject::new(Box::new(bed.native()));
    let (mut ours, mut theirs) = (Figures::default(), Figures::default());
    // The round before the first warms up and counts for nothing.
    for round in 0..=effort.rounds {
        for _ in 0..effort.cycles.div_ceil(TURN) {
            components.turn(&bed.plan, &pool)?;
            native.turn(&bed.plan, &pool)?;
        }
        components.round(&mut ours, round > 0);
        native.round(&mut theirs, round > 0);
    }
    agree(&components, &native)?;
    let row = |what: &str, of: fn(Figures) -> Vec<f64>| {
        let name = format!("cycle, {count} endpoints: {what}");
        let (ours, theirs) = (median(of(ours.clone())), median(of(theirs.clone())));
        Row::new(name, ours, "us").peer("native", theirs)
    };
    let (p50, p99) = (
        row("gather and schedule, p50", |figures| figures.total_p50),
        row("gather and schedule, p99", |figures| figures.total_p99),
    );
    Ok(vec![
        row("gather, p50", |figures| figures.gather_p50),
        row("schedule, p50", |figures| figures.schedule_p50),
        if count == 100 {
            p50.goal(Goal::AtMost(15.0))
        } else {
            p50
        },
        if count == 100 {
            p99.goal(Goal::AtMost(50.0))
        } else {
            p99
        },
    ])
}

impl Subject {
    fn new(lane: Box<dyn Lane>) -> Self {
        Self {
            lane,
            records: VecDeque::with_capacity(KEPT),
            number: 0,
            gather: Vec::new(),
            schedule: Vec::new(),
            total: Vec::new(),
        }
    }

    fn turn(&mut self, plan: &Arc<Plan>, pool: &Pool) -> Result<(), BedError> {
        for _ in 0..TURN {
            let Times { gather, schedule } = self.cycle(plan, pool)?;
            self.gather.push(gather);
            self.schedule.push(schedule);
            self.total.push(gather + schedule);
        }
        Ok(())
    }

    /// What is timed is what stands between a request that was read and its destination. Freeing an
    /// old record comes after the answer, and is left out.
    fn cycle(&mut self, plan: &Arc<Plan>, pool: &Pool) -> Result<Times, BedError> {
        self.number += 1;
        let request = request(self.number);
        let start = Instant::now();
        let gathered = Gathered::take(
            plan,
            pool.snapshot.rows().to_vec(),
            &pool.values,
            &request.target_model,
            NOW_MS,
            NOW_MS - 2_000,
        );
        let gather = start.elapsed();
        let record = schedule(plan, &pool.snapshot, self.lane.as_mut(), &request, gathered);
        let total = start.elapsed();
        let profiles = record.profiles.iter();
        let calls = profiles.flat_map(|profile| &profile.calls);
        let mut faults = calls
            .chain(&record.handler)
            .filter_map(|call| call.fault.as_ref());
        let refusal = record.outcome.as_ref().err().map(ToString::to_string);
        let wrong = refusal.or_else(|| faults.next().map(ToString::to_string));
        if let Some(found) = wrong {
            let what = "a cycle".into();
            return Err(BedError::Wrong { what, found });
        }
        if self.records.len() == KEPT {
            self.records.pop_front();
        }
        self.records.push_back(record);
        Ok(Times {
            gather: micros(gather),
            schedule: micros(total - gather),
        })
    }

    fn round(&mut self, figures: &mut Figures, counts: bool) {
        if counts {
            figures.gather_p50.push(percentile(&mut self.gather, 0.5));
            figures
                .schedule_p50
                .push(percentile(&mut self.schedule, 0.5));
            figures.total_p50.push(percentile(&mut self.total, 0.5));
            figures.total_p99.push(percentile(&mut self.total, 0.99));
        }
        self.gather.clear();
        self.schedule.clear();
        self.total.clear();
    }
}

/// Both lanes must have come to the same totals, or they did not do the same work.
fn agree(components: &Subject, native: &Subject) -> Result<(), BedError> {
    let totals = |subject: &Subject| {
        let last = subject.records.back();
        let profile = last.and_then(|record| record.profiles.first());
        profile.map(|profile| (profile.kept.clone(), profile.totals.clone()))
    };
    let (ours, theirs) = (totals(components), totals(native));
    if ours == theirs && ours.is_some() {
        return Ok(());
    }
    Err(BedError::Wrong {
        what: "the comparison of components with plain Rust".into(),
        found: format!("rows and totals {ours:?} and {theirs:?}"),
    })
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_and_plain_rust_come_to_the_same() {
        let plugins = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/plugins"));
        let rows = rows(plugins, Effort::QUICK).unwrap();
        assert_eq!(rows.len(), 3 * 4 + SCORERS.len());
        for row in rows {
            assert!(row.value.is_finite(), "{row:?}");
            assert!(
                row.peer.as_ref().is_some_and(|peer| peer.value > 0.0),
                "{row:?}"
            );
        }
    }

    #[test]
    fn lanes_that_differ_are_noticed() {
        let plugins = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../target/plugins"));
        let bed = Bed::new(plugins).unwrap();
        let (mut ten, mut twelve) = (
            Subject::new(Box::new(bed.native())),
            Subject::new(Box::new(bed.native())),
        );
        ten.turn(&bed.plan, &bed.pool(10)).unwrap();
        twelve.turn(&bed.plan, &bed.pool(12)).unwrap();
        assert!(agree(&ten, &ten).is_ok());
        assert!(agree(&ten, &twelve).is_err());
    }
}
