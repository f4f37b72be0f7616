//! The engine against small guests written by hand: every limit fires, every wrong answer is caught.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "helpers of tests stop the test, and are private to it"
)]

mod breaker;
mod cache;
mod deadlines;
mod faults;
mod guest;
mod harness;
mod imports;
mod lane;
mod load;
mod measure;
mod pooling;
mod settings;
mod stages;
mod wasi;
