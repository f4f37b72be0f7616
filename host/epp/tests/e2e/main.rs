//! The picker as its users meet it: its own binary, a real Envoy, simulated model servers, real sockets.

// Clippy takes helpers of tests for production code.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

mod faults;
mod lifecycle;
mod live;
mod manners;
mod protocol;
mod refusals;
mod registry;
mod reloads;
mod roles;
mod routing;
mod setbacks;
mod support;
mod targets;
mod tls;
