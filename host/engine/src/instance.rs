//! One live guest: a store, its functions, and what it was told.

use std::sync::Arc;
use std::time::{Duration, Instant};

use switchyard_scheduler::{CallFault, Request};
use wasmtime::Store;

use crate::bindings::switchyard::plugin::types;
use crate::fault::{classify, fault, said};
use crate::guests::Guests;
use crate::limits::Kind;
use crate::load::Component;
use crate::store::{Common, State};
use crate::ticker::{Pulse, ticks_of};

/// Handles (of WASI resources) that one instance may hold.
const HANDLES: usize = 10_000;

/// The endpoints of one generation, in the contract's form; made once for all plugins of a lane.
#[derive(Clone)]
pub(crate) struct Told {
    pub(crate) generation: u64,
    /// Nothing may be written meanwhile; see [`crate::EngineLane::set_aside`].
    pub(crate) aside: bool,
    pub(crate) endpoints: Arc<[types::Endpoint]>,
}

/// One live guest.
pub(crate) struct Instance {
    store: Store<State>,
    guests: Guests,
    /// What the last call burnt, where the engine counts it.
    fuel: Option<u64>,
    told: Option<u64>,
    unfit: Option<CallFault>,
}

impl Instance {
    /// Instantiates; neither described nor configured yet.
    pub(crate) fn make(
        component: &Component,
        common: &Arc<Common>,
        pulse: &Pulse,
    ) -> Result<Self, CallFault> {
        let pre = component.pre();
        let mut store = Store::new(pre.engine(), State::new(Arc::clone(common)));
        store.limiter(|state| &mut state.limiter);
        store.set_hostcall_fuel(common.limits.host_bytes);
        store.set_max_component_handles(HANDLES);
        store.epoch_deadline_callback(|mut store| Ok(store.data_mut().at_deadline()));
        store.data_mut().begin(Kind::Start, None);
        store.set_epoch_deadline(common.ticks[Kind::Start as usize]);
        fill(&mut store)?;
        pulse.begin();
        let instance = pre.instantiate(&mut store);
        pulse.end();
        store.data_mut().end();
        let instance = instance.map_err(|error| classify(&error, store.data()))?;
        let guests = component
            .indices()
            .load(&mut store, &instance)
            .map_err(|error| classify(&error, store.data()))?;
        Ok(Self {
            store,
            guests,
            fuel: None,
            told: None,
            unfit: None,
        })
    }

    /// Runs one call, for at most `left` whatever its budget. An error means that the guest broke: the instance is of no further use.
    pub(crate) fn call<R>(
        &mut self,
        pulse: &Pulse,
        kind: Kind,
        subject: Option<(&Arc<Request>, &str)>,
        left: Option<Duration>,
        run: impl FnOnce(&Guests, &mut Store<State>) -> wasmtime::Result<R>,
    ) -> Result<R, CallFault> {
        let state = self.store.data_mut();
        state.begin(kind, subject);
        let mut ticks = state.common.ticks[kind as usize];
        if let Some(left) = left {
            ticks = ticks.min(ticks_of(left, state.common.tick));
        }
        self.store.set_epoch_deadline(ticks);
        fill(&mut self.store)?;
        pulse.begin();
        let answer = run(&self.guests, &mut self.store);
        pulse.end();
        self.store.data_mut().end();
        self.fuel = burnt(&self.store);
        answer.map_err(|error| classify(&error, self.store.data()))
    }

    /// Tells of the endpoints. An error means that the guest broke; a refusal keeps it out of use until the next
    /// generation.
    pub(crate) fn tell(
        &mut self,
        pulse: &Pulse,
        told: &Told,
        due: Option<Instant>,
    ) -> Result<(), CallFault> {
        let left = due.map(|due| due.saturating_duration_since(Instant::now()));
        self.state_mut().aside = told.aside;
        let answer = self.call(
            pulse,
            Kind::EndpointsChanged,
            None,
            left,
            |guests, store| {
                let (generation, endpoints) = (told.generation, &told.endpoints);
                guests
                    .lifecycle
                    .call_endpoints_changed(store, generation, endpoints)
            },
        )?;
        self.told = Some(told.generation);
        self.unfit = answer.err().map(|refusal| {
            let refusal = said(refusal);
            let message = format!(
                "refused the endpoints of generation {}: {}",
                told.generation, refusal.message
            );
            fault(refusal.cause, message)
        });
        Ok(())
    }

    /// The generation of endpoints it was last told.
    pub(crate) fn told(&self) -> Option<u64> {
        self.told
    }

    /// Why it must not be called before the next generation, if it must not.
    pub(crate) fn unfit(&self) -> Option<&CallFault> {
        self.unfit.as_ref()
    }

    /// Instructions of the last call, where the engine counts them.
    pub(crate) fn fuel(&self) -> Option<u64> {
        self.fuel
    }

    pub(crate) fn state(&self) -> &State {
        self.store.data()
    }

    pub(crate) fn state_mut(&mut self) -> &mut State {
        self.store.data_mut()
    }
}

/// More than any call burns: time is what bounds a call, fuel only counts.
const FULL: u64 = u64::MAX;

/// Fills the tank, where the engine counts fuel.
fn fill(store: &mut Store<State>) -> Result<(), CallFault> {
    if !store.data().common.counts_fuel {
        return Ok(());
    }
    store
        .set_fuel(FULL)
        .map_err(|error| classify(&error, store.data()))
}

/// What is gone of the tank.
fn burnt(store: &Store<State>) -> Option<u64> {
    if !store.data().common.counts_fuel {
        return None;
    }
    store.get_fuel().ok().map(|left| FULL - left)
}
