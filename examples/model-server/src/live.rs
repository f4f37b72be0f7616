//! What may change while the server runs: `POST /admin/config` patches these settings, so that a test can
//! slow a server down, break it or steer its gauges between two requests.

use clap::{Args, ValueEnum};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::fake::FakeMetrics;
use crate::faults::FailureType;
use crate::span::Span;

/// What answers are made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Words drawn by the seed and the prompt, of a drawn length.
    #[default]
    Random,
    /// The last message, or the prompt, again.
    Echo,
}

/// Which of the two prefill models counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LatencyCalculator {
    /// `time-to-first-token` if it is set, else per token.
    #[default]
    Auto,
    /// `time-to-first-token`, whatever the prompt.
    Constant,
    /// `prefill-overhead` and `prefill-time-per-token` for every token not found in the cache.
    PerToken,
}

/// Ways in which `/metrics` may be broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BrokenMetrics {
    /// Bytes that are no exposition, and no UTF-8 either.
    Garbage,
    /// 100 MB of well-formed lines.
    Huge,
    /// A redirect to another path, which would answer.
    Redirect,
    /// No answer, ever.
    Hang,
    /// Half of the promised bytes, then the connection ends.
    Truncated,
    /// Status 500.
    Error,
}

/// Settings that may change while the server runs.
#[derive(Clone, Debug, Args, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Live {
    /// What answers are made of.
    #[arg(long, value_enum, default_value_t, help_heading = "Model")]
    pub mode: Mode,

    /// Requests that run at the same time (batch slots).
    #[arg(long, default_value_t = 5, help_heading = "Queue")]
    pub max_num_seqs: usize,

    /// Requests that may wait; further ones are refused.
    #[arg(long, default_value_t = 1000, help_heading = "Queue")]
    pub max_waiting_queue_length: usize,

    /// Status of a refusal by a full queue.
    #[arg(long, default_value_t = 429, value_parser = clap::value_parser!(u16).range(400..=599), help_heading = "Queue")]
    pub queue_full_status: u16,

    /// Which prefill model counts.
    #[arg(long, value_enum, default_value_t, help_heading = "Latency")]
    pub latency_calculator: LatencyCalculator,

    /// Prefill time, whatever the prompt.
    #[arg(
        long,
        default_value_t,
        value_name = "DURATION",
        help_heading = "Latency"
    )]
    pub time_to_first_token: Span,

    /// Standard deviation of `time-to-first-token`, at most 30 % of it.
    #[arg(
        long,
        default_value_t,
        value_name = "DURATION",
        help_heading = "Latency"
    )]
    pub time_to_first_token_std_dev: Span,

    /// Decode time of each token after the first.
    #[arg(
        long,
        default_value_t,
        value_name = "DURATION",
        help_heading = "Latency"
    )]
    pub inter_token_latency: Span,

    /// Standard deviation of `inter-token-latency`, at most 30 % of it.
    #[arg(
        long,
        default_value_t,
        value_name = "DURATION",
        help_heading = "Latency"
    )]
    pub inter_token_latency_std_dev: Span,

    /// Prefill time of every request, beside that of its tokens.
    #[arg(
        long,
        default_value_t,
        value_name = "DURATION",
        help_heading = "Latency"
    )]
    pub prefill_overhead: Span,

    /// Prefill time of each prompt token that is not in the cache.
    #[arg(
        long,
        default_value_t,
        value_name = "DURATION",
        help_heading = "Latency"
    )]
    pub prefill_time_per_token: Span,

    /// Standard deviation of the whole prefill time counted by tokens.
    #[arg(
        long,
        default_value_t,
        value_name = "DURATION",
        help_heading = "Latency"
    )]
    pub prefill_time_std_dev: Span,

    /// Factor on all times when every batch slot is taken; between one request and all, in proportion.
    #[arg(
        long,
        default_value_t = 1.0,
        value_name = "FACTOR",
        help_heading = "Latency"
    )]
    pub time_factor_under_load: f64,

    /// Share of requests that fail, in percent.
    #[arg(
        long,
        default_value_t = 0.0,
        value_name = "PERCENT",
        help_heading = "Faults"
    )]
    pub failure_injection_rate: f64,

    /// Failures to choose from; all if none is given.
    #[arg(long, value_enum, num_args = 1.., value_delimiter = ',', value_name = "TYPE", help_heading = "Faults")]
    pub failure_types: Vec<FailureType>,

    /// Share of requests that are never answered, in percent.
    #[arg(
        long,
        default_value_t = 0.0,
        value_name = "PERCENT",
        help_heading = "Faults"
    )]
    pub hang_rate: f64,

    /// Share of requests whose connection is reset, in percent: before the answer, or in a stream after
    /// its first part.
    #[arg(
        long,
        default_value_t = 0.0,
        value_name = "PERCENT",
        help_heading = "Faults"
    )]
    pub reset_rate: f64,

    /// How long `/metrics` takes.
    #[arg(
        long,
        default_value_t,
        value_name = "DURATION",
        help_heading = "Metrics"
    )]
    pub metrics_delay: Span,

    /// Break `/metrics`.
    #[arg(long, value_enum, value_name = "HOW", help_heading = "Metrics")]
    pub metrics_broken: Option<BrokenMetrics>,

    /// Values to report instead of the true ones, as JSON: `{"waiting-requests": 30, "kv-cache-usage": 0.4}`,
    /// functions of time such as `"ramp:0:10:5s"`, and gauges of any other name.
    #[arg(long, value_name = "JSON", help_heading = "Metrics")]
    pub fake_metrics: Option<FakeMetrics>,
}

/// A setting that is unknown or has a value it cannot have.
#[derive(Debug, thiserror::Error)]
#[error("{name}: found {found}, expected {expected}")]
pub struct SettingError {
    name: String,
    found: String,
    expected: String,
}

impl SettingError {
    /// An error about the setting `name`.
    pub fn new(name: &str, found: &str, expected: impl Into<String>) -> Self {
        Self {
            name: name.to_owned(),
            found: format!("`{found}`"),
            expected: expected.into(),
        }
    }
}

impl Live {
    /// Checks what the types can't.
    pub fn validate(&self) -> Result<(), SettingError> {
        for (name, rate) in [
            ("failure-injection-rate", self.failure_injection_rate),
            ("hang-rate", self.hang_rate),
            ("reset-rate", self.reset_rate),
        ] {
            if !(0.0..=100.0).contains(&rate) {
                return Err(SettingError::new(
                    name,
                    &rate.to_string(),
                    "a percentage from 0 to 100",
                ));
            }
        }
        for (name, deviation, mean) in [
            (
                "time-to-first-token-std-dev",
                self.time_to_first_token_std_dev,
                self.time_to_first_token,
            ),
            (
                "inter-token-latency-std-dev",
                self.inter_token_latency_std_dev,
                self.inter_token_latency,
            ),
        ] {
            // A nanosecond of grace: 30 % of a mean is rarely a round number.
            if deviation.as_secs_f64() > mean.as_secs_f64() * 0.3 + 1e-9 {
                return Err(SettingError::new(
                    name,
                    &deviation.to_string(),
                    format!("at most 30 % of the mean, {mean}"),
                ));
            }
        }
        if !(1.0..=1000.0).contains(&self.time_factor_under_load) {
            return Err(SettingError::new(
                "time-factor-under-load",
                &self.time_factor_under_load.to_string(),
                "at least 1 (and at most 1000)",
            ));
        }
        if self.max_num_seqs == 0 {
            return Err(SettingError::new("max-num-seqs", "0", "at least 1"));
        }
        if !(400..=599).contains(&self.queue_full_status) {
            return Err(SettingError::new(
                "queue-full-status",
                &self.queue_full_status.to_string(),
                "400 to 599",
            ));
        }
        Ok(())
    }

    /// These settings with the named ones replaced. `fake-metrics` are merged one by one; `null` puts the
    /// true ones back. All or nothing: on an error nothing changes.
    pub fn patched(&self, patch: &Map<String, Value>) -> Result<Self, SettingError> {
        let broken = |error: serde_json::Error| {
            SettingError::new("settings", &error.to_string(), "a JSON object")
        };
        let Value::Object(mut merged) = serde_json::to_value(self).map_err(broken)? else {
            return Err(SettingError::new("settings", "no object", "a JSON object"));
        };
        for (name, value) in patch {
            let Some(slot) = merged.get_mut(name) else {
                let nearest = crate::fake::nearest(name, merged.keys().map(String::as_str));
                return Err(SettingError::new(
                    name,
                    &value.to_string(),
                    format!("a setting that may change at run time; did you mean `{nearest}`?"),
                ));
            };
            match (slot, value) {
                (Value::Object(old), Value::Object(new)) => {
                    let news = new.iter().filter(|(_, value)| !value.is_null());
                    old.extend(news.map(|(key, value)| (key.clone(), value.clone())));
                }
                (slot, value) => *slot = value.clone(),
            }
            // One by one, so that the error names the setting.
            serde_json::from_value::<Self>(Value::Object(merged.clone()))
                .map_err(|error| SettingError::new(name, &value.to_string(), error.to_string()))?;
        }
        let live: Self = serde_json::from_value(Value::Object(merged)).map_err(broken)?;
        live.validate()?;
        Ok(live)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Options;

    fn patch(json: &str) -> Result<Live, String> {
        let patch: Map<String, Value> = serde_json::from_str(json).unwrap();
        let live = Options::for_model("m").live;
        live.patched(&patch).map_err(|error| error.to_string())
    }

    #[test]
    fn settings_are_replaced_by_name() {
        let live =
            patch(r#"{"inter-token-latency":"5ms","metrics-broken":"huge","max-num-seqs":2}"#)
                .unwrap();
        assert_eq!(live.inter_token_latency, Span::from_millis(5));
        assert_eq!(live.metrics_broken, Some(BrokenMetrics::Huge));
        assert_eq!(live.max_num_seqs, 2);
        let live = live
            .patched(
                serde_json::json!({"metrics-broken": null})
                    .as_object()
                    .unwrap(),
            )
            .unwrap();
        assert_eq!(live.metrics_broken, None);
    }

    #[test]
    fn bad_patches_name_the_setting() {
        for (json, said) in [
            (r#"{"hang-rte":1}"#, "did you mean `hang-rate`?"),
            (
                r#"{"hang-rate":200}"#,
                "hang-rate: found `200`, expected a percentage from 0 to 100",
            ),
            (
                r#"{"metrics-delay":"soon"}"#,
                "metrics-delay: found `\"soon\"`",
            ),
            (
                r#"{"max-num-seqs":0}"#,
                "max-num-seqs: found `0`, expected at least 1",
            ),
            (
                r#"{"fake-metrics":{"kv-cache-usag":1}}"#,
                "did you mean `kv-cache-usage`?",
            ),
        ] {
            let error = patch(json).unwrap_err();
            assert!(error.contains(said), "{json}: {error}");
        }
    }

    #[test]
    fn fake_metrics_merge_and_null_restores_the_truth() {
        let live = patch(r#"{"fake-metrics":{"waiting-requests":3}}"#).unwrap();
        let more = serde_json::json!({"fake-metrics": {"running-requests": 1}});
        let live = live.patched(more.as_object().unwrap()).unwrap();
        let shown = serde_json::to_value(&live.fake_metrics).unwrap();
        assert_eq!(
            shown,
            serde_json::json!({"waiting-requests": 3, "running-requests": 1})
        );
        let none = serde_json::json!({"fake-metrics": null});
        assert!(
            live.patched(none.as_object().unwrap())
                .unwrap()
                .fake_metrics
                .is_none()
        );
    }
}
