//! What the picker reads and writes of OpenAI requests and responses, without parsing them into trees.
//!
//! A picker needs a handful of fields of a body that may be megabytes long, and must hand that body on
//! byte for byte. So requests are walked once with [`json::Cursor`], which refuses exactly what a full
//! parser would and remembers where things stand; responses are followed chunk by chunk and never held.
//! Nothing here does I/O.

pub mod error;
pub mod json;
pub mod request;
pub mod response;
pub mod rewrite;

pub use error::ErrorBody;
pub use request::{BodyError, Kind, MissingModel, RequestBody};
pub use response::{Format, ModelRestorer, Usage, UsageReader};
