//! One profile: filters in order, scorers summed, one picker.

use std::sync::Arc;

use crate::Request;
use crate::call::{Call, CallFault, Cause, Lane, OnFault, Outcome, PluginIndex, ProfileResult};
use crate::gather::Gathered;
use crate::plan::{Plan, Profile, Stage};
use crate::record::{Answer, CallRecord, ProfileRecord};
use crate::refusal::Refusal;

/// The candidates of a profile: positions in the gathered rows, narrowed by filters.
pub(crate) struct Candidates {
    positions: Vec<u32>,
    pub(crate) rows: Vec<u32>,
    /// No filter dropped any yet, so that columns can be copied whole.
    whole: bool,
}

impl Candidates {
    pub(crate) fn all(gathered: &Gathered) -> Self {
        Self {
            positions: (0..gathered.rows.len() as u32).collect(),
            rows: gathered.rows.clone(),
            whole: true,
        }
    }

    /// `kept` is a sub-sequence of `rows`.
    fn narrow(&mut self, kept: Vec<u32>) {
        if kept.len() == self.rows.len() {
            return;
        }
        let mut kept_rows = kept.iter().peekable();
        let (rows, positions) = (&self.rows, &mut self.positions);
        let mut at = 0;
        positions.retain(|_| {
            let stays = kept_rows.next_if(|row| **row == rows[at]).is_some();
            at += 1;
            stays
        });
        self.rows = kept;
        self.whole = false;
    }

    /// One plugin's inputs, in the order it asked for them.
    pub(crate) fn inputs(
        &self,
        plan: &Plan,
        plugin: PluginIndex,
        gathered: &Gathered,
        out: &mut Vec<f64>,
    ) {
        out.clear();
        let plugin = plan.plugin(plugin);
        for column in &plugin.columns {
            let values = gathered.column(*column);
            match self.whole {
                true => out.extend_from_slice(values),
                false => out.extend(
                    self.positions
                        .iter()
                        .map(|position| values[*position as usize]),
                ),
            }
        }
        out.extend(
            plugin
                .scalars
                .iter()
                .map(|scalar| gathered.scalars[*scalar]),
        );
    }
}

/// What a fault means for the request: the plugin's own refusal, a failure, or nothing.
pub(crate) fn consequence(
    plan: &Plan,
    plugin: PluginIndex,
    stage: Stage,
    fault: &CallFault,
) -> Option<Refusal> {
    let named = plan.plugin(plugin);
    if let Cause::Said { code } = fault.cause
        && code != 0
    {
        return Some(Refusal::Plugin {
            plugin: named.name.to_string(),
            status: code,
            message: fault.message.clone(),
        });
    }
    (named.on_fault(stage) == OnFault::Fail).then(|| Refusal::Failed {
        plugin: named.name.to_string(),
        fault: fault.clone(),
    })
}

/// What a call left: its record, and the answer if there was one.
pub(crate) fn note(
    lane: &mut dyn Lane,
    plugin: PluginIndex,
    stage: Stage,
    answered: Result<Answer, CallFault>,
) -> CallRecord {
    let (answer, fault) = match answered {
        Ok(answer) => (answer, None),
        Err(fault) => (Answer::None, Some(fault)),
    };
    CallRecord {
        plugin,
        stage,
        ns: lane.last_call_ns(),
        answer,
        fault,
        imports: lane.take_import_answers(),
    }
}

/// One request on one lane.
pub(crate) struct Run<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) lane: &'a mut dyn Lane,
    pub(crate) request: &'a Arc<Request>,
    pub(crate) gathered: &'a Gathered,
    /// One plugin's inputs; kept to save an allocation a call.
    pub(crate) inputs: Vec<f64>,
}

impl<'a> Run<'a> {
    pub(crate) fn call(&self, plugin: PluginIndex, profile: &'a str) -> Call<'a> {
        Call {
            plugin,
            request: self.request,
            profile,
        }
    }

    /// Filters, scorers and picker of one profile. A refusal ends the whole request.
    pub(crate) fn profile(
        &mut self,
        profile: &'a Profile,
        record: &mut ProfileRecord,
    ) -> Result<(), Refusal> {
        let mut candidates = Candidates::all(self.gathered);
        self.filter(profile, &mut candidates, record)?;
        record.kept.clone_from(&candidates.rows);
        if candidates.rows.is_empty() {
            record.outcome = Outcome::FilteredOut;
            return Ok(());
        }
        self.score(profile, &candidates, record)?;
        self.pick(profile, &candidates, record)?;
        record.outcome = Outcome::Picked;
        Ok(())
    }

    fn filter(
        &mut self,
        profile: &'a Profile,
        candidates: &mut Candidates,
        record: &mut ProfileRecord,
    ) -> Result<(), Refusal> {
        for &plugin in &profile.filters {
            if candidates.rows.is_empty() {
                return Ok(());
            }
            candidates.inputs(self.plan, plugin, self.gathered, &mut self.inputs);
            let mut kept = Vec::new();
            let call = self.call(plugin, &profile.name);
            let answered = self
                .lane
                .keep(call, &candidates.rows, &self.inputs, &mut kept);
            let noted = note(
                self.lane,
                plugin,
                Stage::Filter,
                answered.map(|()| Answer::Keep(kept)),
            );
            match (&noted.answer, &noted.fault) {
                (Answer::Keep(kept), _) => candidates.narrow(kept.clone()),
                (_, Some(fault)) => {
                    if let Some(refusal) = consequence(self.plan, plugin, Stage::Filter, fault) {
                        record.calls.push(noted);
                        return Err(refusal);
                    }
                }
                _ => {}
            }
            record.calls.push(noted);
        }
        Ok(())
    }

    /// Each score is clamped to [0,1] before it is weighted; the sum is not divided by the weights.
    fn score(
        &mut self,
        profile: &'a Profile,
        candidates: &Candidates,
        record: &mut ProfileRecord,
    ) -> Result<(), Refusal> {
        record.totals = vec![0.0; candidates.rows.len()];
        for scorer in &profile.scorers {
            candidates.inputs(self.plan, scorer.plugin, self.gathered, &mut self.inputs);
            let mut raw = Vec::new();
            let call = self.call(scorer.plugin, &profile.name);
            let answered = self
                .lane
                .score(call, &candidates.rows, &self.inputs, &mut raw);
            let answered = answered.map(|()| {
                let mut clamped = 0;
                for (total, score) in record.totals.iter_mut().zip(&raw) {
                    let within = score.clamp(0.0, 1.0);
                    clamped += u32::from(within != *score);
                    *total += scorer.weight * within;
                }
                Answer::Scores { raw, clamped }
            });
            let noted = note(self.lane, scorer.plugin, Stage::Scorer, answered);
            let refusal = noted
                .fault
                .as_ref()
                .and_then(|fault| consequence(self.plan, scorer.plugin, Stage::Scorer, fault));
            record.calls.push(noted);
            if let Some(refusal) = refusal {
                return Err(refusal);
            }
        }
        Ok(())
    }

    fn pick(
        &mut self,
        profile: &'a Profile,
        candidates: &Candidates,
        record: &mut ProfileRecord,
    ) -> Result<(), Refusal> {
        let plugin = profile.picker;
        candidates.inputs(self.plan, plugin, self.gathered, &mut self.inputs);
        let call = self.call(plugin, &profile.name);
        let answered = self
            .lane
            .pick(call, &candidates.rows, &record.totals, &self.inputs);
        let noted = note(self.lane, plugin, Stage::Picker, answered.map(Answer::Pick));
        let refusal = noted
            .fault
            .as_ref()
            .and_then(|fault| consequence(self.plan, plugin, Stage::Picker, fault));
        let picked = match &noted.answer {
            Answer::Pick(rows) => rows.clone(),
            _ => vec![best(&candidates.rows, &record.totals)],
        };
        record.calls.push(noted);
        // A profile that fails must not look as if it had picked, to the handler or to peers.
        refusal.map_or(Ok(()), Err)?;
        record.picked = picked;
        Ok(())
    }
}

/// The row with the best total, the first of equals: what the host takes when a picker gives nothing.
/// `rows` is not empty.
fn best(rows: &[u32], totals: &[f64]) -> u32 {
    let mut at = 0;
    for (index, total) in totals.iter().enumerate() {
        if *total > totals[at] {
            at = index;
        }
    }
    rows[at]
}

/// What a profile handler is told of a profile.
pub(crate) fn result_of(record: &ProfileRecord) -> ProfileResult {
    let total = |row: &u32| {
        let position = record.kept.iter().position(|kept| kept == row);
        position.map_or(0.0, |position| record.totals[position])
    };
    ProfileResult {
        profile: record.profile.clone(),
        outcome: record.outcome,
        rows: record.picked.clone(),
        totals: record.picked.iter().map(total).collect(),
    }
}
