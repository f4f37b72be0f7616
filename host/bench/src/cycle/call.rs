//! What a single call of a scorer costs more than the same as plain Rust.

use std::hint::black_box;
use std::time::Instant;

use switchyard_scheduler::{Call, Gathered, Lane, PluginIndex};

use super::bed::{Bed, BedError, NOW_MS, PROFILE, SCORERS, request};
use crate::Effort;
use crate::rate::median;
use crate::report::{Goal, Row};

const ENDPOINTS: u32 = 100;
/// Calls that are timed together, so that the clock's own cost vanishes.
pub(crate) const BATCH: u32 = 200;

/// One row a scorer. The scheduler's buffers for inputs and scores stand ready for both; the list that
/// a component answers, which the engine allocates, is counted.
pub(super) fn rows(bed: &Bed, effort: Effort) -> Result<Vec<Row>, BedError> {
    let pool = bed.pool(ENDPOINTS);
    let rows: Vec<u32> = pool.snapshot.endpoints.iter().map(|e| e.row).collect();
    let oldest_ms = NOW_MS - 2_000;
    let model = "adapter-2";
    let gathered = Gathered::take(&bed.plan, rows, &pool.values, model, NOW_MS, oldest_ms);
    let (mut components, mut native) = (bed.lane()?, bed.native());
    for lane in [&mut components as &mut dyn Lane, &mut native] {
        lane.endpoints_changed(pool.snapshot.generation, &pool.snapshot.endpoints);
    }
    let batches = effort.rounds * effort.cycles / BATCH as usize + 1;
    let mut table = Vec::new();
    for (at, (name, ..)) in SCORERS.iter().enumerate() {
        let plugin = PluginIndex(at as u32);
        let inputs = inputs(bed, plugin, &gathered);
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        batch(&mut components, plugin, &gathered.rows, &inputs)?;
        for _ in 0..batches {
            ours.push(batch(&mut components, plugin, &gathered.rows, &inputs)?);
            theirs.push(batch(&mut native, plugin, &gathered.rows, &inputs)?);
        }
        let (ours, theirs) = (median(ours), median(theirs));
        let what = format!("added by a call of {name}, {ENDPOINTS} endpoints");
        let row = Row::new(what, ours - theirs, "us");
        table.push(row.peer("native call", theirs).goal(Goal::AtMost(1.0)));
    }
    Ok(table)
}

fn inputs(bed: &Bed, plugin: PluginIndex, gathered: &Gathered) -> Vec<f64> {
    let plugin = bed.plan.plugin(plugin);
    let columns = plugin.columns.iter();
    let columns = columns.flat_map(|column| gathered.column(*column).iter().copied());
    let scalars = plugin.scalars.iter().map(|at| gathered.scalars[*at]);
    columns.chain(scalars).collect()
}

/// Microseconds a call of a scorer, of a batch of them.
pub(crate) fn batch(
    lane: &mut dyn Lane,
    plugin: PluginIndex,
    rows: &[u32],
    inputs: &[f64],
) -> Result<f64, BedError> {
    let request = request(1);
    let call = Call {
        plugin,
        request: &request,
        profile: PROFILE,
    };
    let mut scores = Vec::with_capacity(rows.len());
    let start = Instant::now();
    for _ in 0..BATCH {
        scores.clear();
        let answer = lane.score(call, black_box(rows), black_box(inputs), &mut scores);
        answer.map_err(|fault| BedError::Wrong {
            what: "a call".into(),
            found: fault.to_string(),
        })?;
        black_box(scores.len());
        black_box(lane.take_import_answers());
    }
    Ok(start.elapsed().as_secs_f64() * 1e6 / f64::from(BATCH))
}
