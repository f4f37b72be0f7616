//! The series of ext_proc streams, which operators switch on (`--enable-grpc-stream-metrics`). They
//! have a registry of their own, which is left out of the exposition otherwise.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use prometheus::proto::MetricFamily;
use prometheus::{Histogram, IntCounterVec, IntGauge, Registry};

use super::buckets;
use super::registrar::Registrar;

pub(super) struct Streams {
    series: Series,
    registry: Registry,
    shown: AtomicBool,
}

#[derive(Clone)]
struct Series {
    inflight: IntGauge,
    duration: Histogram,
    ended: IntCounterVec,
}

/// A stream that is open. Dropped without [`OpenStream::ended`], it counts as `Canceled`.
pub struct OpenStream {
    series: Series,
    began: Instant,
    code: &'static str,
}

impl Default for Streams {
    fn default() -> Self {
        let registrar = Registrar::default();
        let series = Series {
            inflight: registrar
                .int_gauges(
                    "llm_d_epp_extproc_streams_inflight",
                    "ext_proc streams that are open",
                    &[],
                )
                .with_label_values::<&str>(&[]),
            duration: registrar
                .histograms(
                    "llm_d_epp_extproc_stream_duration_seconds",
                    "Time ext_proc streams were open",
                    &[],
                    buckets::REQUEST_SECONDS,
                )
                .with_label_values::<&str>(&[]),
            ended: registrar.counters(
                "llm_d_epp_extproc_streams_total",
                "ext_proc streams that ended, by gRPC code",
                &["code"],
            ),
        };
        Self {
            series,
            registry: registrar.registry,
            shown: AtomicBool::new(false),
        }
    }
}

impl Streams {
    pub(super) fn show(&self) {
        self.shown.store(true, Ordering::Relaxed);
    }

    pub(super) fn families(&self) -> Vec<MetricFamily> {
        if self.shown.load(Ordering::Relaxed) {
            self.registry.gather()
        } else {
            Vec::new()
        }
    }

    pub(super) fn started(&self) -> OpenStream {
        self.series.inflight.inc();
        OpenStream {
            series: self.series.clone(),
            began: Instant::now(),
            code: "Canceled",
        }
    }
}

impl OpenStream {
    /// The stream ended with this gRPC code, such as `OK`.
    pub fn ended(mut self, code: &'static str) {
        self.code = code;
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        self.series.inflight.dec();
        self.series
            .duration
            .observe(self.began.elapsed().as_secs_f64());
        self.series.ended.with_label_values(&[self.code]).inc();
    }
}
