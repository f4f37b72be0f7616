//! Scraper plugins on the scraping thread: the scrape module's [`Parser`] on an engine lane.

use std::sync::Arc;

use switchyard_engine::{EngineLane, Fetch, Fetched, Plugin, Sample, StartError};
use switchyard_scheduler::{CallFault, Cause, Endpoint, Lane, PluginIndex};

use crate::active::Active;
use crate::scrape::{Parser, Source};

/// The scrapers of a plan, to be started on the scraping thread.
pub fn sources(active: &Active) -> Vec<Source> {
    let plugins = active
        .scrapers
        .iter()
        .map(|at| active.plugins[at.0 as usize].clone());
    plugins
        .map(|plugin| Source {
            plugin: plugin.name().into(),
            start: Box::new(move || match LaneParser::new(&plugin) {
                Ok(parser) => Box::new(parser),
                Err(error) => Box::new(Unstarted(CallFault {
                    cause: Cause::NoInstance,
                    message: error.to_string(),
                })),
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

impl LaneParser {
    fn new(plugin: &Arc<Plugin>) -> Result<Self, StartError> {
        let lane = EngineLane::new(std::slice::from_ref(plugin))?;
        Ok(Self {
            lane,
            fetches: plugin.fetches().to_vec(),
        })
    }
}

impl Parser for LaneParser {
    fn plan(&mut self) -> Result<Vec<Fetch>, CallFault> {
        Ok(self.fetches.clone())
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

/// A scraper without instance: every fetch fails with the reason, which the status page shows.
struct Unstarted(CallFault);

impl Parser for Unstarted {
    fn plan(&mut self) -> Result<Vec<Fetch>, CallFault> {
        Err(self.0.clone())
    }

    fn parse(
        &mut self,
        _: u32,
        _: u32,
        _: u16,
        _: u32,
        _: &[u8],
    ) -> Result<Vec<Sample>, CallFault> {
        Err(self.0.clone())
    }

    fn endpoints_changed(&mut self, _: u64, _: &[Arc<Endpoint>]) -> Result<(), CallFault> {
        Err(self.0.clone())
    }
}
