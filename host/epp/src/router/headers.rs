//! The gateway's header list, shared with the request that plugins see.

use std::sync::Arc;

use switchyard_scheduler::HeaderSource;

use crate::extproc::head::Head;

pub(super) struct Shared(pub(super) Arc<Head>);

impl HeaderSource for Shared {
    fn header(&self, name: &str) -> Option<String> {
        self.0.header(name)
    }
}
