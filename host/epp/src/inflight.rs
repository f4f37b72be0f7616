//! How many requests and tokens are under way at each endpoint, by our own count: the one load signal
//! that is never stale.

use std::sync::Arc;

use switchyard_scheduler::{Column, ColumnStore, Endpoint};

/// The two columns.
pub struct InFlight {
    requests: Arc<Column>,
    tokens: Arc<Column>,
}

/// One request's share of them. Dropping it takes the share back, whatever way the request ended.
pub struct Share {
    endpoint: Arc<Endpoint>,
    tokens: f64,
    counts: Arc<InFlight>,
}

impl InFlight {
    /// Counts in this store's columns `in-flight-requests` and `in-flight-tokens`.
    pub fn new(columns: &ColumnStore) -> Self {
        Self {
            requests: columns.column("in-flight-requests"),
            tokens: columns.column("in-flight-tokens"),
        }
    }

    /// Makes an endpoint's counts known: nothing is under way until something is.
    pub fn known(&self, row: u32) {
        self.requests.add(row, 0.0);
        self.tokens.add(row, 0.0);
    }

    /// Counts a request at this endpoint until the share is dropped. The share holds the endpoint, so that
    /// its row is not given to another meanwhile.
    pub fn begin(self: &Arc<Self>, endpoint: Arc<Endpoint>, tokens: f64) -> Share {
        let tokens = if tokens.is_finite() { tokens } else { 0.0 };
        self.requests.add(endpoint.row, 1.0);
        self.tokens.add(endpoint.row, tokens);
        Share {
            endpoint,
            tokens,
            counts: self.clone(),
        }
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        let row = self.endpoint.row;
        self.counts.requests.add(row, -1.0);
        self.counts.tokens.add(row, -self.tokens);
    }
}
