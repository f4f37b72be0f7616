//! One configured instance: from the lists of a contract's call to the plugin's method and back.
//!
//! The component and the stand-in host of tests both come through here, so that a test sees what the
//! host would. Apart from the answer nothing is allocated.

use crate::bindings::types::{Decision, Ended, Endpoint, Fault, Fetch, Header, Sample, Step};
use crate::{
    Answer, Decider, Diagnostics, Endpoints, Filter, Hooks, Needs, Picker, Plugin, ProfileHandler,
    ProfileResult, Request, Scorer, Scraper, settings,
};

/// A plugin with what it said it needs.
pub struct Instance<P> {
    plugin: P,
    needs: Needs,
    /// The rows of a call that brings them inside of records; kept for its memory.
    rows: Vec<u32>,
}

impl<P: Plugin> Instance<P> {
    /// Makes the plugin of its settings, as JSON.
    pub fn new(settings: &str) -> Result<Self, Diagnostics> {
        let plugin: P = settings::parse(settings).and_then(P::new)?;
        let needs = plugin.needs();
        Ok(Self {
            plugin,
            needs,
            rows: Vec::new(),
        })
    }

    /// What it reads and may do.
    pub fn needs(&self) -> &Needs {
        &self.needs
    }

    /// Tells it of the endpoints.
    pub fn endpoints_changed(&mut self, endpoints: &[Endpoint]) -> Result<(), Fault> {
        self.plugin.endpoints_changed(endpoints)
    }
}

impl<P: Filter> Instance<P> {
    /// The rows that stay.
    pub fn keep(&mut self, rows: &[u32], inputs: &[f64]) -> Result<Vec<u32>, Fault> {
        let endpoints = Endpoints::new(rows, inputs, &self.needs);
        self.plugin.keep(Request::AT_HAND, &endpoints)
    }
}

impl<P: Scorer> Instance<P> {
    /// One score per row.
    pub fn score(&mut self, rows: &[u32], inputs: &[f64]) -> Result<Vec<f64>, Fault> {
        let endpoints = Endpoints::new(rows, inputs, &self.needs);
        let mut scores = vec![0.0; rows.len()];
        self.plugin
            .score(Request::AT_HAND, &endpoints, &mut scores)?;
        Ok(scores)
    }
}

impl<P: Picker> Instance<P> {
    /// The rows to use.
    pub fn pick(
        &mut self,
        rows: &[u32],
        totals: &[f64],
        inputs: &[f64],
    ) -> Result<Vec<u32>, Fault> {
        let endpoints = Endpoints::new(rows, inputs, &self.needs);
        self.plugin.pick(Request::AT_HAND, &endpoints, totals)
    }
}

impl<P: Decider> Instance<P> {
    /// Whether `profile` shall run.
    pub fn agrees(&mut self, profile: &str, rows: &[u32], inputs: &[f64]) -> Result<bool, Fault> {
        let picked = Endpoints::new(rows, inputs, &self.needs);
        self.plugin.decide(Request::AT_HAND, profile, &picked)
    }
}

impl<P: ProfileHandler> Instance<P> {
    /// The profiles to run next.
    pub fn next(&mut self, done: &[ProfileResult], inputs: &[f64]) -> Result<Vec<Step>, Fault> {
        take(&mut self.rows, picked_rows(done));
        let picked = Endpoints::new(&self.rows, inputs, &self.needs);
        self.plugin.next(Request::AT_HAND, done, &picked)
    }

    /// The decision.
    pub fn decision(&mut self, done: &[ProfileResult], inputs: &[f64]) -> Result<Decision, Fault> {
        take(&mut self.rows, picked_rows(done));
        let picked = Endpoints::new(&self.rows, inputs, &self.needs);
        self.plugin.decide(Request::AT_HAND, done, &picked)
    }
}

impl<P: Scraper> Instance<P> {
    /// What to fetch.
    pub fn plan(&mut self) -> Result<Vec<Fetch>, Fault> {
        self.plugin.plan()
    }

    /// What an answer tells.
    pub fn parse(&mut self, answer: &Answer<'_>) -> Result<Vec<Sample>, Fault> {
        self.plugin.parse(answer)
    }
}

impl<P: Hooks> Instance<P> {
    /// Headers for the request.
    pub fn picked(&mut self, decision: &Decision, inputs: &[f64]) -> Result<Vec<Header>, Fault> {
        take(&mut self.rows, target_rows(decision));
        let targets = Endpoints::new(&self.rows, inputs, &self.needs);
        self.plugin.picked(Request::AT_HAND, decision, &targets)
    }

    /// Headers for the response.
    pub fn response_started(&mut self, status: u16) -> Result<Vec<Header>, Fault> {
        self.plugin.response_started(Request::AT_HAND, status)
    }

    /// The request is over.
    pub fn response_ended(&mut self, ended: &Ended) -> Result<(), Fault> {
        self.plugin.response_ended(Request::AT_HAND, ended)
    }
}

/// The rows that a profile handler's inputs are about.
pub(crate) fn picked_rows(done: &[ProfileResult]) -> impl Iterator<Item = u32> {
    done.iter().flat_map(|result| &result.rows).copied()
}

/// The rows that a hook's inputs are about.
pub(crate) fn target_rows(decision: &Decision) -> impl Iterator<Item = u32> {
    decision.targets.iter().map(|target| target.row)
}

fn take(kept: &mut Vec<u32>, rows: impl Iterator<Item = u32>) {
    kept.clear();
    kept.extend(rows);
}
