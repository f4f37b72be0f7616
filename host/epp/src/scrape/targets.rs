//! Which places a plan is fetched from, given the endpoints of this moment. Pure.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;

use switchyard_engine::{Fetch, Scope};
use switchyard_scheduler::Endpoint;

/// What makes a target the same one after a change: its connection and its status live on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct TargetKey {
    /// The plugin, by its position among the sources.
    pub(super) source: usize,
    /// The position in the plugin's plan.
    pub(super) fetch: usize,
    /// The first endpoint it is about.
    pub(super) row: u32,
    pub(super) address: SocketAddr,
}

/// The targets of one plugin's plan, each with the endpoints it is about, the lowest rank first.
pub(super) fn targets(
    source: usize,
    plan: &[Fetch],
    endpoints: &[Arc<Endpoint>],
) -> BTreeMap<TargetKey, Vec<Arc<Endpoint>>> {
    let mut all = BTreeMap::new();
    for (position, fetch) in plan.iter().enumerate() {
        for members in groups(fetch.scope, endpoints) {
            let Some(first) = members.first() else {
                continue;
            };
            let port = fetch.port.unwrap_or(first.port);
            let key = TargetKey {
                source,
                fetch: position,
                row: first.row,
                address: SocketAddr::new(first.address, port),
            };
            all.insert(key, members);
        }
    }
    all
}

fn groups(scope: Scope, endpoints: &[Arc<Endpoint>]) -> Vec<Vec<Arc<Endpoint>>> {
    match scope {
        Scope::Endpoint => endpoints
            .iter()
            .map(|endpoint| vec![endpoint.clone()])
            .collect(),
        Scope::Address => {
            let mut by_address: BTreeMap<_, Vec<Arc<Endpoint>>> = BTreeMap::new();
            for endpoint in endpoints {
                by_address
                    .entry(endpoint.address)
                    .or_default()
                    .push(endpoint.clone());
            }
            let mut groups: Vec<_> = by_address.into_values().collect();
            for members in &mut groups {
                members.sort_by_key(|endpoint| (endpoint.rank, endpoint.row));
            }
            groups
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// First row, address, rows of the members.
    type Expected = (u32, &'static str, &'static [u32]);

    fn endpoint(row: u32, address: [u8; 4], port: u16, rank: u32) -> Arc<Endpoint> {
        Arc::new(Endpoint {
            row,
            id: format!("default/{row}"),
            name: row.to_string(),
            namespace: "default".into(),
            address: address.into(),
            port,
            rank,
            labels: BTreeMap::new(),
            lease: None,
        })
    }

    #[test]
    fn one_target_per_endpoint_or_address() {
        let endpoints = [
            endpoint(0, [10, 0, 0, 1], 8001, 1),
            endpoint(1, [10, 0, 0, 1], 8000, 0),
            endpoint(2, [10, 0, 0, 2], 8000, 0),
        ];
        let rows: [(Scope, Option<u16>, &[Expected]); 3] = [
            (
                Scope::Endpoint,
                None,
                &[
                    (0, "10.0.0.1:8001", &[0]),
                    (1, "10.0.0.1:8000", &[1]),
                    (2, "10.0.0.2:8000", &[2]),
                ],
            ),
            (
                Scope::Address,
                None,
                &[(1, "10.0.0.1:8000", &[1, 0]), (2, "10.0.0.2:8000", &[2])],
            ),
            (
                Scope::Address,
                Some(9100),
                &[(1, "10.0.0.1:9100", &[1, 0]), (2, "10.0.0.2:9100", &[2])],
            ),
        ];
        for (scope, port, expected) in rows {
            let fetch = Fetch {
                name: "metrics".into(),
                scope,
                scheme: "http".into(),
                port,
                path: "/metrics".into(),
                interval: None,
                timeout: std::time::Duration::from_secs(1),
                families: vec![],
                columns: vec![],
                sets: vec![],
            };
            let found: Vec<(u32, String, Vec<u32>)> = targets(0, &[fetch], &endpoints)
                .into_iter()
                .map(|(key, members)| {
                    (
                        key.row,
                        key.address.to_string(),
                        members.iter().map(|member| member.row).collect(),
                    )
                })
                .collect();
            let expected: Vec<(u32, String, Vec<u32>)> = expected
                .iter()
                .map(|(row, address, members)| (*row, (*address).to_owned(), members.to_vec()))
                .collect();
            assert_eq!(found, expected, "{scope:?} on port {port:?}");
        }
    }
}
