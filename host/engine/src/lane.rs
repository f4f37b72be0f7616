//! One instance of every plugin of a plan, as the scheduler calls it.

mod last;
mod slot;

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Instant;

use switchyard_scheduler::{
    Call, CallFault, Decision, Ended, Endpoint, Header, ImportAnswer, Lane, PluginIndex,
    ProfileResult, Step,
};

use crate::instance::Told;
use crate::journal::Journal;
use crate::limits::Kind;
use crate::plugin::{Plugin, Room, StartError};
use crate::scraper::{Fetch, Fetched, Sample};
use crate::{check, convert};
use switchyard_scheduler::Stage;

pub use last::LastCall;

use last::Carried;
use slot::{Job, Slot};

/// One instance of every plugin of a plan, and a spare of each. Give every worker thread its own: a lane serves
/// one call at a time, on the calling thread, without locks.
pub struct EngineLane {
    slots: Vec<Slot>,
    shared: Shared,
}

/// What all places of a lane use.
struct Shared {
    told: Option<Told>,
    journal: Journal,
    /// When the decision about the request at hand must have fallen.
    due: Option<Instant>,
    last: LastCall,
    scratch: Vec<u32>,
}

impl EngineLane {
    /// Makes an instance of each plugin; positions in `plugins` are the scheduler's [`PluginIndex`]es. Spares are
    /// begun in the background. Where there is no room for one more instance, what is being given back is waited for,
    /// some seconds at most.
    pub fn new(plugins: &[Arc<Plugin>]) -> Result<Self, StartError> {
        Self::with(plugins, Room::WaitedFor)
    }

    /// The same for a thread that must not wait.
    pub fn at_once(plugins: &[Arc<Plugin>]) -> Result<Self, StartError> {
        Self::with(plugins, Room::OrNone)
    }

    fn with(plugins: &[Arc<Plugin>], room: Room) -> Result<Self, StartError> {
        let pulse = plugins
            .first()
            .map(|plugin| plugin.engine().ticker().pulse());
        let mut slots = Vec::with_capacity(plugins.len());
        if let Some(pulse) = &pulse {
            for plugin in plugins {
                slots.push(Slot::new(plugin, pulse, room)?);
            }
        }
        Ok(Self {
            slots,
            shared: Shared {
                told: None,
                journal: Journal::Off,
                due: None,
                last: LastCall::default(),
                scratch: Vec::new(),
            },
        })
    }

    /// Whether the imports' answers are kept for [`Lane::take_import_answers`]. Ends a replay.
    pub fn set_recording(&mut self, recording: bool) {
        self.shared.journal = if recording {
            Journal::Record(Vec::new())
        } else {
            Journal::Off
        };
    }

    /// Serves these answers to the imports from now on instead of live ones, in this order. A guest that asks for
    /// anything else gets a fault that says so. Own columns and the key-value store are not written to.
    pub fn replay_answers(&mut self, answers: Vec<ImportAnswer>) {
        self.shared.journal = Journal::Replay(VecDeque::from(answers));
    }

    /// Recorded answers that the replay has not asked for yet.
    pub fn replay_left(&self) -> usize {
        match &self.shared.journal {
            Journal::Replay(answers) => answers.len(),
            _ => 0,
        }
    }

    /// Which plugins' calls are only made to see what comes of them: they do not count, for no breaker and no figure,
    /// and what they would write is dropped.
    pub fn set_aside(&mut self, aside: impl Fn(PluginIndex) -> bool) {
        for (at, slot) in (0..).zip(&mut self.slots) {
            slot.aside = aside(PluginIndex(at));
        }
    }

    /// Until when the calls that follow may run, whatever their own budgets: a request's decision has one deadline
    /// over all plugins. `None`: only the budgets count.
    pub fn set_deadline(&mut self, due: Option<Instant>) {
        self.shared.due = due;
    }

    /// What the last call cost, whichever plugin it was.
    ///
    /// Tools that want a fresh instance make another lane of the same plugins: no two lanes share one.
    pub fn last_call(&self) -> LastCall {
        self.shared.last
    }

    /// What a scraper wants fetched; empty where the plugin is none.
    pub fn scraper_plan(&self, plugin: PluginIndex) -> Vec<Fetch> {
        let slot = usize::try_from(plugin.0)
            .ok()
            .and_then(|at| self.slots.get(at));
        slot.map_or_else(Vec::new, |slot| slot.plugin().fetches().to_vec())
    }

    /// Lets a scraper read one answer.
    pub fn scraper_parse(
        &mut self,
        plugin: PluginIndex,
        fetched: Fetched<'_>,
    ) -> Result<Vec<Sample>, CallFault> {
        let (slot, shared) = self.at(plugin)?;
        let planned = check::planned(slot.plugin().fetches(), fetched.fetch)?.clone();
        let job = Job {
            kind: Kind::Parse,
            stage: Stage::Scraper,
            subject: None,
            given_bytes: fetched.body.len(),
        };
        slot.call(
            shared,
            job,
            |guests, store| {
                let Fetched {
                    fetch,
                    row,
                    status,
                    elapsed_ms,
                    body,
                } = fetched;
                guests
                    .scraper()?
                    .call_parse(store, fetch, row, status, elapsed_ms, body)
            },
            |samples, _| {
                let samples: Vec<Sample> = samples.into_iter().map(Sample::from).collect();
                check::samples(&planned, &samples)?;
                Ok(samples)
            },
        )
    }

    fn at(&mut self, plugin: PluginIndex) -> Result<(&mut Slot, &mut Shared), CallFault> {
        let count = self.slots.len();
        let slot = usize::try_from(plugin.0)
            .ok()
            .and_then(|at| self.slots.get_mut(at));
        match slot {
            Some(slot) => Ok((slot, &mut self.shared)),
            None => Err(check::no_plugin(plugin, count)),
        }
    }
}

impl std::fmt::Debug for EngineLane {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let plugins = self.slots.iter().map(|slot| slot.plugin().name());
        f.debug_struct("EngineLane")
            .field("plugins", &plugins.collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}

fn about<'a>(call: Call<'a>, kind: Kind, stage: Stage, given_bytes: usize) -> Job<'a> {
    Job {
        kind,
        stage,
        subject: Some((call.request, call.profile)),
        given_bytes,
    }
}

impl Lane for EngineLane {
    fn endpoints_changed(&mut self, generation: u64, endpoints: &[Arc<Endpoint>]) {
        let known = self.shared.told.as_ref().map(|told| told.generation);
        if known == Some(generation) {
            return;
        }
        let told = Told {
            generation,
            aside: false,
            endpoints: endpoints
                .iter()
                .map(|endpoint| convert::endpoint(endpoint))
                .collect(),
        };
        self.shared.told = Some(told.clone());
        for slot in &mut self.slots {
            slot.tell(&told, self.shared.due);
        }
    }

    fn keep(
        &mut self,
        call: Call<'_>,
        rows: &[u32],
        inputs: &[f64],
        keep: &mut Vec<u32>,
    ) -> Result<(), CallFault> {
        let (slot, shared) = self.at(call.plugin)?;
        slot.call(
            shared,
            about(
                call,
                Kind::Call,
                Stage::Filter,
                size_of_val(rows) + size_of_val(inputs),
            ),
            |guests, store| guests.filter()?.call_keep(store, rows, inputs),
            |answer, scratch| check::kept(answer, rows, scratch, keep),
        )
    }

    fn score(
        &mut self,
        call: Call<'_>,
        rows: &[u32],
        inputs: &[f64],
        scores: &mut Vec<f64>,
    ) -> Result<(), CallFault> {
        let (slot, shared) = self.at(call.plugin)?;
        slot.call(
            shared,
            about(
                call,
                Kind::Call,
                Stage::Scorer,
                size_of_val(rows) + size_of_val(inputs),
            ),
            |guests, store| guests.scorer()?.call_score(store, rows, inputs),
            |answer, _| {
                check::scores(&answer, rows)?;
                check::put(answer, scores);
                Ok(())
            },
        )
    }

    fn pick(
        &mut self,
        call: Call<'_>,
        rows: &[u32],
        totals: &[f64],
        inputs: &[f64],
    ) -> Result<Vec<u32>, CallFault> {
        let (slot, shared) = self.at(call.plugin)?;
        slot.call(
            shared,
            about(
                call,
                Kind::Call,
                Stage::Picker,
                size_of_val(rows) + size_of_val(totals) + size_of_val(inputs),
            ),
            |guests, store| guests.picker()?.call_pick(store, rows, totals, inputs),
            |answer, scratch| {
                check::picks(&answer, rows, scratch)?;
                Ok(answer)
            },
        )
    }

    fn agree(&mut self, call: Call<'_>, picked: &[u32], inputs: &[f64]) -> Result<bool, CallFault> {
        let given = call.profile.len() + size_of_val(picked) + size_of_val(inputs);
        let (slot, shared) = self.at(call.plugin)?;
        slot.call(
            shared,
            about(call, Kind::Call, Stage::Decider, given),
            |guests, store| {
                guests
                    .decider()?
                    .call_decide(store, call.profile, picked, inputs)
            },
            |answer, _| Ok(answer),
        )
    }

    fn next(
        &mut self,
        call: Call<'_>,
        done: &[ProfileResult],
        inputs: &[f64],
    ) -> Result<Vec<Step>, CallFault> {
        let results = convert::results(done);
        let given = results.bytes() + size_of_val(inputs);
        let (slot, shared) = self.at(call.plugin)?;
        slot.call(
            shared,
            about(call, Kind::Call, Stage::ProfileHandler, given),
            |guests, store| guests.profile_handler()?.call_next(store, &results, inputs),
            |answer, _| Ok(answer.into_iter().map(convert::step).collect()),
        )
    }

    fn decide(
        &mut self,
        call: Call<'_>,
        done: &[ProfileResult],
        inputs: &[f64],
    ) -> Result<Decision, CallFault> {
        let results = convert::results(done);
        let given = results.bytes() + size_of_val(inputs);
        let (slot, shared) = self.at(call.plugin)?;
        slot.call(
            shared,
            about(call, Kind::Call, Stage::ProfileHandler, given),
            |guests, store| {
                guests
                    .profile_handler()?
                    .call_decide(store, &results, inputs)
            },
            |answer, _| {
                let decision = convert::decision_from(answer);
                check::decision(&decision, done)?;
                Ok(decision)
            },
        )
    }

    fn picked(
        &mut self,
        call: Call<'_>,
        decision: &Decision,
        inputs: &[f64],
    ) -> Result<Vec<Header>, CallFault> {
        let decision = convert::decision_to(decision);
        let given = decision.bytes() + size_of_val(inputs);
        let (slot, shared) = self.at(call.plugin)?;
        slot.call(
            shared,
            about(call, Kind::Hook, Stage::Hooks, given),
            |guests, store| guests.hooks()?.call_picked(store, &decision, inputs),
            |answer, _| check::headers(convert::headers_from(answer)),
        )
    }

    fn response_started(&mut self, call: Call<'_>, status: u16) -> Result<Vec<Header>, CallFault> {
        let (slot, shared) = self.at(call.plugin)?;
        slot.call(
            shared,
            about(call, Kind::Hook, Stage::Hooks, 0),
            |guests, store| guests.hooks()?.call_response_started(store, status),
            |answer, _| check::headers(convert::headers_from(answer)),
        )
    }

    fn response_ended(&mut self, call: Call<'_>, ended: &Ended) -> Result<(), CallFault> {
        let ended = convert::ended(ended);
        let (slot, shared) = self.at(call.plugin)?;
        slot.call(
            shared,
            about(call, Kind::Hook, Stage::Hooks, 0),
            |guests, store| guests.hooks()?.call_response_ended(store, ended),
            |(), _| Ok(()),
        )
    }

    fn take_import_answers(&mut self) -> Vec<ImportAnswer> {
        match &mut self.shared.journal {
            Journal::Record(answers) => std::mem::take(answers),
            _ => Vec::new(),
        }
    }

    fn last_call_ns(&self) -> u64 {
        self.shared.last.ns
    }
}
