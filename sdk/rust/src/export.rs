//! From the contract's calls to a plugin's methods.
//!
//! [`Exported`] implements every generated `Guest` trait for every plugin that has the stage's trait;
//! `export!` only makes the place where the one instance lives and calls the generated macros.

use std::cell::RefCell;
use std::marker::PhantomData;

use crate::bindings::types::{
    About, Decision, Diagnostic, Ended, Endpoint, Fault, Fetch, Header, Needs as ContractNeeds,
    ProfileResult, Sample, Step,
};
use crate::bindings::{decider, filter, guest, hooks, picker, profile_handler, scorer, scraper};
use crate::{
    Answer, Decider, Endpoints, Filter, Hooks, Needs, Picker, Plugin, ProfileHandler, Scorer,
    Scraper, log, settings,
};

/// Where the instance of a plugin lives: empty until it is configured.
pub struct Slot<P>(RefCell<Option<(P, Needs)>>);

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

fn with<P: Hosted, R>(call: impl FnOnce(&mut P, &Needs) -> Result<R, Fault>) -> Result<R, Fault> {
    P::with_slot(|slot| match &mut *slot.0.borrow_mut() {
        Some((plugin, needs)) => call(plugin, needs),
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

    fn configure(settings: String) -> Result<ContractNeeds, Vec<Diagnostic>> {
        log_panics();
        let made = settings::parse(&settings).and_then(P::new);
        let plugin = made.map_err(crate::Diagnostics::into_contract)?;
        let needs = plugin.needs();
        let answer = needs.to_contract();
        P::with_slot(|slot| *slot.0.borrow_mut() = Some((plugin, needs)));
        Ok(answer)
    }

    fn endpoints_changed(_generation: u64, endpoints: Vec<Endpoint>) -> Result<(), Fault> {
        with::<P, _>(|plugin, _| plugin.endpoints_changed(&endpoints))
    }
}

impl<P: Hosted + Filter> filter::exports::switchyard::plugin::filter::Guest for Exported<P> {
    fn keep(rows: Vec<u32>, inputs: Vec<f64>) -> Result<Vec<u32>, Fault> {
        with::<P, _>(|plugin, needs| plugin.keep(&Endpoints::new(&rows, &inputs, needs)))
    }
}

impl<P: Hosted + Scorer> scorer::exports::switchyard::plugin::scorer::Guest for Exported<P> {
    fn score(rows: Vec<u32>, inputs: Vec<f64>) -> Result<Vec<f64>, Fault> {
        with::<P, _>(|plugin, needs| plugin.score(&Endpoints::new(&rows, &inputs, needs)))
    }
}

impl<P: Hosted + Picker> picker::exports::switchyard::plugin::picker::Guest for Exported<P> {
    fn pick(rows: Vec<u32>, totals: Vec<f64>, inputs: Vec<f64>) -> Result<Vec<u32>, Fault> {
        with::<P, _>(|plugin, needs| plugin.pick(&Endpoints::new(&rows, &inputs, needs), &totals))
    }
}

impl<P: Hosted + Decider> decider::exports::switchyard::plugin::decider::Guest for Exported<P> {
    fn decide(profile: String, picked: Vec<u32>, inputs: Vec<f64>) -> Result<bool, Fault> {
        with::<P, _>(|plugin, needs| {
            plugin.decide(&profile, &Endpoints::new(&picked, &inputs, needs))
        })
    }
}

/// The rows that a profile handler's inputs are about.
pub(crate) fn picked_rows(done: &[ProfileResult]) -> Vec<u32> {
    done.iter()
        .flat_map(|result| &result.rows)
        .copied()
        .collect()
}

impl<P: Hosted + ProfileHandler>
    profile_handler::exports::switchyard::plugin::profile_handler::Guest for Exported<P>
{
    fn next(done: Vec<ProfileResult>, inputs: Vec<f64>) -> Result<Vec<Step>, Fault> {
        let rows = picked_rows(&done);
        with::<P, _>(|plugin, needs| plugin.next(&done, &Endpoints::new(&rows, &inputs, needs)))
    }

    fn decide(done: Vec<ProfileResult>, inputs: Vec<f64>) -> Result<Decision, Fault> {
        let rows = picked_rows(&done);
        with::<P, _>(|plugin, needs| plugin.decide(&done, &Endpoints::new(&rows, &inputs, needs)))
    }
}

impl<P: Hosted + Scraper> scraper::exports::switchyard::plugin::scraper::Guest for Exported<P> {
    fn plan() -> Result<Vec<Fetch>, Fault> {
        with::<P, _>(|plugin, _| plugin.plan())
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
        with::<P, _>(|plugin, _| plugin.parse(&answer))
    }
}

impl<P: Hosted + Hooks> hooks::exports::switchyard::plugin::hooks::Guest for Exported<P> {
    fn picked(decision: Decision, inputs: Vec<f64>) -> Result<Vec<Header>, Fault> {
        let rows: Vec<u32> = decision.targets.iter().map(|target| target.row).collect();
        with::<P, _>(|plugin, needs| {
            plugin.picked(&decision, &Endpoints::new(&rows, &inputs, needs))
        })
    }

    fn response_started(status: u16) -> Result<Vec<Header>, Fault> {
        with::<P, _>(|plugin, _| plugin.response_started(status))
    }

    fn response_ended(ended: Ended) -> Result<(), Fault> {
        with::<P, _>(|plugin, _| plugin.response_ended(&ended))
    }
}

/// Makes a component of a plugin: `export!(QueueScorer, [scorer])`, with the stages it has among
/// `filter`, `scorer`, `picker`, `decider`, `profile_handler`, `scraper` and `hooks`.
///
/// On other targets than wasm it does nothing, so that a plugin's tests run as ordinary Rust.
#[macro_export]
macro_rules! export {
    ($plugin:ident, [$($stage:ident),+ $(,)?]) => {
        /// The plugin's type name. It also keeps the plugin in use where no component is made of it.
        #[doc(hidden)]
        #[cfg(not(target_arch = "wasm32"))]
        pub fn switchyard_plugin() -> &'static str {
            <$plugin as $crate::Plugin>::NAME
        }

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
}

/// The generated export macro of one stage.
#[doc(hidden)]
#[macro_export]
macro_rules! export_stage {
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
}
