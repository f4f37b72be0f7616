//! The series of the pool, computed from its columns when somebody asks.

use prometheus::proto::MetricFamily;
use switchyard_scheduler::Column;

use super::registrar::Registrar;
use super::requests::{PRIORITY, TENANT};
use crate::pool::Pool;
use crate::scrape::Board;

/// What the pool's series are computed from.
pub struct PoolView<'a> {
    /// The endpoints and their columns.
    pub pool: &'a Pool,
    /// How scraping goes; none: nothing is scraped.
    pub board: Option<&'a Board>,
    /// Changes of the endpoints.
    pub discovery: DiscoveryCounts,
    /// The pool's name.
    pub name: &'a str,
    /// Unix ms; values written before it are stale and count as unknown.
    pub oldest_ms: u64,
}

/// Changes of the endpoints that discovery saw since the start.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DiscoveryCounts {
    /// Taken.
    pub applied: u64,
    /// Not taken, because something in them was wrong.
    pub refused: u64,
}

/// Column, its average, its deviation, what they are.
const AVERAGES: [(&str, &str, &str, &str); 3] = [
    (
        "kv-cache-usage",
        "llm_d_epp_average_kv_cache_utilization",
        "llm_d_epp_std_dev_kv_cache_utilization",
        "KV cache in use, 0 to 1, over the endpoints that are known",
    ),
    (
        "waiting-requests",
        "llm_d_epp_average_queue_size",
        "llm_d_epp_std_dev_queue_size",
        "Requests waiting in a server, over the endpoints that are known",
    ),
    (
        "running-requests",
        "llm_d_epp_average_running_requests",
        "llm_d_epp_std_dev_running_requests",
        "Requests running in a server, over the endpoints that are known",
    ),
];

/// Column, series, what it is: counts the picker keeps itself.
const IN_FLIGHT: [(&str, &str, &str); 2] = [
    (
        "in-flight-requests",
        "llm_d_epp_inflight_requests",
        "Requests under way to an endpoint",
    ),
    (
        "in-flight-tokens",
        "llm_d_epp_inflight_tokens",
        "Tokens of the requests under way to an endpoint",
    ),
];

impl PoolView<'_> {
    pub(super) fn families(&self) -> Vec<MetricFamily> {
        let registrar = Registrar::default();
        let snapshot = self.pool.snapshot();
        registrar
            .int_gauges(
                "llm_d_epp_ready_endpoints",
                "Endpoints that discovery lists",
                &["name"],
            )
            .with_label_values(&[self.name])
            .set(snapshot.endpoints.len() as i64);
        for (column, average, deviation, help) in AVERAGES {
            let column = self.pool.columns().column(column);
            let Some((mean, spread)) = statistics(&self.known(&column)) else {
                continue;
            };
            registrar
                .gauges(average, help, &["name"])
                .with_label_values(&[self.name])
                .set(mean);
            registrar
                .gauges(deviation, help, &["name"])
                .with_label_values(&[self.name])
                .set(spread);
        }
        let queues = registrar.gauges(
            "llm_d_epp_per_endpoint_queue_size",
            "Requests waiting in a server",
            &["name", "model_server_endpoint"],
        );
        let waiting = self.pool.columns().column("waiting-requests");
        for endpoint in &snapshot.endpoints {
            let value = waiting.get(endpoint.row, self.oldest_ms);
            if !value.is_nan() {
                queues
                    .with_label_values(&[self.name, &endpoint.name])
                    .set(value);
            }
        }
        for (column, name, help) in IN_FLIGHT {
            let labels = [
                "endpoint_name",
                "namespace",
                "producer_name",
                "fairness_id",
                "priority",
            ];
            let gauges = registrar.gauges(name, help, &labels);
            let column = self.pool.columns().column(column);
            for endpoint in &snapshot.endpoints {
                let value = column.get(endpoint.row, self.oldest_ms);
                if !value.is_nan() {
                    gauges
                        .with_label_values(&[
                            endpoint.name.as_str(),
                            &endpoint.namespace,
                            "inflight-load-producer",
                            TENANT,
                            PRIORITY,
                        ])
                        .set(value);
                }
            }
        }
        let updates = registrar.counters(
            "switchyard_endpoint_updates_total",
            "Changes of the endpoints that discovery saw",
            &["outcome"],
        );
        for (outcome, count) in [
            ("applied", self.discovery.applied),
            ("refused", self.discovery.refused),
        ] {
            updates.with_label_values(&[outcome]).inc_by(count);
        }
        if let Some(board) = self.board {
            scrapes(&registrar, board);
        }
        registrar.registry.gather()
    }

    fn known(&self, column: &Column) -> Vec<f64> {
        let snapshot = self.pool.snapshot();
        let values = snapshot
            .endpoints
            .iter()
            .map(|endpoint| column.get(endpoint.row, self.oldest_ms));
        values.filter(|value| value.is_finite()).collect()
    }
}

/// Mean and standard deviation (of the whole, not of a sample); `None`: no values.
fn statistics(values: &[f64]) -> Option<(f64, f64)> {
    let count = values.len() as f64;
    if values.is_empty() {
        return None;
    }
    let mean = values.iter().sum::<f64>() / count;
    let variance = values
        .iter()
        .map(|value| (value - mean).powi(2))
        .sum::<f64>()
        / count;
    Some((mean, variance.sqrt()))
}

fn scrapes(registrar: &Registrar, board: &Board) {
    let all = registrar.counters(
        "switchyard_scrapes_total",
        "Scrapes by plugin and how they ended",
        &["source_type", "outcome"],
    );
    let poll = registrar.counters(
        "llm_d_epp_datalayer_poll_errors_total",
        "Scrapes that brought no answer",
        &["source_type"],
    );
    let extract = registrar.counters(
        "llm_d_epp_datalayer_extract_errors_total",
        "Answers that the plugin did not read",
        &["source_type", "extractor_type"],
    );
    for count in board.counts() {
        let source = &*count.source;
        all.with_label_values(&[source, count.cause])
            .inc_by(count.count);
        match count.cause {
            "ok" => {}
            "parse" | "unplanned" => extract
                .with_label_values(&[source, source])
                .inc_by(count.count),
            _ => poll.with_label_values(&[source]).inc_by(count.count),
        }
    }
}
