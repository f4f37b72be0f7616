//! From the contract's calls to a plugin's methods.
//!
//! [`Exported`] implements every generated `Guest` trait for every plugin that has the stage's trait;
//! `export!` only makes the place where the one instance lives and calls the generated macros.

use std::cell::RefCell;
use std::marker::PhantomData;

use crate::bindings::types::{
    About, Decision, Diagnostic, Ended, Endpoint, Fault, Fetch, Header, Needs, ProfileResult,
    Sample, Step,
};
use crate::bindings::{decider, filter, guest, hooks, picker, profile_handler, scorer, scraper};
use crate::{
    Answer, Decider, Diagnostics, Filter, Hooks, Picker, Plugin, ProfileHandler, Scorer, Scraper,
    log,
};

pub use crate::instance::Instance;

/// Where the instance of a plugin lives: empty until it is configured.
pub struct Slot<P>(RefCell<Option<Instance<P>>>);

impl<P> Default for Slot<P> {
    fn default() -> Self {
        Self(RefCell::new(None))
    }
}

/// A plugin with a place for its instance.
pub trait Hosted: Plugin {
    /// Calls `body` with the place.
    fn with_slot<R>(body: impl FnOnce(&Slot<Self>) -> R) -> R;
}

/// Stands for the plugin towards the generated bindings.
pub struct Exported<P>(PhantomData<P>);

fn with<P: Hosted, R>(call: impl FnOnce(&mut Instance<P>) -> Result<R, Fault>) -> Result<R, Fault> {
    P::with_slot(|slot| match &mut *slot.0.borrow_mut() {
        Some(instance) => call(instance),
        None => Err(Fault::cannot_answer("the plugin was not configured")),
    })
}

/// `describe`, for the testing harness as well.
pub(crate) fn about<P: Plugin>() -> About {
    let schema = schemars::schema_for!(P::Settings);
    About {
        name: P::NAME.to_owned(),
        version: P::VERSION.to_owned(),
        summary: P::SUMMARY.to_owned(),
        settings_schema: schema.as_value().to_string(),
        extra: Vec::new(),
    }
}

/// A panic becomes a trap that says nothing of why; this leaves the reason in the log first.
fn log_panics() {
    std::panic::set_hook(Box::new(|panic| log::error(&panic.to_string())));
}

impl<P: Hosted> guest::exports::switchyard::plugin::lifecycle::Guest for Exported<P> {
    fn describe() -> About {
        log_panics();
        about::<P>()
    }

    fn configure(settings: String) -> Result<Needs, Vec<Diagnostic>> {
        log_panics();
        let instance = Instance::new(&settings).map_err(Diagnostics::into_contract)?;
        let needs = instance.needs().to_contract();
        P::with_slot(|slot| slot.0.replace(Some(instance)));
        Ok(needs)
    }

    fn endpoints_changed(_generation: u64, endpoints: Vec<Endpoint>) -> Result<(), Fault> {
        with::<P, _>(|instance| instance.endpoints_changed(&endpoints))
    }
}

impl<P: Hosted + Filter> filter::exports::switchyard::plugin::filter::Guest for Exported<P> {
    fn keep(rows: Vec<u32>, inputs: Vec<f64>) -> Result<Vec<u32>, Fault> {
        with::<P, _>(|instance| instance.keep(&rows, &inputs))
    }
}

impl<P: Hosted + Scorer> scorer::exports::switchyard::plugin::scorer::Guest for Exported<P> {
    fn score(rows: Vec<u32>, inputs: Vec<f64>) -> Result<Vec<f64>, Fault> {
        with::<P, _>(|instance| instance.score(&rows, &inputs))
    }
}

impl<P: Hosted + Picker> picker::exports::switchyard::plugin::picker::Guest for Exported<P> {
    fn pick(rows: Vec<u32>, totals: Vec<f64>, inputs: Vec<f64>) -> Result<Vec<u32>, Fault> {
        with::<P, _>(|instance| instance.pick(&rows, &totals, &inputs))
    }
}

impl<P: Hosted + Decider> decider::exports::switchyard::plugin::decider::Guest for Exported<P> {
    fn decide(profile: String, picked: Vec<u32>, inputs: Vec<f64>) -> Result<bool, Fault> {
        with::<P, _>(|instance| instance.agrees(&profile, &picked, &inputs))
    }
}

impl<P: Hosted + ProfileHandler>
    profile_handler::exports::switchyard::plugin::profile_handler::Guest for Exported<P>
{
    fn next(done: Vec<ProfileResult>, inputs: Vec<f64>) -> Result<Vec<Step>, Fault> {
        with::<P, _>(|instance| instance.next(&done, &inputs))
    }

    fn decide(done: Vec<ProfileResult>, inputs: Vec<f64>) -> Result<Decision, Fault> {
        with::<P, _>(|instance| instance.decision(&done, &inputs))
    }
}

impl<P: Hosted + Scraper> scraper::exports::switchyard::plugin::scraper::Guest for Exported<P> {
    fn plan() -> Result<Vec<Fetch>, Fault> {
        with::<P, _>(Instance::plan)
    }

    fn parse(
        fetch: u32,
        row: u32,
        status: u16,
        elapsed_ms: u32,
        body: Vec<u8>,
    ) -> Result<Vec<Sample>, Fault> {
        let answer = Answer {
            fetch,
            row,
            status,
            elapsed_ms,
            body: &body,
        };
        with::<P, _>(|instance| instance.parse(&answer))
    }
}

impl<P: Hosted + Hooks> hooks::exports::switchyard::plugin::hooks::Guest for Exported<P> {
    fn picked(decision: Decision, inputs: Vec<f64>) -> Result<Vec<Header>, Fault> {
        with::<P, _>(|instance| instance.picked(&decision, &inputs))
    }

    fn response_started(status: u16) -> Result<Vec<Header>, Fault> {
        with::<P, _>(|instance| instance.response_started(status))
    }

    fn response_ended(ended: Ended) -> Result<(), Fault> {
        with::<P, _>(|instance| instance.response_ended(&ended))
    }
}

/// Makes a component of a plugin: `export!(QueueScorer, [scorer])`, with the stages it has among
/// `filter`, `scorer`, `picker`, `decider`, `profile_handler`, `scraper` and `hooks`.
///
/// On other targets than wasm it only checks that the plugin has what it is exported as, so that a
/// plugin's tests run as ordinary Rust.
#[macro_export]
macro_rules! export {
    ($plugin:ident, [$($stage:ident),+ $(,)?]) => {
        const _: () = {
            $crate::export::is::plugin::<$plugin>();
            $($crate::export_stage!(check $stage, $plugin);)+
            // A stage that is named twice is an error here, and the message points to both.
            mod named_once {
                $(#[allow(non_camel_case_types, dead_code)] struct $stage {})+
            }
        };

        #[cfg(target_arch = "wasm32")]
        #[allow(missing_docs, unsafe_code)]
        mod switchyard_exports {
            thread_local! {
                static SLOT: $crate::export::Slot<super::$plugin> = $crate::export::Slot::default();
            }

            impl $crate::export::Hosted for super::$plugin {
                fn with_slot<R>(body: impl FnOnce(&$crate::export::Slot<Self>) -> R) -> R {
                    SLOT.with(body)
                }
            }

            type Component = $crate::export::Exported<super::$plugin>;

            $crate::bindings::guest::export_lifecycle!(Component with_types_in $crate::bindings::guest);
            $($crate::export_stage!($stage, Component);)+
        }
    };
    ($plugin:ident, [$(,)?]) => {
        ::core::compile_error!(
            "`export!` names no stage, and a plugin has at least one: \
             filter, scorer, picker, decider, profile_handler, scraper or hooks"
        );
    };
    ($($other:tt)*) => {
        ::core::compile_error!(
            "`export!` takes the name of the plugin's type and a list of stages, \
             such as `export!(QueueScorer, [scorer, hooks])`"
        );
    };
}

/// The generated export macro of one stage; after `check`, whether the plugin has the stage's trait.
#[doc(hidden)]
#[macro_export]
macro_rules! export_stage {
    (check filter, $plugin:ident) => { $crate::export::is::filter::<$plugin>() };
    (check scorer, $plugin:ident) => { $crate::export::is::scorer::<$plugin>() };
    (check picker, $plugin:ident) => { $crate::export::is::picker::<$plugin>() };
    (check decider, $plugin:ident) => { $crate::export::is::decider::<$plugin>() };
    (check profile_handler, $plugin:ident) => { $crate::export::is::profile_handler::<$plugin>() };
    (check scraper, $plugin:ident) => { $crate::export::is::scraper::<$plugin>() };
    (check hooks, $plugin:ident) => { $crate::export::is::hooks::<$plugin>() };
    (check $other:ident, $plugin:ident) => {
        ::core::compile_error!(::core::concat!(
            "`", ::core::stringify!($other), "` is no stage; expected filter, scorer, picker, \
             decider, profile_handler, scraper or hooks"
        ))
    };
    (filter, $component:ident) => {
        $crate::bindings::filter::export_filter!($component with_types_in $crate::bindings::filter);
    };
    (scorer, $component:ident) => {
        $crate::bindings::scorer::export_scorer!($component with_types_in $crate::bindings::scorer);
    };
    (picker, $component:ident) => {
        $crate::bindings::picker::export_picker!($component with_types_in $crate::bindings::picker);
    };
    (decider, $component:ident) => {
        $crate::bindings::decider::export_decider!($component with_types_in $crate::bindings::decider);
    };
    (profile_handler, $component:ident) => {
        $crate::bindings::profile_handler::export_profile_handler!($component with_types_in $crate::bindings::profile_handler);
    };
    (scraper, $component:ident) => {
        $crate::bindings::scraper::export_scraper!($component with_types_in $crate::bindings::scraper);
    };
    (hooks, $component:ident) => {
        $crate::bindings::hooks::export_hooks!($component with_types_in $crate::bindings::hooks);
    };
    // Said already by the check.
    ($other:ident, $component:ident) => {};
}

/// What `export!` asks of a plugin on every target, so that a mistake shows in an editor and in
/// `cargo test` and not only in the build for wasm.
#[allow(missing_docs)]
pub mod is {
    use crate::{Decider, Filter, Hooks, Picker, Plugin, ProfileHandler, Scorer, Scraper};

    pub const fn plugin<P: Plugin>() {}
    pub const fn filter<P: Filter>() {}
    pub const fn scorer<P: Scorer>() {}
    pub const fn picker<P: Picker>() {}
    pub const fn decider<P: Decider>() {}
    pub const fn profile_handler<P: ProfileHandler>() {}
    pub const fn scraper<P: Scraper>() {}
    pub const fn hooks<P: Hooks>() {}
}
