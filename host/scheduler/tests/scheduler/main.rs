//! The scheduler as its users see it: plans of native plugins go in, records come out.

mod cycle;
mod faults;
mod gather;
mod handler;
mod hooks;
mod record;
mod support;
