//! A plugin's place in a lane: its live instance, its spare, and how a call goes.

use std::sync::Arc;
use std::time::Instant;

use switchyard_scheduler::{CallFault, Cause, Request};
use wasmtime::Store;

use super::Shared;
use super::last::{Carried, LastCall};
use crate::bindings::switchyard::plugin::types::Fault;
use crate::fault::{fault, said};
use crate::guests::Guests;
use crate::instance::{Instance, Told};
use crate::journal::Journal;
use crate::limits::Kind;
use crate::plugin::{Plugin, Room, StartError};
use crate::spare::SpareCell;
use crate::stats::Tally;
use crate::store::State;
use crate::ticker::Pulse;
use switchyard_scheduler::Stage;

/// A plugin's place in a lane.
pub(super) struct Slot {
    plugin: Arc<Plugin>,
    live: Option<Instance>,
    spare: Arc<SpareCell>,
    tally: Arc<Tally>,
    pulse: Arc<Pulse>,
    /// Calls do not count and write nothing; see [`super::EngineLane::set_aside`].
    pub(super) aside: bool,
}

/// What a call is for.
pub(super) struct Job<'a> {
    pub(super) kind: Kind,
    pub(super) stage: Stage,
    /// The request and the profile that runs, if the call is about one.
    pub(super) subject: Option<(&'a Arc<Request>, &'a str)>,
    /// Bytes of lists and texts among the arguments.
    pub(super) given_bytes: usize,
}

impl Drop for Slot {
    /// A lane goes when its plan does, in the middle of a request on the next one: what it held is given back by
    /// another thread.
    fn drop(&mut self) {
        let spares = self.plugin.engine().spares();
        let held = self.live.take().into_iter().chain(self.spare.take());
        held.for_each(|instance| spares.bury(instance));
    }
}

impl Slot {
    pub(super) fn new(
        plugin: &Arc<Plugin>,
        pulse: &Arc<Pulse>,
        room: Room,
    ) -> Result<Self, StartError> {
        let live = plugin.instance(pulse, room)?;
        let slot = Self {
            plugin: Arc::clone(plugin),
            live: Some(live),
            spare: Arc::new(SpareCell::default()),
            tally: plugin.tally(),
            pulse: Arc::clone(pulse),
            aside: false,
        };
        slot.tend();
        Ok(slot)
    }

    pub(super) fn plugin(&self) -> &Plugin {
        &self.plugin
    }

    /// Calls the guest, checks its answer, and sees to what follows from a fault.
    pub(super) fn call<R: Carried, A>(
        &mut self,
        shared: &mut Shared,
        job: Job<'_>,
        run: impl FnOnce(&Guests, &mut Store<State>) -> wasmtime::Result<Result<R, Fault>>,
        check: impl FnOnce(R, &mut Vec<u32>) -> Result<A, CallFault>,
    ) -> Result<A, CallFault> {
        shared.last = LastCall::default();
        if !self.plugin.stages().contains(job.stage) {
            let (name, stage) = (self.plugin.name(), job.stage.as_str());
            let message = format!("plugin `{name}` does not export `{stage}`");
            return Err(fault(Cause::BadAnswer, message));
        }
        // Not asked is no fault of the plugin's: its breaker does not hear of it.
        let start = Instant::now();
        if shared.due.is_some_and(|due| start >= due) {
            let late = "the time for this request's decision was over before the plugin was asked";
            return Err(fault(Cause::Deadline, late));
        }
        if self.aside {
            let answer = self.attempt(shared, &job, start, run)?;
            return check(answer, &mut shared.scratch);
        }
        let admission = self
            .plugin
            .admit()
            .inspect_err(|rests| self.plugin.note(rests))?;
        let answer = self
            .attempt(shared, &job, start, run)
            .and_then(|answer| check(answer, &mut shared.scratch));
        self.plugin.settle(admission, answer.as_ref().err());
        answer
    }

    fn attempt<R: Carried>(
        &mut self,
        shared: &mut Shared,
        job: &Job<'_>,
        start: Instant,
        run: impl FnOnce(&Guests, &mut Store<State>) -> wasmtime::Result<Result<R, Fault>>,
    ) -> Result<R, CallFault> {
        if self.live.is_none() {
            self.replace(shared);
        }
        let Some(instance) = &mut self.live else {
            return Err(fault(
                Cause::NoInstance,
                "its instance broke, and no spare is ready yet",
            ));
        };
        if let Some(unfit) = instance.unfit() {
            return Err(fault(Cause::NoInstance, unfit.message.clone()));
        }
        let journaled = !matches!(shared.journal, Journal::Off);
        if journaled {
            instance.state_mut().journal = std::mem::take(&mut shared.journal);
        }
        instance.state_mut().aside = self.aside;
        let left = shared.due.map(|due| due.saturating_duration_since(start));
        let answer = instance.call(&self.pulse, job.kind, job.subject, left, run);
        let ns = u64::try_from(start.elapsed().as_nanos()).unwrap_or(u64::MAX);
        if journaled {
            shared.journal = std::mem::take(&mut instance.state_mut().journal);
        }
        let memory_bytes = instance.state().limiter.used();
        let answer_bytes = match &answer {
            Ok(Ok(answer)) => answer.bytes(),
            Ok(Err(refusal)) => refusal.message.len(),
            Err(_) => 0,
        };
        shared.last = LastCall {
            ns,
            copied_bytes: job.given_bytes + answer_bytes + instance.state().carried(),
            memory_bytes,
            fuel: instance.fuel(),
        };
        if !self.aside {
            self.tally.count(ns, memory_bytes);
        }
        match answer {
            Ok(answer) => answer.map_err(said),
            Err(broke) => {
                self.replace(shared);
                Err(broke)
            }
        }
    }

    /// Tells the live instance and, in the background, the spare of new endpoints.
    pub(super) fn tell(&mut self, told: &Told, due: Option<Instant>) {
        let told = self.told(told);
        self.spare.set_told(&told);
        if let Some(live) = &mut self.live
            && let Err(broke) = live.tell(&self.pulse, &told, due)
        {
            self.plugin.note(&broke);
            // The spare has yet to be told; taken now, it would meet the same endpoints on this thread.
            self.drop_live();
        }
        self.tend();
    }

    /// What this place is told of endpoints.
    fn told(&self, told: &Told) -> Told {
        Told {
            aside: self.aside,
            ..told.clone()
        }
    }

    /// Puts the spare in the live instance's place, if one is ready.
    fn replace(&mut self, shared: &Shared) {
        self.drop_live();
        self.live = self.spare.take();
        let told = shared.told.as_ref().map(|told| self.told(told));
        if let (Some(live), Some(told)) = (&mut self.live, &told)
            && live.told() != Some(told.generation)
            && let Err(broke) = live.tell(&self.pulse, told, shared.due)
        {
            self.plugin.note(&broke);
            self.drop_live();
        }
        if self.live.is_some() && !self.aside {
            self.plugin.swapped();
        }
        self.tend();
    }

    fn drop_live(&mut self) {
        if let Some(broken) = self.live.take() {
            self.plugin.engine().spares().bury(broken);
        }
    }

    fn tend(&self) {
        self.plugin
            .engine()
            .spares()
            .tend(&self.plugin, &self.spare);
    }
}
