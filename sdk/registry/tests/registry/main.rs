//! Plugins in registries: a real one, and ones that misbehave.

// Clippy takes helpers of tests for production code.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stderr)]

mod cosign;
mod misbehaving;
mod real;
mod support;
mod tokens;
