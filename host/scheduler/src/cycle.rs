//! The scheduling cycle: the profile handler names profiles, gates let them pass, profiles pick, and
//! the handler makes one decision of what they picked.

use std::sync::Arc;

use crate::Request;
use crate::call::{CallFault, Cause, Decision, Lane, Outcome, ProfileResult, Step};
use crate::gather::Gathered;
use crate::plan::{Plan, Stage};
use crate::profile::{Run, consequence, note, result_of};
use crate::record::{Answer, CallRecord, ProfileRecord, Record};
use crate::refusal::Refusal;
use crate::snapshot::Snapshot;

/// Schedules one request. The record tells the whole story, the outcome included.
pub fn schedule(
    plan: &Arc<Plan>,
    snapshot: &Arc<Snapshot>,
    lane: &mut dyn Lane,
    request: &Arc<Request>,
    gathered: Gathered,
) -> Record {
    let mut told = Told::default();
    let outcome = if gathered.rows.is_empty() {
        Err(Refusal::NoEndpoints)
    } else {
        lane.endpoints_changed(snapshot.generation, &snapshot.endpoints);
        let run = Run {
            plan,
            lane,
            request,
            gathered: &gathered,
            inputs: Vec::new(),
        };
        run.decide(&mut told)
    };
    if let Ok(decision) = &outcome {
        let rows: Vec<u32> = decision.targets.iter().map(|target| target.row).collect();
        request.set_peers("", &rows);
    }
    Record {
        plan: plan.clone(),
        snapshot: snapshot.clone(),
        request: request.clone(),
        gathered,
        profiles: told.profiles,
        handler: told.handler,
        outcome,
        overruled: None,
        cycle_ns: 0,
    }
}

/// The story so far.
#[derive(Default)]
struct Told {
    profiles: Vec<ProfileRecord>,
    results: Vec<ProfileResult>,
    handler: Vec<CallRecord>,
}

impl Told {
    /// The refusal of the first profile that ran dry.
    fn dry(&self) -> Option<Refusal> {
        let mut results = self.results.iter();
        let dry = results.find(|result| result.outcome == Outcome::FilteredOut)?;
        Some(Refusal::Saturated {
            profile: dry.profile.clone(),
        })
    }
}

impl<'a> Run<'a> {
    fn decide(mut self, told: &mut Told) -> Result<Decision, Refusal> {
        loop {
            let steps = self.steps(told)?;
            if steps.is_empty() {
                break;
            }
            for step in &steps {
                self.step(step, told)?;
            }
        }
        let mut results = told.results.iter();
        match told.dry() {
            Some(dry) if !results.any(|result| result.outcome == Outcome::Picked) => Err(dry),
            _ => self.decision(told),
        }
    }

    fn steps(&mut self, told: &mut Told) -> Result<Vec<Step>, Refusal> {
        self.handler_inputs(told);
        let call = self.call(self.plan.handler, "");
        let answered = self.lane.next(call, &told.results, &self.inputs);
        let answered = answered.and_then(|steps| self.checked(steps, told));
        match self.handler_said(answered.map(Answer::Steps), told)? {
            Answer::Steps(steps) => Ok(steps),
            _ => Ok(Vec::new()),
        }
    }

    fn decision(&mut self, told: &mut Told) -> Result<Decision, Refusal> {
        self.handler_inputs(told);
        let call = self.call(self.plan.handler, "");
        let answered = self.lane.decide(call, &told.results, &self.inputs);
        let plugin = self.plan.plugin(self.plan.handler).name.to_string();
        let said = self.handler_said(answered.map(Answer::Decision), told);
        let decided = match said {
            Err(refusal) => Err(refusal),
            Ok(Answer::Decision(decision)) if !decision.targets.is_empty() => Ok(decision),
            // `onFault: skip` on a handler leaves nothing to go on with all the same.
            _ => Err(Refusal::Failed {
                plugin,
                fault: no_decision(),
            }),
        };
        // A handler that cannot decide because a profile ran dry, whatever others picked, has no defect.
        match (decided, told.dry()) {
            (Err(Refusal::Failed { .. }), Some(dry)) => Err(dry),
            (decided, _) => decided,
        }
    }

    /// A step must name a profile that exists and has not run, and a gate that exists: else a handler
    /// could loop for ever, or a misspelt gate silently never let anything pass.
    fn checked(&self, steps: Vec<Step>, told: &Told) -> Result<Vec<Step>, CallFault> {
        for (position, step) in steps.iter().enumerate() {
            let again = told
                .results
                .iter()
                .any(|result| result.profile == step.profile)
                || steps[..position]
                    .iter()
                    .any(|earlier| earlier.profile == step.profile);
            let wrong = if self.plan.profile(&step.profile).is_none() {
                format!(
                    "it names the profile `{}`, which the configuration does not have",
                    step.profile
                )
            } else if again {
                format!("it names the profile `{}` a second time", step.profile)
            } else if !step.gate.is_empty() && self.plan.decider(&step.gate).is_none() {
                format!(
                    "it names the decider `{}`, which the configuration does not have",
                    step.gate
                )
            } else {
                continue;
            };
            return Err(CallFault {
                cause: Cause::BadAnswer,
                message: wrong,
            });
        }
        Ok(steps)
    }

    fn handler_said(
        &mut self,
        answered: Result<Answer, CallFault>,
        told: &mut Told,
    ) -> Result<Answer, Refusal> {
        let noted = note(
            self.lane,
            self.plan.handler,
            Stage::ProfileHandler,
            answered,
        );
        let answer = noted.answer.clone();
        let refusal = noted
            .fault
            .as_ref()
            .and_then(|fault| consequence(self.plan, noted.plugin, Stage::ProfileHandler, fault));
        told.handler.push(noted);
        refusal.map_or(Ok(answer), Err)
    }

    fn step(&mut self, step: &Step, told: &mut Told) -> Result<(), Refusal> {
        // `checked` has seen that it exists.
        let Some(profile) = self.plan.profile(&step.profile) else {
            return Ok(());
        };
        let mut record = ProfileRecord {
            profile: step.profile.clone(),
            outcome: Outcome::Failed,
            calls: Vec::with_capacity(profile.filters.len() + profile.scorers.len() + 2),
            kept: Vec::new(),
            totals: Vec::new(),
            picked: Vec::new(),
        };
        let ran = match self.plan.decider(&step.gate) {
            Some(gate) => self.gate(gate, &profile.name, told, &mut record),
            None => Ok(true),
        };
        let ran = ran.and_then(|agreed| match agreed {
            true => self.profile(profile, &mut record),
            false => {
                record.outcome = Outcome::Gated;
                Ok(())
            }
        });
        let picked_before = told
            .results
            .iter()
            .any(|result| result.outcome == Outcome::Picked);
        self.request.set_peers(&step.profile, &record.picked);
        told.results.push(result_of(&record));
        told.profiles.push(record);
        match ran {
            // A later profile that fails leaves the handler to decide with what was picked before.
            Err(Refusal::Failed { .. }) if picked_before => Ok(()),
            other => other,
        }
    }

    fn gate(
        &mut self,
        gate: crate::PluginIndex,
        profile: &'a str,
        told: &Told,
        record: &mut ProfileRecord,
    ) -> Result<bool, Refusal> {
        let forerunner = told
            .results
            .iter()
            .rev()
            .find(|result| result.outcome == Outcome::Picked);
        let picked = forerunner
            .map(|result| result.rows.clone())
            .unwrap_or_default();
        self.inputs_of(gate, &picked);
        let call = self.call(gate, profile);
        let answered = self.lane.agree(call, &picked, &self.inputs);
        let noted = note(self.lane, gate, Stage::Decider, answered.map(Answer::Agree));
        let agreed = noted.answer == Answer::Agree(true);
        let refusal = noted
            .fault
            .as_ref()
            .and_then(|fault| consequence(self.plan, gate, Stage::Decider, fault));
        record.calls.push(noted);
        refusal.map_or(Ok(agreed), Err)
    }

    fn handler_inputs(&mut self, told: &Told) {
        let rows: Vec<u32> = told
            .results
            .iter()
            .flat_map(|result| result.rows.iter().copied())
            .collect();
        self.inputs_of(self.plan.handler, &rows);
    }

    /// Inputs about these rows, which are few.
    fn inputs_of(&mut self, plugin: crate::PluginIndex, rows: &[u32]) {
        self.inputs.clear();
        self.gathered
            .extend_with(self.plan, plugin, rows, &mut self.inputs);
    }
}

fn no_decision() -> CallFault {
    CallFault {
        cause: Cause::BadAnswer,
        message: "the profile handler gave no decision".into(),
    }
}
