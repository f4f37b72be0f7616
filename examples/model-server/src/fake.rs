//! Fake metrics: values that `/metrics` reports instead of the true ones, so that a test can put a router
//! before any state of a fleet without making the load that leads there.

use std::str::FromStr;
use std::time::Instant;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::engine::Finish;
use crate::signal::Signal;
use crate::stats::{HISTS, LoraSeries, Stats};

const VALUES: &[&str] = &[
    "running-requests",
    "waiting-requests",
    "kv-cache-usage",
    "total-prompt-tokens",
    "total-generation-tokens",
    "prefix-cache-hits",
    "prefix-cache-queries",
];

/// A set of faked values. While there is one, nothing true is reported.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>")]
pub struct FakeMetrics {
    raw: Map<String, Value>,
    fakes: Vec<(String, Fake)>,
    since: Instant,
}

#[derive(Clone, Debug)]
enum Fake {
    Value(Signal),
    Gauge(Signal),
    Loras(Vec<FakeLora>),
    Buckets(Vec<u64>),
    Finished(Vec<(usize, u64)>),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FakeLora {
    #[serde(default)]
    running: String,
    #[serde(default)]
    waiting: String,
    timestamp: f64,
}

/// Fake metrics that make no sense.
#[derive(Debug, thiserror::Error)]
pub enum FakeError {
    /// Not a JSON object.
    #[error("fake metrics must be a JSON object like {{\"waiting-requests\": 3}}: {0}")]
    NotAnObject(#[from] serde_json::Error),
    /// A name that is neither a known value nor a metric.
    #[error(
        "unknown fake metric `{name}`; did you mean `{nearest}`? (Any gauge can be set by its full name, like `vllm:num_requests_swapped`.)"
    )]
    Unknown {
        /// What was found.
        name: String,
        /// The known name that is nearest.
        nearest: String,
    },
    /// A value of the wrong kind.
    #[error("fake metric `{name}`: found {found}, expected {expected}")]
    Value {
        /// Which one.
        name: String,
        /// What was found.
        found: String,
        /// What was expected.
        expected: String,
    },
}

impl FromStr for FakeMetrics {
    type Err = FakeError;

    fn from_str(text: &str) -> Result<Self, FakeError> {
        serde_json::from_str::<Map<String, Value>>(text)?.try_into()
    }
}

impl From<FakeMetrics> for Map<String, Value> {
    fn from(fakes: FakeMetrics) -> Self {
        fakes.raw
    }
}

impl TryFrom<Map<String, Value>> for FakeMetrics {
    type Error = FakeError;

    fn try_from(raw: Map<String, Value>) -> Result<Self, FakeError> {
        let mut fakes = Vec::new();
        for (name, value) in raw.iter().filter(|(_, value)| !value.is_null()) {
            fakes.push((name.clone(), parse(name, value)?));
        }
        Ok(Self {
            raw,
            fakes,
            since: Instant::now(),
        })
    }
}

fn parse(name: &str, value: &Value) -> Result<Fake, FakeError> {
    let wrong = |expected: &str| FakeError::Value {
        name: name.to_owned(),
        found: value.to_string(),
        expected: expected.to_owned(),
    };
    let signal = || match value {
        Value::Number(number) => number
            .as_f64()
            .map(Signal::Constant)
            .ok_or_else(|| wrong("a number")),
        Value::String(text) => text
            .parse()
            .map_err(|error| wrong(&format!("a number or function ({error})"))),
        _ => Err(wrong("a number, or a function like \"ramp:0:10:5s\"")),
    };
    if VALUES.contains(&name) {
        return signal().map(Fake::Value);
    }
    if name == "loras" {
        let loras = serde_json::from_value(value.clone());
        return loras.map(Fake::Loras).map_err(|error| {
            wrong(&format!(
                "a list of {{\"running\", \"waiting\", \"timestamp\"}} ({error})"
            ))
        });
    }
    if name == "request-success-total" {
        let Value::Object(reasons) = value else {
            return Err(wrong("an object from finish reason to count"));
        };
        let mut finished = Vec::new();
        for (reason, count) in reasons {
            let known = Finish::ALL
                .iter()
                .position(|finish| finish.label() == reason);
            let (Some(position), Some(count)) = (known, count.as_u64()) else {
                return Err(wrong(
                    "finish reasons stop, length, abort, error or repetition with whole counts",
                ));
            };
            finished.push((position, count));
        }
        return Ok(Fake::Finished(finished));
    }
    if let Some(spec) = HISTS.iter().find(|spec| spec.fake == name) {
        let buckets: Vec<u64> =
            serde_json::from_value(value.clone()).map_err(|_| wrong("a list of counts"))?;
        if buckets.len() > spec.bounds.len() + 1 {
            return Err(wrong(&format!("at most {} counts", spec.bounds.len() + 1)));
        }
        return Ok(Fake::Buckets(buckets));
    }
    let family = name.split('{').next().unwrap_or(name);
    let is_metric = family.contains([':', '_'])
        && family
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || c == ':' || c == '_');
    if is_metric {
        return signal().map(Fake::Gauge);
    }
    let known = VALUES
        .iter()
        .copied()
        .chain(["loras", "request-success-total"])
        .chain(HISTS.iter().map(|spec| spec.fake));
    Err(FakeError::Unknown {
        name: name.to_owned(),
        nearest: nearest(name, known),
    })
}

impl FakeMetrics {
    /// What `/metrics` tells now. All that is not faked is as in a server that has just started.
    pub fn stats(&self) -> Stats {
        let elapsed = self.since.elapsed();
        let mut stats = Stats::default();
        for (name, fake) in &self.fakes {
            match fake {
                Fake::Value(signal) => {
                    let slot = match name.as_str() {
                        "running-requests" => &mut stats.running,
                        "waiting-requests" => &mut stats.waiting,
                        "kv-cache-usage" => &mut stats.kv_usage,
                        "total-prompt-tokens" => &mut stats.prompt_tokens,
                        "total-generation-tokens" => &mut stats.generation_tokens,
                        "prefix-cache-hits" => &mut stats.prefix_hits,
                        _ => &mut stats.prefix_queries,
                    };
                    *slot = signal.at(elapsed);
                }
                Fake::Gauge(signal) => stats.extra.push((name.clone(), signal.at(elapsed))),
                Fake::Loras(loras) => {
                    stats.loras = loras
                        .iter()
                        .map(|lora| LoraSeries {
                            running: lora.running.clone(),
                            waiting: lora.waiting.clone(),
                            seen: lora.timestamp,
                        })
                        .collect();
                }
                Fake::Buckets(counts) => {
                    if let Some(at) = HISTS.iter().position(|spec| spec.fake == name) {
                        let spec = &HISTS[at];
                        let hist = &mut stats.hists[at];
                        for (bucket, count) in counts.iter().enumerate() {
                            let last = spec.bounds[spec.bounds.len() - 1];
                            hist.buckets[bucket] = *count;
                            hist.sum +=
                                *count as f64 * spec.bounds.get(bucket).copied().unwrap_or(last);
                        }
                    }
                }
                Fake::Finished(finished) => {
                    for (position, count) in finished {
                        stats.finished[*position] = *count;
                    }
                }
            }
        }
        stats
    }
}

/// The name among `known` that is most like `name`.
pub(crate) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    known
        .max_by(|a, b| strsim::jaro_winkler(name, a).total_cmp(&strsim::jaro_winkler(name, b)))
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_value_is_set() {
        let fakes: FakeMetrics = r#"{
            "running-requests": 2, "waiting-requests": "ramp:5:5:1s", "kv-cache-usage": 0.4,
            "loras": [{"running": "a,b", "waiting": "c", "timestamp": 12}],
            "ttft-buckets-values": [0, 3], "request-success-total": {"length": 4},
            "prefix-cache-hits": 9, "vllm:my_gauge{zone=\"a\"}": 7
        }"#
        .parse()
        .unwrap();
        let stats = fakes.stats();
        assert_eq!(
            (stats.running, stats.waiting, stats.kv_usage),
            (2.0, 5.0, 0.4)
        );
        assert_eq!(stats.loras[0].running, "a,b");
        assert_eq!(
            stats.hists[crate::stats::Hist::TimeToFirstToken as usize].buckets[1],
            3
        );
        assert_eq!(stats.finished[Finish::Length as usize], 4);
        assert_eq!(stats.prefix_hits, 9.0);
        assert_eq!(stats.extra, [("vllm:my_gauge{zone=\"a\"}".to_owned(), 7.0)]);
        assert_eq!(stats.prompt_tokens, 0.0, "nothing true is mixed in");
    }

    #[test]
    fn nonsense_is_refused_with_its_name() {
        for (json, said) in [
            ("[]", "must be a JSON object"),
            (
                r#"{"running-request":1}"#,
                "did you mean `running-requests`?",
            ),
            (
                r#"{"running-requests":"many"}"#,
                "fake metric `running-requests`",
            ),
            (
                r#"{"loras":[{"timestamp":1,"size":2}]}"#,
                "fake metric `loras`",
            ),
            (
                r#"{"ttft-buckets-values":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1]}"#,
                "at most 23 counts",
            ),
            (
                r#"{"request-success-total":{"boom":1}}"#,
                "finish reasons stop",
            ),
        ] {
            let error = json.parse::<FakeMetrics>().unwrap_err().to_string();
            assert!(error.contains(said), "{json}: {error}");
        }
    }
}
