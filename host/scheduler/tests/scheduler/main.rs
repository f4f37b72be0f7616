//! The scheduler as its users see it: plans of native plugins go in, records come out.

#![allow(clippy::unwrap_used, clippy::panic)] // everything here is a test, helpers included

mod cycle;
mod faults;
mod gather;
mod handler;
mod hooks;
mod record;
mod support;
