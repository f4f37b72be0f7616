//! What discovery finds, handed to those who keep endpoints.

use std::sync::Arc;

use switchyard_scheduler::{EndpointSpec, Snapshot};

use crate::discovery::{self, Membership};
use crate::pool::Pool;
use crate::router::Router;

/// Discovery's list becomes the pool's. What the router learnt of servers that went is forgotten, and
/// again when a row is given to another server: a request in flight may have taught it meanwhile.
pub(super) struct ToPool {
    pub(super) pool: Arc<Pool>,
    pub(super) router: Option<Arc<Router>>,
}

impl Membership for ToPool {
    fn apply(&self, endpoints: Vec<discovery::EndpointSpec>) {
        let specs = endpoints.into_iter().map(|endpoint| EndpointSpec {
            name: endpoint.name,
            namespace: endpoint.namespace,
            address: endpoint.address,
            port: endpoint.port,
            rank: 0,
            labels: endpoint.labels,
        });
        let before = self.pool.snapshot();
        self.pool.apply(specs.collect());
        let after = self.pool.snapshot();
        let Some(router) = &self.router else { return };
        let only_in = |one: &Snapshot, other: &Snapshot| {
            let endpoints = one.endpoints.iter();
            let rows = endpoints
                .map(|endpoint| endpoint.row)
                .filter(|row| other.endpoint(*row).is_none());
            rows.collect::<Vec<u32>>()
        };
        for row in only_in(&before, &after)
            .into_iter()
            .chain(only_in(&after, &before))
        {
            router.forget(row);
        }
    }
}
