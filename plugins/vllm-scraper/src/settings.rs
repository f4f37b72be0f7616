//! The settings: those of a metrics source (what to fetch) and of an extractor (how to read it).

use schemars::JsonSchema;
use serde::Deserialize;
use switchyard_sdk::{Diagnostics, Label};

use crate::engine::{CacheSize, Engine, built_in};
use crate::spec::Spec;

/// The settings of `vllm-scraper`.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// `http` (if not given) or `https`.
    scheme: Option<String>,
    /// `/metrics` if not given.
    path: Option<String>,
    /// Instead of the endpoint's own port.
    port: Option<u16>,
    /// How often, such as `200ms`; if not given, the host's own interval.
    interval: Option<String>,
    /// With https: take any certificate.
    insecure_skip_verify: Option<bool>,
    /// With https: the file of the authority to trust.
    ca_cert_path: Option<String>,
    /// With https: the file of the certificate to show.
    client_cert_path: Option<String>,
    /// With https: the file of its key.
    client_key_path: Option<String>,
    /// The endpoint label that names the engine.
    engine_label_key: Option<String>,
    /// The engine of endpoints without that label; `vllm` if not given.
    default_engine: Option<String>,
    /// Further engines, or other names for known ones.
    engine_configs: Vec<EngineConfig>,
}

/// How an engine names its metrics; each as `name` or `name{label=value,...}`.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct EngineConfig {
    /// As endpoint labels name it.
    name: String,
    /// Waiting requests.
    queued_requests_spec: Option<String>,
    /// Running requests.
    running_requests_spec: Option<String>,
    /// Used share of the KV cache.
    kv_usage_spec: Option<String>,
    /// LoRA adapters, as labels.
    lora_spec: Option<String>,
    /// Sizes of the KV cache, as labels.
    cache_info_spec: Option<String>,
    /// The label with the tokens in a block; `block_size` if not given.
    cache_block_size_label_name: Option<String>,
    /// The label with the number of blocks; `num_gpu_blocks` if not given.
    cache_num_blocks_label_name: Option<String>,
    /// Tokens in a block, as a gauge.
    cache_block_size_spec: Option<String>,
    /// Number of blocks, as a gauge.
    cache_num_blocks_spec: Option<String>,
    /// Further numbers, offered as columns `custom/<attributeKey>`.
    custom_metrics: Vec<CustomMetric>,
}

/// A further number.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct CustomMetric {
    /// The column is `custom/` and this.
    attribute_key: String,
    /// Where it stands.
    metric_spec: String,
}

/// The settings in the form in which they are used.
pub(crate) struct Resolved {
    pub(crate) scheme: String,
    pub(crate) path: String,
    pub(crate) port: u16,
    pub(crate) interval_ms: u32,
    pub(crate) tls: Vec<Label>,
    pub(crate) engine_label: Option<String>,
    pub(crate) engines: Vec<Engine>,
    pub(crate) default_engine: usize,
}

impl Settings {
    /// What is meant, or all that is wrong.
    pub(crate) fn resolve(self) -> Result<Resolved, Diagnostics> {
        let mut diagnostics = Diagnostics::none();
        let scheme = self.scheme.clone().unwrap_or_else(|| "http".to_owned());
        if scheme != "http" && scheme != "https" {
            let message = format!("found `{scheme}`, expected `http` or `https`");
            diagnostics.add("scheme", message);
        }
        let path = self.path.clone().unwrap_or_else(|| "/metrics".to_owned());
        if !path.starts_with('/') {
            let message = format!("found `{path}`, expected a path that begins with `/`");
            diagnostics.add("path", message);
        }
        let interval_ms = match self.interval.as_deref().map(milliseconds) {
            None => 0,
            Some(Some(interval_ms)) => interval_ms,
            Some(None) => {
                let found = self.interval.as_deref().unwrap_or_default();
                let message = format!("found `{found}`, expected a time such as `200ms` or `1s`");
                diagnostics.add("interval", message);
                0
            }
        };
        let tls = self.tls();
        let mut engines = built_in();
        for (position, config) in self.engine_configs.into_iter().enumerate() {
            let path = format!("engineConfigs[{position}]");
            let engine = config.engine(&path, &mut diagnostics);
            match engines.iter_mut().find(|known| known.name == engine.name) {
                Some(known) => *known = engine,
                None => engines.push(engine),
            }
        }
        let default_engine = match &self.default_engine {
            None => Some(0),
            Some(name) => engines.iter().position(|engine| engine.name == *name),
        };
        if default_engine.is_none() {
            let names: Vec<&str> = engines.iter().map(|engine| engine.name.as_str()).collect();
            let message = format!(
                "found `{}`, expected one of {}",
                self.default_engine.unwrap_or_default(),
                names.join(", ")
            );
            diagnostics.add("defaultEngine", message);
        }
        diagnostics.or(Resolved {
            scheme,
            path,
            port: self.port.unwrap_or(0),
            interval_ms,
            tls,
            engine_label: self.engine_label_key,
            engines,
            default_engine: default_engine.unwrap_or(0),
        })
    }

    /// What the host needs to know for https, as the fetch's `extra`.
    fn tls(&self) -> Vec<Label> {
        let insecure = self
            .insecure_skip_verify
            .map(|insecure| insecure.to_string());
        [
            ("insecure-skip-verify", &insecure),
            ("ca-cert-path", &self.ca_cert_path),
            ("client-cert-path", &self.client_cert_path),
            ("client-key-path", &self.client_key_path),
        ]
        .into_iter()
        .filter_map(|(key, value)| {
            Some(Label {
                key: key.to_owned(),
                value: value.clone()?,
            })
        })
        .collect()
    }
}

impl EngineConfig {
    fn engine(self, path: &str, diagnostics: &mut Diagnostics) -> Engine {
        if self.name.is_empty() {
            diagnostics.add(
                format!("{path}.name"),
                "found no name, expected that of an engine",
            );
        }
        let mut spec = |field: &str, text: &Option<String>| -> Option<Spec> {
            match Spec::parse(text.as_deref().filter(|text| !text.is_empty())?) {
                Ok(spec) => Some(spec),
                Err(message) => {
                    diagnostics.add(format!("{path}.{field}"), message);
                    None
                }
            }
        };
        let waiting = spec("queuedRequestsSpec", &self.queued_requests_spec);
        let running = spec("runningRequestsSpec", &self.running_requests_spec);
        let kv_usage = spec("kvUsageSpec", &self.kv_usage_spec);
        let lora = spec("loraSpec", &self.lora_spec);
        let info = spec("cacheInfoSpec", &self.cache_info_spec);
        let block_tokens = spec("cacheBlockSizeSpec", &self.cache_block_size_spec);
        let blocks = spec("cacheNumBlocksSpec", &self.cache_num_blocks_spec);
        let custom = self.custom_metrics.into_iter().enumerate();
        let custom = custom.filter_map(|(position, metric)| {
            let field = format!("customMetrics[{position}].metricSpec");
            Some((
                metric.attribute_key,
                spec(&field, &Some(metric.metric_spec))?,
            ))
        });
        let custom = custom.collect();
        let size = |gauge: Option<Spec>, label: Option<String>, usual: &str| {
            let label = label.unwrap_or_else(|| usual.to_owned());
            let from_info = || Some(CacheSize::Label(info.clone()?, label));
            gauge.map(CacheSize::Gauge).or_else(from_info)
        };
        Engine {
            waiting: waiting.into_iter().collect(),
            running: running.into_iter().collect(),
            kv_usage: kv_usage.into_iter().collect(),
            lora,
            kv_blocks: size(blocks, self.cache_num_blocks_label_name, "num_gpu_blocks"),
            kv_block_tokens: size(block_tokens, self.cache_block_size_label_name, "block_size"),
            custom,
            ..Engine::named(&self.name)
        }
    }
}

/// A time as Go writes it, such as `1m30s` or `1.5s`, rounded to milliseconds; at least one.
fn milliseconds(text: &str) -> Option<u32> {
    let mut rest = text.trim();
    let mut total = 0.0;
    while !rest.is_empty() {
        let unit_at = rest.find(|character: char| character.is_ascii_alphabetic())?;
        let (number, after) = rest.split_at(unit_at);
        let unit_end = after
            .find(|character: char| !character.is_ascii_alphabetic())
            .unwrap_or(after.len());
        let (unit, next) = after.split_at(unit_end);
        let factor = match unit {
            "us" => 0.001,
            "ms" => 1.0,
            "s" => 1_000.0,
            "m" => 60_000.0,
            "h" => 3_600_000.0,
            _ => return None,
        };
        total += number.parse::<f64>().ok().filter(|number| *number >= 0.0)? * factor;
        rest = next;
    }
    let total = total.round();
    (1.0..=f64::from(u32::MAX))
        .contains(&total)
        .then_some(total as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        let check = |text: &str, want: Option<u32>| assert_eq!(milliseconds(text), want, "{text}");
        check("200ms", Some(200));
        check("1s", Some(1000));
        check("1.5s", Some(1500));
        check("1m30s", Some(90_000));
        check("1h", Some(3_600_000));
        check("0s", None);
        check("", None);
        check("200", None);
        check("-1s", None);
        check("1d", None);
        check("2000h", None);
    }
}
