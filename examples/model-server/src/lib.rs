//! A simulated vLLM server, good enough to test a router against.
//!
//! A router is judged by what its servers do: what they find in their prefix caches, how long requests wait,
//! what their metrics say meanwhile, and how they fail. This server does all of that without a model: it has
//! vLLM's endpoints, a block-based prefix cache, batch slots with a waiting queue, a time model, vLLM's
//! metrics, and faults on demand. With zero latencies it answers many thousand requests a second.
//!
//! ```
//! use switchyard_sim::{Options, Server};
//!
//! let server = Server::start(Options::for_model("tiny"))?;
//! println!("ask http://{}/v1/models", server.addr());
//! # Ok::<(), switchyard_sim::StartError>(())
//! ```

mod api;
mod app;
mod engine;
mod exposition;
mod fake;
mod faults;
mod live;
mod lora;
mod options;
mod reply;
mod rng;
mod server;
mod signal;
mod span;
mod stats;
mod text;

pub use fake::{FakeError, FakeMetrics};
pub use faults::FailureType;
pub use live::{BrokenMetrics, LatencyCalculator, Live, Mode, SettingError};
pub use lora::{LoraModule, LoraModuleError};
pub use options::Options;
pub use server::{Server, StartError};
pub use span::{Span, SpanError};
