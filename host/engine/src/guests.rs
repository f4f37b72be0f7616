//! The typed functions of a component, stage by stage: only those it exports.

use wasmtime::Store;
use wasmtime::component::{Instance, InstancePre};

use crate::bindings::exports::switchyard::plugin::{
    decider, filter, hooks, lifecycle, picker, profile_handler, scorer, scraper,
};
use switchyard_scheduler::Stage;

use crate::load::Stages;
use crate::store::State;

/// Where a component's functions are; found once, when it is loaded.
pub(crate) struct Indices {
    lifecycle: lifecycle::GuestIndices,
    filter: Option<filter::GuestIndices>,
    scorer: Option<scorer::GuestIndices>,
    picker: Option<picker::GuestIndices>,
    decider: Option<decider::GuestIndices>,
    profile_handler: Option<profile_handler::GuestIndices>,
    scraper: Option<scraper::GuestIndices>,
    hooks: Option<hooks::GuestIndices>,
}

/// One instance's functions.
pub(crate) struct Guests {
    pub(crate) lifecycle: lifecycle::Guest,
    filter: Option<filter::Guest>,
    scorer: Option<scorer::Guest>,
    picker: Option<picker::Guest>,
    decider: Option<decider::Guest>,
    profile_handler: Option<profile_handler::Guest>,
    scraper: Option<scraper::Guest>,
    hooks: Option<hooks::Guest>,
}

fn find<I>(
    stages: Stages,
    stage: Stage,
    find: impl FnOnce() -> wasmtime::Result<I>,
) -> wasmtime::Result<Option<I>> {
    stages.contains(stage).then(find).transpose()
}

impl Indices {
    /// Finds the functions of every stage in `stages`; fails when one is missing.
    pub(crate) fn find(pre: &InstancePre<State>, stages: Stages) -> wasmtime::Result<Self> {
        Ok(Self {
            lifecycle: lifecycle::GuestIndices::new(pre)?,
            filter: find(stages, Stage::Filter, || filter::GuestIndices::new(pre))?,
            scorer: find(stages, Stage::Scorer, || scorer::GuestIndices::new(pre))?,
            picker: find(stages, Stage::Picker, || picker::GuestIndices::new(pre))?,
            decider: find(stages, Stage::Decider, || decider::GuestIndices::new(pre))?,
            profile_handler: find(stages, Stage::ProfileHandler, || {
                profile_handler::GuestIndices::new(pre)
            })?,
            scraper: find(stages, Stage::Scraper, || scraper::GuestIndices::new(pre))?,
            hooks: find(stages, Stage::Hooks, || hooks::GuestIndices::new(pre))?,
        })
    }

    /// The functions of one instance; checks their types.
    pub(crate) fn load(
        &self,
        store: &mut Store<State>,
        instance: &Instance,
    ) -> wasmtime::Result<Guests> {
        macro_rules! load {
            ($stage:ident) => {
                match &self.$stage {
                    Some(indices) => Some(indices.load(&mut *store, instance)?),
                    None => None,
                }
            };
        }
        Ok(Guests {
            lifecycle: self.lifecycle.load(&mut *store, instance)?,
            filter: load!(filter),
            scorer: load!(scorer),
            picker: load!(picker),
            decider: load!(decider),
            profile_handler: load!(profile_handler),
            scraper: load!(scraper),
            hooks: load!(hooks),
        })
    }
}

/// The functions of a stage. Callers have asked [`Stages::contains`] first, so that an error here, which would
/// cost the instance, does not come up.
macro_rules! stage {
    ($name:ident) => {
        pub(crate) fn $name(&self) -> wasmtime::Result<&$name::Guest> {
            let missing = || wasmtime::format_err!(concat!("does not export ", stringify!($name)));
            self.$name.as_ref().ok_or_else(missing)
        }
    };
}

impl Guests {
    stage!(filter);
    stage!(scorer);
    stage!(picker);
    stage!(decider);
    stage!(profile_handler);
    stage!(scraper);
    stage!(hooks);
}
