//! Which model servers there are.
//!
//! Each way to know has a module; all of them tell a [`Membership`] the whole list whenever it
//! changes. Here that is a [file](FileDiscovery), for machines without Kubernetes.

mod file;

use std::path::PathBuf;
use std::time::SystemTime;

pub use file::{FileDiscovery, StartError};
pub use switchyard_config::endpoints::EndpointSpec;

/// Who is told of the endpoints.
pub trait Membership: Send + Sync {
    /// The endpoints from now on, all of them, in the order of their source. Called from one thread
    /// at a time.
    fn apply(&self, endpoints: Vec<EndpointSpec>);
}

/// What discovery has done so far, for `/debug` and metrics.
#[derive(Debug, Clone)]
pub struct Status {
    /// The file.
    pub path: PathBuf,
    /// Whether later edits count.
    pub watched: bool,
    /// How many endpoints the list in use has.
    pub endpoints: usize,
    /// When the list in use was read.
    pub applied_at: SystemTime,
    /// How many edits were applied since the start.
    pub applied: u64,
    /// How many edits were refused since the start.
    pub refused: u64,
    /// Why the file, as it stands now, is not what is in use.
    pub refusal: Option<Refusal>,
}

/// An edit that was not applied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Every mistake in it, one a line.
    pub reason: String,
    /// When it was seen.
    pub at: SystemTime,
}
