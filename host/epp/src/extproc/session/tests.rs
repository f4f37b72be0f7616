//! Sessions as a gateway sees them, in every mode.

mod bounds;
mod changes;
mod endings;
mod recorded;
mod requests;
mod responses;
mod support;
