//! Pure decision making: which model server takes a request.
//!
//! This crate does no I/O, reads no clock and draws no randomness: time and seed are arguments. The
//! same inputs give the same decision, bit for bit; explain, replay and shadow comparison rest on it.
//!
//! A request's way through it: [`Gathered::take`] reads every number the [`Plan`]'s plugins want from
//! the columns of a [`Snapshot`]'s endpoints; [`schedule`] runs the plan on a [`Lane`] and leaves a
//! [`record::Record`]; [`hooks`] follow the request to its end.

mod call;
mod columns;
mod cycle;
mod endpoint;
mod gather;
pub mod hooks;
mod plan;
mod profile;
pub mod record;
mod refusal;
mod request;
mod sets;
mod shadow;
mod snapshot;

pub use call::{
    Call, CallFault, Cause, Decision, Ended, Ending, Header, ImportAnswer, Lane, OnFault, Outcome,
    PluginIndex, ProfileResult, Step, Target,
};
pub use columns::{Column, ColumnStore, MAX_ROWS};
pub use cycle::schedule;
pub use endpoint::{Endpoint, RowLease, RowPool};
pub use gather::{Gathered, REQUEST_COLUMNS, REQUEST_SCALARS, RequestValues, SCRAPED, Source};
pub use plan::{Plan, PlanColumn, PlanPlugin, Profile, Stage, Weighted};
pub use refusal::Refusal;
pub use request::{HeaderSource, Request, content_hash};
pub use sets::SetColumn;
pub use shadow::{Part, Shadow};
pub use snapshot::{EndpointSpec, Snapshot};
