//! The plugins of the measured plan as plain Rust in the host: the peer of components.
//!
//! The formulas are those of the components; scores are written where the scheduler wants them, without
//! a list of their own, because that is how one would write them. Nothing is checked, timed or journaled.

use std::sync::Arc;

use switchyard_scheduler::{
    Call, CallFault, Cause, Decision, Ended, Endpoint, Header, ImportAnswer, Lane, Outcome,
    ProfileResult, Step, Target,
};

/// Appends one score a row, from one plugin's inputs.
pub type Scorer = fn(rows: usize, inputs: &[f64], scores: &mut Vec<f64>);

/// What stands at one position of the plan.
#[derive(Debug, Clone)]
pub enum Native {
    /// Keeps the endpoints that may decode.
    DecodeFilter,
    /// Any scorer.
    Scorer(Scorer),
    /// Takes one of the best.
    MaxScore,
    /// Runs one profile.
    SingleProfile(String),
}

/// A lane of them.
#[derive(Debug)]
pub struct NativeLane {
    plugins: Vec<Native>,
    generation: Option<u64>,
    decodes: Vec<bool>,
}

impl NativeLane {
    /// A lane; positions are the scheduler's plugin indexes.
    pub fn new(plugins: Vec<Native>) -> Self {
        Self {
            plugins,
            generation: None,
            decodes: Vec::new(),
        }
    }

    fn at(&self, call: Call<'_>) -> Option<&Native> {
        self.plugins.get(call.plugin.0 as usize)
    }
}

/// `queue-scorer`.
pub fn queue(rows: usize, inputs: &[f64], scores: &mut Vec<f64>) {
    let waiting = &inputs[..rows];
    let (least, greatest) = range(waiting);
    let span = greatest - least;
    scores.extend(waiting.iter().map(|waiting| {
        if span.is_nan() || span <= 0.0 {
            1.0
        } else if waiting.is_nan() {
            0.0
        } else {
            (greatest - waiting) / span
        }
    }));
}

/// `kv-cache-utilization-scorer`.
pub fn kv_cache_utilization(rows: usize, inputs: &[f64], scores: &mut Vec<f64>) {
    let usage = &inputs[..rows];
    let (_, fullest) = range(usage);
    let unknown = if fullest.is_finite() {
        1.0 - fullest
    } else {
        0.0
    };
    let score = |usage: &f64| {
        if usage.is_nan() { unknown } else { 1.0 - usage }
    };
    scores.extend(usage.iter().map(score));
}

/// `prefix-cache-scorer` with its default settings.
pub fn prefix_cache(rows: usize, inputs: &[f64], scores: &mut Vec<f64>) {
    let total = inputs[rows];
    let score = |matched: &f64| {
        if total.is_nan() || total <= 0.0 || matched.is_nan() {
            0.0
        } else {
            matched / total
        }
    };
    scores.extend(inputs[..rows].iter().map(score));
}

/// `lora-affinity-scorer`.
pub fn lora_affinity(rows: usize, inputs: &[f64], scores: &mut Vec<f64>) {
    let column = |at: usize| &inputs[at * rows..(at + 1) * rows];
    let (active, waiting) = (column(0), column(1));
    let (running, queued, most) = (column(2), column(3), column(4));
    scores.extend((0..rows).map(|at| {
        if active[at] > 0.0 {
            1.0
        } else if running[at] + queued[at] < most[at] {
            0.8
        } else if waiting[at] > 0.0 {
            0.6
        } else {
            0.0
        }
    }));
}

fn range(values: &[f64]) -> (f64, f64) {
    let start = (f64::INFINITY, f64::NEG_INFINITY);
    values.iter().fold(start, |(least, greatest), value| {
        (least.min(*value), greatest.max(*value))
    })
}

/// One of the rows with the best total.
fn best(rows: &[u32], totals: &[f64], seed: u64) -> Option<u32> {
    let (_, best) = range(totals);
    let tied = || {
        rows.iter()
            .zip(totals)
            .filter(move |(_, total)| **total == best)
    };
    let count = tied().count() as u64;
    let (row, _) = tied().nth(usize::try_from(seed.checked_rem(count)?).ok()?)?;
    Some(*row)
}

fn mismatch() -> CallFault {
    CallFault {
        cause: Cause::BadAnswer,
        message: "the native lane has another plugin at this position".into(),
    }
}

impl Lane for NativeLane {
    fn endpoints_changed(&mut self, generation: u64, endpoints: &[Arc<Endpoint>]) {
        if self.generation.replace(generation) == Some(generation) {
            return;
        }
        self.decodes.clear();
        for endpoint in endpoints {
            let row = endpoint.row as usize;
            if self.decodes.len() <= row {
                self.decodes.resize(row + 1, false);
            }
            let role = endpoint.labels.get("llm-d.ai/role").map(String::as_str);
            self.decodes[row] = matches!(role, None | Some("decode" | "prefill-decode" | "both"));
        }
    }

    fn keep(
        &mut self,
        call: Call<'_>,
        rows: &[u32],
        _: &[f64],
        keep: &mut Vec<u32>,
    ) -> Result<(), CallFault> {
        let Some(Native::DecodeFilter) = self.at(call) else {
            return Err(mismatch());
        };
        let decodes = |row: &&u32| self.decodes.get(**row as usize) == Some(&true);
        keep.reserve(rows.len());
        keep.extend(rows.iter().filter(decodes));
        Ok(())
    }

    fn score(
        &mut self,
        call: Call<'_>,
        rows: &[u32],
        inputs: &[f64],
        scores: &mut Vec<f64>,
    ) -> Result<(), CallFault> {
        let Some(Native::Scorer(score)) = self.at(call) else {
            return Err(mismatch());
        };
        score(rows.len(), inputs, scores);
        Ok(())
    }

    fn pick(
        &mut self,
        call: Call<'_>,
        rows: &[u32],
        totals: &[f64],
        _: &[f64],
    ) -> Result<Vec<u32>, CallFault> {
        let Some(Native::MaxScore) = self.at(call) else {
            return Err(mismatch());
        };
        Ok(best(rows, totals, call.request.seed).into_iter().collect())
    }

    fn agree(&mut self, _: Call<'_>, _: &[u32], _: &[f64]) -> Result<bool, CallFault> {
        Err(mismatch())
    }

    fn next(
        &mut self,
        call: Call<'_>,
        done: &[ProfileResult],
        _: &[f64],
    ) -> Result<Vec<Step>, CallFault> {
        let Some(Native::SingleProfile(profile)) = self.at(call) else {
            return Err(mismatch());
        };
        let step = || Step {
            profile: profile.clone(),
            gate: String::new(),
        };
        Ok(done.is_empty().then(step).into_iter().collect())
    }

    fn decide(
        &mut self,
        _: Call<'_>,
        done: &[ProfileResult],
        _: &[f64],
    ) -> Result<Decision, CallFault> {
        let picked = done.iter().find(|done| done.outcome == Outcome::Picked);
        let picked = picked.ok_or_else(mismatch)?;
        let target = |row: &u32| Target { row: *row, port: 0 };
        Ok(Decision {
            primary: picked.profile.clone(),
            targets: picked.rows.iter().map(target).collect(),
            set_headers: Vec::new(),
        })
    }

    fn picked(&mut self, _: Call<'_>, _: &Decision, _: &[f64]) -> Result<Vec<Header>, CallFault> {
        Err(mismatch())
    }

    fn response_started(&mut self, _: Call<'_>, _: u16) -> Result<Vec<Header>, CallFault> {
        Err(mismatch())
    }

    fn response_ended(&mut self, _: Call<'_>, _: &Ended) -> Result<(), CallFault> {
        Err(mismatch())
    }

    fn take_import_answers(&mut self) -> Vec<ImportAnswer> {
        Vec::new()
    }

    fn last_call_ns(&self) -> u64 {
        0
    }
}
