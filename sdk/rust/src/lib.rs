//! Write a Switchyard plugin in Rust.
//!
//! A plugin is a type with the traits of its stages; [`export!`] makes a component of it:
//!
//! ```
//! use switchyard_sdk::{Column, Diagnostics, Endpoints, Fault, Needs, NoSettings, Plugin, Scorer};
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
//!     fn score(&mut self, endpoints: &Endpoints<'_>) -> Result<Vec<f64>, Fault> {
//!         let usage = endpoints.column(Column::KvCacheUsage);
//!         Ok(usage.iter().map(|used| if used.is_nan() { 0.0 } else { 1.0 - used }).collect())
//!     }
//! }
//!
//! switchyard_sdk::export!(Roomy, [scorer]);
//!
//! let mut plugin = switchyard_sdk::testing::Tested::<Roomy>::new("{}").unwrap()
//!     .column(Column::KvCacheUsage, &[0.25, f64::NAN]);
//! assert_eq!(plugin.score(), Ok(vec![0.75, 0.0]));
//! ```

#[doc(hidden)]
pub mod bindings;
mod columns;
mod endpoints;
#[doc(hidden)]
pub mod export;
pub mod exposition;
pub mod log;
mod needs;
pub mod own_columns;
mod pick;
mod plugin;
mod random;
pub mod request;
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
pub use settings::{Diagnostic, Diagnostics, NoSettings};
