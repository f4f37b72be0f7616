//! Which endpoints exist: immutable, behind an `Arc`, replaced whole when membership changes.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use crate::columns::ColumnStore;
use crate::endpoint::{Endpoint, RowPool};

/// What discovery says of one endpoint.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct EndpointSpec {
    pub name: String,
    pub namespace: String,
    pub address: IpAddr,
    pub port: u16,
    pub rank: u32,
    pub labels: BTreeMap<String, String>,
}

/// All endpoints of one moment.
#[derive(Debug, Default)]
pub struct Snapshot {
    /// Grows with every change.
    pub generation: u64,
    /// In the order discovery gave.
    pub endpoints: Vec<Arc<Endpoint>>,
    /// The row of each.
    rows: Vec<u32>,
    /// Row -> position in `endpoints`, plus one; 0: no such row.
    positions: Vec<u32>,
}

impl Snapshot {
    /// A snapshot of these endpoints.
    pub fn new(generation: u64, endpoints: Vec<Arc<Endpoint>>) -> Self {
        let rows = endpoints
            .iter()
            .map(|endpoint| endpoint.row as usize + 1)
            .max()
            .unwrap_or(0);
        let mut positions = vec![0; rows];
        for (position, endpoint) in endpoints.iter().enumerate() {
            positions[endpoint.row as usize] = position as u32 + 1;
        }
        Self {
            generation,
            rows: endpoints.iter().map(|endpoint| endpoint.row).collect(),
            endpoints,
            positions,
        }
    }

    /// The rows of all endpoints, in their order.
    pub fn rows(&self) -> &[u32] {
        &self.rows
    }

    /// The endpoint with this row.
    pub fn endpoint(&self, row: u32) -> Option<&Arc<Endpoint>> {
        let position = self.positions.get(row as usize)?.checked_sub(1)?;
        self.endpoints.get(position as usize)
    }

    /// The next snapshot. An endpoint keeps its row as long as name, address and port stay: another
    /// address is another process, whose cache and load the old numbers say nothing of.
    pub fn next(
        &self,
        specs: Vec<EndpointSpec>,
        rows: &Arc<RowPool>,
        columns: &ColumnStore,
    ) -> Self {
        let known: BTreeMap<(&str, IpAddr, u16), &Arc<Endpoint>> = self
            .endpoints
            .iter()
            .map(|endpoint| {
                (
                    (endpoint.id.as_str(), endpoint.address, endpoint.port),
                    endpoint,
                )
            })
            .collect();
        let endpoints = specs.into_iter().map(|spec| {
            let id = format!("{}/{}", spec.namespace, spec.name);
            let lease = known
                .get(&(id.as_str(), spec.address, spec.port))
                .and_then(|endpoint| endpoint.lease.clone())
                .unwrap_or_else(|| {
                    let lease = rows.lease();
                    columns.clear_row(lease.row());
                    lease
                });
            Arc::new(Endpoint {
                row: lease.row(),
                id,
                name: spec.name,
                namespace: spec.namespace,
                address: spec.address,
                port: spec.port,
                rank: spec.rank,
                labels: spec.labels,
                lease: Some(lease),
            })
        });
        Self::new(self.generation + 1, endpoints.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(name: &str, port: u16) -> EndpointSpec {
        EndpointSpec {
            name: name.into(),
            namespace: "default".into(),
            address: IpAddr::from([127, 0, 0, 1]),
            port,
            rank: 0,
            labels: BTreeMap::new(),
        }
    }

    #[test]
    fn a_row_stays_with_its_endpoint_and_waits_for_requests_in_flight() {
        let (rows, columns) = (Arc::new(RowPool::default()), ColumnStore::default());
        let first = Snapshot::default().next(vec![spec("a", 1), spec("b", 2)], &rows, &columns);
        columns.column("waiting-requests").set(0, 5.0);
        let in_flight = first.endpoints[0].clone();
        let second = first.next(vec![spec("b", 2), spec("c", 3)], &rows, &columns);
        drop(first);
        let row = |snapshot: &Snapshot, name: &str| {
            snapshot
                .endpoints
                .iter()
                .find(|e| e.name == name)
                .map(|e| e.row)
        };
        assert_eq!(row(&second, "b"), Some(1), "b keeps its row");
        assert_eq!(
            row(&second, "c"),
            Some(2),
            "a request in flight still names row 0"
        );
        drop(in_flight);
        let third = second.next(vec![spec("b", 2), spec("b2", 2)], &rows, &columns);
        assert_eq!(row(&third, "b2"), Some(0), "row 0 is free again");
        assert!(
            columns.column("waiting-requests").get(0, 0).is_nan(),
            "and knows nothing of a"
        );
        assert!(third.endpoint(1).is_some());
        assert!(third.endpoint(7).is_none());
    }

    #[test]
    fn another_port_is_another_endpoint() {
        let (rows, columns) = (Arc::new(RowPool::default()), ColumnStore::default());
        let first = Snapshot::default().next(vec![spec("a", 1)], &rows, &columns);
        let second = first.next(vec![spec("a", 9)], &rows, &columns);
        assert_ne!(first.endpoints[0].row, second.endpoints[0].row);
        assert!(second.generation > first.generation);
    }
}
