use switchyard_sdk::{Diagnostics, NoSettings, Plugin, Request, Fault, Endpoints, Filter, export};

struct Rule;

impl Plugin for Rule {
    const NAME: &'static str = "rule";
    const VERSION: &'static str = "1.0.0";
    const SUMMARY: &'static str = "A rule";
    type Settings = NoSettings;

    fn new(_settings: NoSettings) -> Result<Self, Diagnostics> {
        Ok(Self)
    }
}

impl Filter for Rule {
    fn keep(&mut self, _request: &Request, endpoints: &Endpoints<'_>) -> Result<Vec<u32>, Fault> {
        Ok(endpoints.rows().to_vec())
    }
}

export!(Rule, [filter, filter]);

fn main() {}
