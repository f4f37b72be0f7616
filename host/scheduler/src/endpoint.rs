//! A model server and its row.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

/// One model server (one entry per data-parallel rank), as discovery found it.
#[derive(Debug)]
pub struct Endpoint {
    /// Its number; see `wit/types.wit`.
    pub row: u32,
    /// `namespace/name`.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its namespace.
    pub namespace: String,
    /// IPv4 or IPv6.
    pub address: IpAddr,
    /// Its port.
    pub port: u16,
    /// Data-parallel rank.
    pub rank: u32,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Gives the row back when the last holder of this endpoint, such as a request in flight, lets go.
    pub lease: Option<Arc<RowLease>>,
}

impl Endpoint {
    /// `address:port`, IPv6 in brackets.
    pub fn socket_address(&self) -> String {
        std::net::SocketAddr::new(self.address, self.port).to_string()
    }
}

/// Hands out row numbers, the smallest free one first, so that columns stay compact.
#[derive(Debug, Default)]
pub struct RowPool {
    state: Mutex<PoolState>,
}

#[derive(Debug, Default)]
struct PoolState {
    next: u32,
    free: BTreeSet<u32>,
}

/// A row in use. Dropping it frees the number.
#[derive(Debug)]
pub struct RowLease {
    row: u32,
    pool: Arc<RowPool>,
}

impl RowPool {
    /// The smallest free row.
    pub fn lease(self: &Arc<Self>) -> Arc<RowLease> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let row = state.free.pop_first().unwrap_or_else(|| {
            state.next += 1;
            state.next - 1
        });
        Arc::new(RowLease {
            row,
            pool: self.clone(),
        })
    }
}

impl RowLease {
    /// The number.
    pub fn row(&self) -> u32 {
        self.row
    }
}

impl Drop for RowLease {
    fn drop(&mut self) {
        let mut state = self
            .pool
            .state
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        state.free.insert(self.row);
    }
}
