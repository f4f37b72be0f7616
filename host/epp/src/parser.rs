//! Scraper plugins on the scraping thread: the scrape module's [`Parser`] on an engine lane.

use std::sync::Arc;

use switchyard_engine::{EngineLane, Fetch, Fetched, Sample};
use switchyard_scheduler::{CallFault, Endpoint, Lane, PluginIndex};

use crate::active::Active;
use crate::scrape::{Parser, Source};

/// The scrapers of a plan, with the instances that were made with it; once.
pub fn sources(active: &Active) -> Vec<Source> {
    let scrapers = active.take_scrapers().into_iter();
    scrapers
        .map(|(plugin, lane)| Source {
            plugin: plugin.name().into(),
            parser: Box::new(LaneParser {
                lane,
                fetches: plugin.fetches().to_vec(),
            }),
        })
        .collect()
}

struct LaneParser {
    lane: EngineLane,
    fetches: Vec<Fetch>,
}

/// The lane holds one plugin.
const ONLY: PluginIndex = PluginIndex(0);

impl Parser for LaneParser {
    fn plan(&self) -> Vec<Fetch> {
        self.fetches.clone()
    }

    fn parse(
        &mut self,
        fetch: u32,
        row: u32,
        status: u16,
        elapsed_ms: u32,
        body: &[u8],
    ) -> Result<Vec<Sample>, CallFault> {
        self.lane.scraper_parse(
            ONLY,
            Fetched {
                fetch,
                row,
                status,
                elapsed_ms,
                body,
            },
        )
    }

    fn endpoints_changed(
        &mut self,
        generation: u64,
        endpoints: &[Arc<Endpoint>],
    ) -> Result<(), CallFault> {
        self.lane.endpoints_changed(generation, endpoints);
        Ok(())
    }
}
