//! The series of client requests: one set per model and target model.
//!
//! The system we replace has two labels more, tenant and priority, which belong to its flow control;
//! they are here so that its dashboards find them, and say "no tenant, priority 0".

use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Instant;

use prometheus::{Histogram, HistogramVec, IntCounter, IntCounterVec, IntGauge, IntGaugeVec};
use switchyard_scheduler::{Ended, Ending};

use super::buckets;
use super::cap::{Cap, OTHER};
use super::registrar::Registrar;

/// Label sets that get series of their own. Each label is capped too, but a client who chooses both
/// would reach the product of the caps.
const MOST_SERIES: usize = 4_000;

const LABELS: [&str; 4] = ["model_name", "target_model_name", "fairness_id", "priority"];
/// The values of the last two.
pub(super) const TENANT: &str = "default-flow";
pub(super) const PRIORITY: &str = "0";

pub(super) struct Requests {
    families: Families,
    models: Cap,
    targets: Cap,
    known: RwLock<HashMap<Box<str>, Arc<Series>>>,
}

struct Families {
    total: IntCounterVec,
    errors: IntCounterVec,
    running: IntGaugeVec,
    duration: HistogramVec,
    size: HistogramVec,
    response_size: HistogramVec,
    prompt_tokens: HistogramVec,
    completion_tokens: HistogramVec,
    cached_tokens: HistogramVec,
    per_token: HistogramVec,
    streaming_per_token: HistogramVec,
    token_gap: HistogramVec,
    first_token: HistogramVec,
}

struct Series {
    labels: [Box<str>; 2],
    total: IntCounter,
    running: IntGauge,
    duration: Histogram,
    size: Histogram,
    response_size: Histogram,
    prompt_tokens: Histogram,
    completion_tokens: Histogram,
    cached_tokens: Histogram,
    per_token: Histogram,
    streaming_per_token: Histogram,
    token_gap: Histogram,
    first_token: Histogram,
    first_token_streaming: Histogram,
}

impl Requests {
    pub(super) fn new(registrar: &Registrar) -> Self {
        let with = |more: &'static str| [LABELS.as_slice(), &[more]].concat();
        let histogram = |name: &str, help: &str, bounds: &[f64]| {
            registrar.histograms(name, help, &LABELS, bounds)
        };
        let families = Families {
            total: registrar.counters("llm_d_epp_request_total", "Requests", &LABELS),
            errors: registrar.counters(
                "llm_d_epp_request_error_total",
                "Requests that were refused or failed",
                &with("error_code"),
            ),
            running: registrar.int_gauges(
                "llm_d_epp_request_running",
                "Requests under way",
                &LABELS,
            ),
            duration: histogram(
                "llm_d_epp_request_duration_seconds",
                "Time from a request's headers to its end",
                buckets::REQUEST_SECONDS,
            ),
            size: histogram(
                "llm_d_epp_request_size_bytes",
                "Bytes of request bodies",
                buckets::BYTES,
            ),
            response_size: histogram(
                "llm_d_epp_response_size_bytes",
                "Bytes of response bodies",
                buckets::BYTES,
            ),
            prompt_tokens: histogram(
                "llm_d_epp_request_input_tokens",
                "Tokens of prompts",
                buckets::PROMPT_TOKENS,
            ),
            completion_tokens: histogram(
                "llm_d_epp_request_output_tokens",
                "Tokens of answers",
                buckets::ANSWER_TOKENS,
            ),
            cached_tokens: histogram(
                "llm_d_epp_request_cached_tokens",
                "Tokens of prompts that the server found in its cache",
                buckets::PROMPT_TOKENS,
            ),
            per_token: histogram(
                "llm_d_epp_request_ntpot_seconds",
                "Time of the whole request per token of its answer",
                buckets::TOKEN_SECONDS,
            ),
            streaming_per_token: histogram(
                "llm_d_epp_request_streaming_tpot_seconds",
                "Time per token of a streamed answer after the first",
                buckets::TOKEN_SECONDS,
            ),
            token_gap: histogram(
                "llm_d_epp_request_streaming_itl_seconds",
                "Time between two pieces of a streamed answer",
                buckets::TOKEN_SECONDS,
            ),
            first_token: registrar.histograms(
                "llm_d_epp_request_ttft_seconds",
                "Time from a request's headers to the first byte of the response's body",
                &with("streaming"),
                buckets::REQUEST_SECONDS,
            ),
        };
        Self {
            families,
            models: Cap::default(),
            targets: Cap::default(),
            known: RwLock::default(),
        }
    }

    pub(super) fn started(
        self: &Arc<Self>,
        labels: [&str; 2],
        size_bytes: usize,
    ) -> StartedRequest {
        let series = self.series(labels);
        series.total.inc();
        series.running.inc();
        series.size.observe(size_bytes as f64);
        StartedRequest {
            requests: self.clone(),
            series,
            began: Instant::now(),
            over: false,
        }
    }

    fn series(&self, [model, target]: [&str; 2]) -> Arc<Series> {
        thread_local! {
            static KEY: RefCell<String> = const { RefCell::new(String::new()) };
        }
        KEY.with_borrow_mut(|key| {
            write_key(key, [model, target]);
            if let Some(series) = self.find(key) {
                return series;
            }
            let capped = [self.models.admit(model), self.targets.admit(target)];
            write_key(key, capped);
            self.find_or_make(key, capped)
        })
    }

    fn find(&self, key: &str) -> Option<Arc<Series>> {
        self.known
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(key)
            .cloned()
    }

    fn find_or_make(&self, key: &mut String, mut labels: [&str; 2]) -> Arc<Series> {
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST_SERIES && !known.contains_key(key.as_str()) {
            labels = [OTHER; 2];
            write_key(key, labels);
        }
        let made = known.entry(key.as_str().into());
        made.or_insert_with(|| Arc::new(self.families.resolve(labels)))
            .clone()
    }
}

/// Joins the labels, without a new string each time.
fn write_key(key: &mut String, [model, target]: [&str; 2]) {
    key.clear();
    key.push_str(model);
    key.push('\0');
    key.push_str(target);
}

impl Families {
    fn resolve(&self, [model, target]: [&str; 2]) -> Series {
        let labels = [model, target, TENANT, PRIORITY];
        let first_token = |streaming| {
            self.first_token
                .with_label_values(&[model, target, TENANT, PRIORITY, streaming])
        };
        Series {
            labels: [model, target].map(Into::into),
            total: self.total.with_label_values(&labels),
            running: self.running.with_label_values(&labels),
            duration: self.duration.with_label_values(&labels),
            size: self.size.with_label_values(&labels),
            response_size: self.response_size.with_label_values(&labels),
            prompt_tokens: self.prompt_tokens.with_label_values(&labels),
            completion_tokens: self.completion_tokens.with_label_values(&labels),
            cached_tokens: self.cached_tokens.with_label_values(&labels),
            per_token: self.per_token.with_label_values(&labels),
            streaming_per_token: self.streaming_per_token.with_label_values(&labels),
            token_gap: self.token_gap.with_label_values(&labels),
            first_token: first_token("false"),
            first_token_streaming: first_token("true"),
        }
    }
}

/// A request under way. Dropped before its end it counts as no longer running, and nothing else.
pub struct StartedRequest {
    requests: Arc<Requests>,
    series: Arc<Series>,
    began: Instant,
    over: bool,
}

impl StartedRequest {
    /// The picker refuses the request with this HTTP status.
    pub fn refused(mut self, status: u16) {
        self.series
            .duration
            .observe(self.began.elapsed().as_secs_f64());
        self.failed(&status.to_string());
        self.end();
    }

    /// Time between two pieces of a streamed answer.
    pub fn token_gap(&self, gap_seconds: f64) {
        self.series.token_gap.observe(gap_seconds);
    }

    /// The request is over. Called twice, the second counts nothing.
    pub fn ended(&mut self, ended: &Ended, response_bytes: usize, streaming: bool) {
        if self.over {
            return;
        }
        let series = &self.series;
        let (seconds, first) = (ended.total_ms / 1e3, ended.first_token_ms / 1e3);
        let tokens = ended.completion_tokens;
        observe(&series.duration, seconds);
        observe(&series.response_size, response_bytes as f64);
        observe(&series.prompt_tokens, ended.prompt_tokens);
        observe(&series.cached_tokens, ended.cached_tokens);
        observe(&series.completion_tokens, tokens);
        if tokens >= 1.0 {
            observe(&series.per_token, seconds / tokens);
        }
        if streaming {
            observe(&series.first_token_streaming, first);
            if tokens >= 2.0 {
                observe(
                    &series.streaming_per_token,
                    (seconds - first) / (tokens - 1.0),
                );
            }
        } else {
            observe(&series.first_token, first);
        }
        match (ended.ending, ended.status) {
            (_, status @ 400..) => self.failed(&status.to_string()),
            (Ending::Complete, _) => {}
            (Ending::FailedUpstream, _) => self.failed("failed-upstream"),
            (Ending::ClientLeft, _) => self.failed("client-left"),
            (Ending::Refused, _) => self.failed("refused"),
        }
        self.end();
    }

    fn failed(&self, code: &str) {
        let [model, target] = &self.series.labels;
        let errors = &self.requests.families.errors;
        errors
            .with_label_values(&[model, target, TENANT, PRIORITY, code])
            .inc();
    }

    fn end(&mut self) {
        if !self.over {
            self.over = true;
            self.series.running.dec();
        }
    }
}

impl Drop for StartedRequest {
    fn drop(&mut self) {
        self.end();
    }
}

/// Unknown numbers are left out.
fn observe(histogram: &Histogram, value: f64) {
    if value.is_finite() {
        histogram.observe(value);
    }
}
