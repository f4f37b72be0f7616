//! Write a Switchyard plugin in Rust.
//!
//! A plugin is a type with the traits of its stages; [`export!`] makes a component of it:
//!
//! ```
//! use switchyard_sdk::{
//!     Column, Diagnostics, Endpoints, Fault, Needs, NoSettings, Plugin, Request, Scorer, scores,
//! };
//!
//! /// The emptier the KV cache, the better.
//! struct Roomy;
//!
//! impl Plugin for Roomy {
//!     const NAME: &'static str = "roomy-scorer";
//!     const VERSION: &'static str = "1.0.0";
//!     const SUMMARY: &'static str = "Prefers servers with room in their KV cache";
//!     type Settings = NoSettings;
//!
//!     fn new(_settings: NoSettings) -> Result<Self, Diagnostics> {
//!         Ok(Self)
//!     }
//!
//!     fn needs(&self) -> Needs {
//!         Needs::none().column(Column::KvCacheUsage)
//!     }
//! }
//!
//! impl Scorer for Roomy {
//!     fn score(
//!         &mut self,
//!         _request: &Request,
//!         endpoints: &Endpoints<'_>,
//!         scores: &mut [f64],
//!     ) -> Result<(), Fault> {
//!         scores::each(endpoints.column(Column::KvCacheUsage), scores, |used| 1.0 - used);
//!         Ok(())
//!     }
//! }
//!
//! switchyard_sdk::export!(Roomy, [scorer]);
//!
//! let mut plugin = switchyard_sdk::testing::Tested::<Roomy>::new("{}").unwrap()
//!     .column(Column::KvCacheUsage, &[0.25, 0.5, f64::NAN]);
//! assert_eq!(plugin.score(), Ok(vec![0.75, 0.5, 0.5]));
//! ```
//!
//! # What to know
//!
//! - **An instance is not the plugin.** There are several, and any of them may be replaced at any time, with
//!   all it holds. What must last, or what one instance must tell the others, goes to [`state`] (bytes
//!   under a key, with a time to live) or to [`own_columns`] (a number per endpoint that scorers read
//!   as a column).
//! - **Unknown is NaN** and never wins: see [`scores`].
//! - **An endpoint is a row number** during a call. Names and labels come once per change, in
//!   [`Plugin::endpoints_changed`]; [`PerRow`] keeps what they come to.
//! - **A call allocates its answer and nothing else**, here and in the built-in plugins. A list that a
//!   rule sorts or fills on its way is best a field of the plugin: its memory then serves the next call.
//! - **A panic costs one call.** Its message goes to the log, the host replaces the instance, and the
//!   plugin's `onFault` says what the request gets. A [`Fault`] is the civil way to say no.

#[doc(hidden)]
pub mod bindings;
mod columns;
pub mod disagg;
mod endpoints;
#[doc(hidden)]
pub mod export;
pub mod exposition;
mod instance;
pub mod log;
mod needs;
pub mod own_columns;
mod pick;
mod plugin;
mod random;
mod request;
pub mod scores;
mod settings;
pub mod state;
#[cfg(not(target_arch = "wasm32"))]
pub mod testing;

pub use columns::{Column, Scalar};
pub use endpoints::{Endpoints, PerRow};
pub use needs::{Capability, Needs};
pub use pick::PickSettings;
pub use plugin::*;
pub use random::Random;
pub use request::Request;
pub use settings::{Diagnostic, Diagnostics, NoSettings};
