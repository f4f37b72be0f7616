//! A decision that fell, and what the gateway is told of it.

use std::net::SocketAddr;
use std::sync::Arc;

use switchyard_scheduler::record::Record;
use switchyard_scheduler::{Decision, Header, Outcome};

use crate::active::Active;
use crate::extproc::head::{Head, REQUEST_ID};

/// A request that has its destination.
pub(super) struct Routed {
    pub(super) active: Arc<Active>,
    pub(super) record: Arc<Record>,
    pub(super) decision: Decision,
    /// What hooks want set on the request.
    pub(super) hook_headers: Vec<Header>,
}

impl Routed {
    /// Where the request goes first.
    pub(super) fn primary(&self) -> Option<u32> {
        self.decision.targets.first().map(|target| target.row)
    }

    /// Where the prompt is prefilled, if that is elsewhere.
    pub(super) fn prefill(&self) -> Option<u32> {
        let mut profiles = self.record.profiles.iter();
        let name = &self.active.resolved.prefill_profile;
        let prefill = profiles.find(|profile| profile.profile == *name)?;
        let picked = prefill.outcome == Outcome::Picked;
        let row = prefill.picked.first().copied().filter(|_| picked);
        row.filter(|row| Some(*row) != self.primary())
    }

    /// `address:port`, several joined by commas, best first.
    pub(super) fn targets(&self) -> String {
        let mut joined = String::with_capacity(24);
        for target in &self.decision.targets {
            let Some(endpoint) = self.record.snapshot.endpoint(target.row) else {
                continue;
            };
            let port = match target.port {
                0 => endpoint.port,
                port => port,
            };
            if !joined.is_empty() {
                joined.push(',');
            }
            joined.push_str(&SocketAddr::new(endpoint.address, port).to_string());
        }
        joined
    }

    /// Headers to set: the profile handler's, then those of hooks, and an id where the request has none.
    pub(super) fn headers(&self, head: &Head) -> Vec<Header> {
        let given = self.decision.set_headers.iter().chain(&self.hook_headers);
        let id = head.get(REQUEST_ID).is_none().then(|| Header {
            name: REQUEST_ID.into(),
            value: self.record.request.id.clone(),
        });
        given.cloned().chain(id).collect()
    }
}
