//! The endpoints of this moment: what discovery writes and everything else reads.

use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use switchyard_scheduler::{ColumnStore, EndpointSpec, RowPool, Snapshot};
use tokio::sync::watch;

use crate::inflight::InFlight;

/// The endpoints with their columns. Shared by every part of the picker.
pub struct Pool {
    snapshot: ArcSwap<Snapshot>,
    columns: ColumnStore,
    rows: Arc<RowPool>,
    in_flight: Arc<InFlight>,
    changes: watch::Sender<u64>,
    /// One change at a time.
    applying: Mutex<()>,
}

impl Default for Pool {
    fn default() -> Self {
        let columns = ColumnStore::default();
        Self {
            snapshot: ArcSwap::default(),
            in_flight: Arc::new(InFlight::new(&columns)),
            columns,
            rows: Arc::default(),
            changes: watch::Sender::new(0),
            applying: Mutex::new(()),
        }
    }
}

impl Pool {
    /// The endpoints now.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.load_full()
    }

    /// Their numbers.
    pub fn columns(&self) -> &ColumnStore {
        &self.columns
    }

    /// What is under way at each of them.
    pub fn in_flight(&self) -> &Arc<InFlight> {
        &self.in_flight
    }

    /// Replaces the endpoints; those that stay keep their rows. Nothing happens where nothing changed,
    /// because every generation costs every plugin a call.
    pub fn apply(&self, specs: Vec<EndpointSpec>) {
        let _one = self.applying.lock().unwrap_or_else(PoisonError::into_inner);
        let known = self.snapshot.load();
        if known.generation > 0 && same(&known, &specs) {
            return;
        }
        let next = known.next(specs, &self.rows, &self.columns);
        let generation = next.generation;
        next.endpoints
            .iter()
            .for_each(|endpoint| self.in_flight.known(endpoint.row));
        self.snapshot.store(Arc::new(next));
        self.changes.send_replace(generation);
    }

    /// Tells of every new generation.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.changes.subscribe()
    }
}

fn same(known: &Snapshot, specs: &[EndpointSpec]) -> bool {
    known.endpoints.len() == specs.len()
        && known.endpoints.iter().zip(specs).all(|(known, spec)| {
            known.name == spec.name
                && known.namespace == spec.namespace
                && known.address == spec.address
                && known.port == spec.port
                && known.rank == spec.rank
                && known.labels == spec.labels
        })
}
