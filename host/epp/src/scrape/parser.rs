//! The one trait through which the scraping thread speaks to a plugin, however that plugin is run.

use std::sync::Arc;

use switchyard_engine::{Fetch, Sample};
use switchyard_scheduler::{CallFault, Endpoint};

/// A scraper plugin. Made elsewhere, it lives on the scraping thread.
pub trait Parser: Send {
    /// What to fetch. Asked once.
    fn plan(&self) -> Vec<Fetch>;

    /// Reads one answer; `fetch` is the position in the plan, `row` the endpoint (with
    /// [`switchyard_engine::Scope::Address`] that of its first rank), `elapsed_ms` how long the fetch
    /// took. `body` holds the lines of the wanted families, or all where none are named.
    fn parse(
        &mut self,
        fetch: u32,
        row: u32,
        status: u16,
        elapsed_ms: u32,
        body: &[u8],
    ) -> Result<Vec<Sample>, CallFault>;

    /// All endpoints that exist now; called before the first answer and at each change.
    fn endpoints_changed(
        &mut self,
        generation: u64,
        endpoints: &[Arc<Endpoint>],
    ) -> Result<(), CallFault>;
}
