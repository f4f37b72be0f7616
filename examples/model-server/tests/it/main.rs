//! The server over real sockets.

// Clippy takes helpers of tests for production code.
#![allow(clippy::unwrap_used, clippy::panic)]

mod adapters;
mod answers;
mod client;
mod engine;
mod faults;
mod metrics;
