//! What operators see of the picker: the series of the system it replaces, under their names, and per
//! plugin what that system never had.
//!
//! The request's way touches atomics only: every label set is resolved once into a handle. What can be
//! computed when somebody asks (the pool's averages, plugin facts, older names) costs nothing before.

mod buckets;
mod cap;
mod plans;
mod plugins;
mod pool;
mod registrar;
mod requests;
mod scheduling;
mod streams;
mod twins;

use std::sync::Arc;

use prometheus::{Encoder, GaugeVec, IntGaugeVec, Registry, TextEncoder};
use switchyard_scheduler::record::Record;

use crate::plans::PlansStatus;
pub use plugins::PluginFacts;
pub use pool::{DiscoveryCounts, PoolView};
pub use requests::StartedRequest;
pub use streams::OpenStream;

/// The content type of [`Metrics::render`].
pub const CONTENT_TYPE: &str = prometheus::TEXT_FORMAT;

/// What the `info` series says of the binary.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Build<'a> {
    pub commit: &'a str,
    pub build_ref: &'a str,
}

/// All series. Shared by every part of the picker.
pub struct Metrics {
    registry: Registry,
    requests: Arc<requests::Requests>,
    scheduling: scheduling::Scheduling,
    plugins: plugins::Plugins,
    streams: streams::Streams,
    prefix_index_size: GaugeVec,
    info: IntGaugeVec,
}

impl Metrics {
    /// All series, at zero.
    pub fn new(build: Build<'_>) -> Self {
        let registrar = registrar::Registrar::default();
        let metrics = Self {
            requests: Arc::new(requests::Requests::new(&registrar)),
            scheduling: scheduling::Scheduling::new(&registrar),
            plugins: plugins::Plugins::new(&registrar),
            streams: streams::Streams::default(),
            prefix_index_size: registrar.gauges(
                "llm_d_epp_prefix_indexer_size",
                "Blocks in the approximate prefix index",
                &[],
            ),
            info: registrar.int_gauges(
                "llm_d_epp_info",
                "The binary that runs",
                &["commit", "build_ref"],
            ),
            registry: registrar.registry,
        };
        metrics
            .info
            .with_label_values(&[build.commit, build.build_ref])
            .set(1);
        metrics
    }

    /// A request came in: `model` is what the client named, `target_model` what the server is asked for,
    /// `size_bytes` the length of its body.
    pub fn request_started(
        &self,
        model: &str,
        target_model: &str,
        size_bytes: usize,
    ) -> StartedRequest {
        self.requests.started([model, target_model], size_bytes)
    }

    /// A scheduling cycle ended.
    pub fn cycle(&self, record: &Record) {
        self.scheduling.ended(record);
        self.plugins.called(record);
    }

    /// Time the picker itself spent on a request before it left, in nanoseconds.
    pub fn request_processed(&self, nanos: u64) {
        self.scheduling.request_processed(nanos);
    }

    /// Time the picker itself spent on a response, in nanoseconds.
    pub fn response_processed(&self, nanos: u64) {
        self.scheduling.response_processed(nanos);
    }

    /// The share of a prompt that the picked endpoint is thought to hold, and the bytes of it.
    pub fn prefix_hit(&self, ratio: f64, bytes: f64) {
        self.scheduling.prefix_hit(ratio, bytes);
    }

    /// Blocks in the approximate prefix index.
    pub fn prefix_index_size(&self, blocks: f64) {
        self.prefix_index_size
            .with_label_values::<&str>(&[])
            .set(blocks);
    }

    /// An ext_proc stream began. Shown only with [`Metrics::show_streams`].
    pub fn stream_started(&self) -> OpenStream {
        self.streams.started()
    }

    /// Exposes the series of ext_proc streams (`--enable-grpc-stream-metrics`).
    pub fn show_streams(&self) {
        self.streams.show();
    }

    /// The exposition, in the classic text format: exact names, every scraper reads it.
    pub fn render(
        &self,
        pool: &PoolView<'_>,
        plugins: &[PluginFacts],
        plans: &PlansStatus,
    ) -> Vec<u8> {
        let mut families = self.registry.gather();
        families.extend(self.streams.families());
        families.extend(pool.families());
        families.extend(plugins::fact_families(plugins));
        families.extend(plans::families(plans));
        twins::add(&mut families);
        families.sort_by(|a, b| a.name().cmp(b.name()));
        let mut text = Vec::with_capacity(64 << 10);
        if let Err(error) = TextEncoder::new().encode(&families, &mut text) {
            tracing::error!("cannot write the metrics: {error}; this is a defect of Switchyard");
        }
        text
    }
}

#[cfg(test)]
mod tests;
