//! The Endpoint Picker: an Envoy gateway asks it over ext_proc which model server takes each request,
//! and plugins, every one a sandboxed component, decide.
//!
//! A request's way: [`extproc`] speaks the protocol, [`router`] reads the body and gathers what plugins
//! want to know, [`lanes`] lends it this thread's plugin instances, the scheduler decides, and the
//! router's ticket follows the request to its end. Beside it, [`discovery`] and [`scrape`] fill the
//! [`pool`], and [`active`] brings configurations to life.

pub mod active;
pub mod admin;
pub mod archive;
pub(crate) mod backlog;
pub mod clock;
pub mod components;
pub mod decisions;
pub mod discovery;
pub mod embedded;
pub mod extproc;
pub mod flags;
pub mod health;
pub mod inflight;
pub mod lanes;
pub mod logging;
pub mod metrics;
pub mod observe;
pub mod own_columns;
pub mod parser;
pub mod plans;
pub mod pool;
pub mod prefix;
pub mod registries;
pub mod router;
pub mod run;
pub mod scrape;
pub mod server;
pub mod shadows;
pub(crate) mod stamp;
pub mod tls;
