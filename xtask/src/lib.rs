//! Everything a newcomer or CI runs: set-up, build, demo, verify.
//!
//! It is a library so that test suites of other crates can build a [`stage`] too: simulated model
//! servers, the Endpoint Picker and a real Envoy, all of which end with the test.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "these are commands for people"
)]

pub mod bench_epp;
pub mod build;
pub mod children;
pub mod cli;
pub mod components;
pub mod contract_page;
pub mod demo;
pub mod invariants;
pub mod progress;
pub mod setup;
pub mod stage;
pub mod tool;
pub mod verify;
pub mod workspace;
