//! Reads what model servers say of themselves: queue, running requests, KV cache and LoRA adapters.
//!
//! The name is vLLM's because most servers are; the label `llm-d.ai/engine-type` of an endpoint chooses
//! among the engines of `engine::built_in` and those of the settings. One fetch serves all: it asks for
//! the metric families of every engine, and an answer is read with the names of its endpoint's engine.
//!
//! Several series of one gauge are read like this: of those with the same `engine` label the one with
//! the latest timestamp counts, or the last where they have none. Those that differ in it are engines
//! behind one server (data-parallel ranks): their requests are added up, and the fullest cache counts.

mod engine;
mod reading;
mod settings;
mod spec;

use engine::Engine;
use settings::Settings;
use switchyard_sdk::{
    Answer, Diagnostics, Endpoint, Fault, Fetch, PerRow, Plugin, Sample, Scope, Scraper, export,
};

/// The label that holds an endpoint's engine, and its older name.
const ENGINE_LABELS: [&str; 2] = [
    "llm-d.ai/engine-type",
    "inference.networking.k8s.io/engine-type",
];

/// The columns filled, in the order of [`reading::Reading::values`]; custom ones follow.
const COLUMNS: [&str; 6] = [
    "waiting-requests",
    "running-requests",
    "kv-cache-usage",
    "kv-cache-blocks",
    "kv-block-tokens",
    "lora-max",
];

/// The string sets: adapters that are active, and adapters with waiting requests.
const SETS: [&str; 2] = ["lora-running", "lora-waiting"];

/// `vllm-scraper`.
struct VllmScraper {
    fetch: Fetch,
    engines: Vec<Engine>,
    custom: Vec<String>,
    engine_label: Option<String>,
    /// The engine of an endpoint without the label, as a position in `engines`.
    default_engine: usize,
    engine_of: PerRow<usize>,
}

impl Plugin for VllmScraper {
    const NAME: &'static str = "vllm-scraper";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = Settings;

    fn new(settings: Settings) -> Result<Self, Diagnostics> {
        let resolved = settings.resolve()?;
        let mut custom: Vec<String> = Vec::new();
        for (key, _) in resolved.engines.iter().flat_map(|engine| &engine.custom) {
            if !custom.contains(key) {
                custom.push(key.clone());
            }
        }
        let mut families: Vec<String> = Vec::new();
        for family in resolved.engines.iter().flat_map(Engine::families) {
            if !families.iter().any(|known| known == family) {
                families.push(family.to_owned());
            }
        }
        let columns = COLUMNS.iter().map(|column| (*column).to_owned());
        let custom_columns = custom.iter().map(|key| format!("custom/{key}"));
        let fetch = Fetch {
            name: "metrics".to_owned(),
            scope: Scope::Endpoint,
            scheme: resolved.scheme,
            port: resolved.port,
            path: resolved.path,
            interval_ms: resolved.interval_ms,
            timeout_ms: 0,
            families,
            columns: columns.chain(custom_columns).collect(),
            sets: SETS.iter().map(|set| (*set).to_owned()).collect(),
            extra: resolved.tls,
        };
        Ok(Self {
            fetch,
            engines: resolved.engines,
            custom,
            engine_label: resolved.engine_label,
            default_engine: resolved.default_engine,
            engine_of: PerRow::default(),
        })
    }

    fn endpoints_changed(&mut self, endpoints: &[Endpoint]) -> Result<(), Fault> {
        self.engine_of = PerRow::resolve(endpoints, |endpoint| self.engine_named_by(endpoint));
        Ok(())
    }
}

impl Scraper for VllmScraper {
    fn plan(&mut self) -> Result<Vec<Fetch>, Fault> {
        Ok(vec![self.fetch.clone()])
    }

    fn parse(&mut self, answer: &Answer<'_>) -> Result<Vec<Sample>, Fault> {
        if answer.status != 200 {
            return Err(Fault::cannot_answer(format!(
                "{} answered with status {}, expected 200",
                self.fetch.path, answer.status
            )));
        }
        let body = std::str::from_utf8(answer.body).map_err(|error| {
            Fault::cannot_answer(format!("{} is not text: {error}", self.fetch.path))
        })?;
        let position = self.engine_of.get(answer.row);
        let engine = &self.engines[position.copied().unwrap_or(self.default_engine)];
        let reading = reading::read(engine, body);
        if !reading.found_any {
            return Err(Fault::cannot_answer(format!(
                "{} holds no metric of the engine `{}`, expected one such as `{}`; \
                 is the endpoint's label `{}` right?",
                self.fetch.path,
                engine.name,
                engine.families().next().unwrap_or_default(),
                ENGINE_LABELS[0],
            )));
        }
        let mut values = reading.values.to_vec();
        values.extend(self.custom.iter().map(|key| reading.custom(key)));
        Ok(vec![Sample {
            rank: 0,
            values,
            sets: reading.sets,
        }])
    }
}

impl VllmScraper {
    /// The position of the engine that an endpoint's label names; an unknown name is the default's.
    fn engine_named_by(&self, endpoint: &Endpoint) -> usize {
        let name = match &self.engine_label {
            Some(label) => endpoint.label(label),
            None => ENGINE_LABELS.iter().find_map(|label| endpoint.label(label)),
        };
        name.and_then(|name| self.engines.iter().position(|engine| engine.name == name))
            .unwrap_or(self.default_engine)
    }
}

export!(VllmScraper, [scraper]);

#[cfg(test)]
mod tests;
