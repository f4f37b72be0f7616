//! The older names of series. Dashboards of earlier generations ask for them; they are made from the
//! same data when somebody asks, so recording a request once is enough.

use std::collections::BTreeMap;

use prometheus::proto::{
    Bucket, Counter, Gauge, Histogram, LabelPair, Metric, MetricFamily, MetricType,
};

/// The name now, an older name, and how its labels were called (those not named are gone).
type Twin = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
);

const MODEL: &[(&str, &str)] = &[
    ("model_name", "model_name"),
    ("target_model_name", "target_model_name"),
];
const MODEL_ERROR: &[(&str, &str)] = &[
    ("error_code", "error_code"),
    ("model_name", "model_name"),
    ("target_model_name", "target_model_name"),
];
const POOL: &[(&str, &str)] = &[("name", "name")];
const POD: &[(&str, &str)] = &[
    ("model_server_endpoint", "model_server_pod"),
    ("name", "name"),
];
const PLUGIN: &[(&str, &str)] = &[
    ("extension_point", "extension_point"),
    ("plugin_name", "plugin_name"),
    ("plugin_type", "plugin_type"),
];
const INFO: &[(&str, &str)] = &[("build_ref", "build_ref"), ("commit", "commit")];

const TWINS: &[Twin] = &[
    (
        "llm_d_epp_request_total",
        "inference_objective_request_total",
        MODEL,
    ),
    (
        "llm_d_epp_request_error_total",
        "inference_objective_request_error_total",
        MODEL_ERROR,
    ),
    (
        "llm_d_epp_request_duration_seconds",
        "inference_objective_request_duration_seconds",
        MODEL,
    ),
    (
        "llm_d_epp_request_size_bytes",
        "inference_objective_request_sizes",
        MODEL,
    ),
    (
        "llm_d_epp_response_size_bytes",
        "inference_objective_response_sizes",
        MODEL,
    ),
    (
        "llm_d_epp_request_input_tokens",
        "inference_objective_input_tokens",
        MODEL,
    ),
    (
        "llm_d_epp_request_output_tokens",
        "inference_objective_output_tokens",
        MODEL,
    ),
    (
        "llm_d_epp_request_running",
        "inference_objective_running_requests",
        MODEL,
    ),
    (
        "llm_d_epp_request_ntpot_seconds",
        "inference_objective_normalized_time_per_output_token_seconds",
        MODEL,
    ),
    (
        "llm_d_epp_request_total",
        "inference_model_request_total",
        MODEL,
    ),
    (
        "llm_d_epp_request_error_total",
        "inference_model_request_error_total",
        MODEL_ERROR,
    ),
    (
        "llm_d_epp_request_duration_seconds",
        "inference_model_request_duration_seconds",
        MODEL,
    ),
    (
        "llm_d_epp_request_size_bytes",
        "inference_model_request_sizes",
        MODEL,
    ),
    (
        "llm_d_epp_response_size_bytes",
        "inference_model_response_sizes",
        MODEL,
    ),
    (
        "llm_d_epp_request_input_tokens",
        "inference_model_input_tokens",
        MODEL,
    ),
    (
        "llm_d_epp_request_output_tokens",
        "inference_model_output_tokens",
        MODEL,
    ),
    (
        "llm_d_epp_request_running",
        "inference_model_running_requests",
        MODEL,
    ),
    (
        "llm_d_epp_request_ntpot_seconds",
        "inference_model_normalized_time_per_output_token_seconds",
        MODEL,
    ),
    (
        "llm_d_epp_average_kv_cache_utilization",
        "inference_pool_average_kv_cache_utilization",
        POOL,
    ),
    (
        "llm_d_epp_average_queue_size",
        "inference_pool_average_queue_size",
        POOL,
    ),
    (
        "llm_d_epp_ready_endpoints",
        "inference_pool_ready_pods",
        POOL,
    ),
    (
        "llm_d_epp_per_endpoint_queue_size",
        "inference_pool_per_pod_queue_size",
        POD,
    ),
    (
        "llm_d_epp_scheduler_e2e_duration_seconds",
        "inference_extension_scheduler_e2e_duration_seconds",
        &[],
    ),
    (
        "llm_d_epp_plugin_duration_seconds",
        "inference_extension_plugin_duration_seconds",
        PLUGIN,
    ),
    (
        "llm_d_epp_prefix_indexer_size",
        "inference_extension_prefix_indexer_size",
        &[],
    ),
    (
        "llm_d_epp_prefix_indexer_hit_ratio",
        "inference_extension_prefix_indexer_hit_ratio",
        &[],
    ),
    (
        "llm_d_epp_prefix_indexer_hit_bytes",
        "inference_extension_prefix_indexer_hit_bytes",
        &[],
    ),
    ("llm_d_epp_info", "inference_extension_info", INFO),
];

/// Adds the older names of what is there.
pub(super) fn add(families: &mut Vec<MetricFamily>) {
    let twins = TWINS.iter().filter_map(|(name, older, labels)| {
        let family = families.iter().find(|family| family.name() == *name)?;
        Some(twin(family, older, labels))
    });
    let twins: Vec<MetricFamily> = twins.collect();
    families.extend(twins);
}

fn twin(family: &MetricFamily, older: &str, labels: &[(&str, &str)]) -> MetricFamily {
    let kind = family.get_field_type();
    let mut merged: BTreeMap<Vec<String>, Metric> = BTreeMap::new();
    for metric in family.get_metric() {
        let pairs = labels.iter().filter_map(|(now, then)| {
            let pair = metric.get_label().iter().find(|pair| pair.name() == *now)?;
            let mut renamed = LabelPair::default();
            renamed.set_name((*then).to_owned());
            renamed.set_value(pair.value().to_owned());
            Some(renamed)
        });
        let pairs: Vec<LabelPair> = pairs.collect();
        let key = pairs.iter().map(|pair| pair.value().to_owned()).collect();
        match merged.get_mut(&key) {
            Some(sum) => add_up(kind, sum, metric),
            None => {
                let mut first = metric.clone();
                first.set_label(pairs);
                merged.insert(key, first);
            }
        }
    }
    let mut twin = MetricFamily::default();
    twin.set_name(older.to_owned());
    twin.set_help(format!(
        "{} (the older name of {})",
        family.help(),
        family.name()
    ));
    twin.set_field_type(kind);
    twin.set_metric(merged.into_values().collect());
    twin
}

/// Adds a series that differs only in labels the older name does not have.
fn add_up(kind: MetricType, sum: &mut Metric, more: &Metric) {
    match kind {
        MetricType::COUNTER => {
            let mut counter = Counter::default();
            counter.set_value(sum.get_counter().get_value() + more.get_counter().get_value());
            sum.set_counter(counter);
        }
        MetricType::GAUGE => {
            let mut gauge = Gauge::default();
            gauge.set_value(sum.get_gauge().get_value() + more.get_gauge().get_value());
            sum.set_gauge(gauge);
        }
        MetricType::HISTOGRAM => {
            let (a, b) = (sum.get_histogram(), more.get_histogram());
            let buckets = a.get_bucket().iter().zip(b.get_bucket()).map(|(a, b)| {
                let mut bucket = Bucket::default();
                bucket.set_upper_bound(a.upper_bound());
                bucket.set_cumulative_count(a.cumulative_count() + b.cumulative_count());
                bucket
            });
            let mut histogram = Histogram::default();
            histogram.set_bucket(buckets.collect());
            histogram.set_sample_count(a.get_sample_count() + b.get_sample_count());
            histogram.set_sample_sum(a.get_sample_sum() + b.get_sample_sum());
            sum.set_histogram(histogram);
        }
        // The picker has no others.
        MetricType::SUMMARY | MetricType::UNTYPED => {}
    }
}
