//! The series of scheduling itself.

use prometheus::{Histogram, IntCounterVec};
use switchyard_scheduler::record::Record;

use super::buckets;
use super::cap::Cap;
use super::registrar::Registrar;

pub(super) struct Scheduling {
    duration: Histogram,
    attempts: IntCounterVec,
    models: Cap,
    endpoints: Cap,
    request: Histogram,
    response: Histogram,
    hit_ratio: Histogram,
    hit_bytes: Histogram,
}

impl Scheduling {
    pub(super) fn new(registrar: &Registrar) -> Self {
        let histogram = |name: &str, help: &str, bounds: &[f64]| {
            registrar
                .histograms(name, help, &[], bounds)
                .with_label_values::<&str>(&[])
        };
        Self {
            duration: histogram(
                "llm_d_epp_scheduler_e2e_duration_seconds",
                "Time of whole scheduling cycles",
                buckets::WORK_SECONDS,
            ),
            attempts: registrar.counters(
                "llm_d_epp_scheduler_attempts_total",
                "Scheduling cycles by how they ended and the endpoint they picked",
                &[
                    "status",
                    "target_model_name",
                    "endpoint_name",
                    "namespace",
                    "port",
                ],
            ),
            models: Cap::default(),
            endpoints: Cap::default(),
            request: histogram(
                "llm_d_epp_request_processing_duration_seconds",
                "Time the picker itself spends on a request before it leaves",
                buckets::WORK_SECONDS,
            ),
            response: histogram(
                "llm_d_epp_response_processing_duration_seconds",
                "Time the picker itself spends on a response",
                buckets::WORK_SECONDS,
            ),
            hit_ratio: histogram(
                "llm_d_epp_prefix_indexer_hit_ratio",
                "Share of the prompt that the picked endpoint is thought to hold",
                buckets::RATIO,
            ),
            hit_bytes: histogram(
                "llm_d_epp_prefix_indexer_hit_bytes",
                "Bytes of the prompt that the picked endpoint is thought to hold",
                buckets::BYTES,
            ),
        }
    }

    pub(super) fn ended(&self, record: &Record) {
        self.duration.observe(seconds(record.cycle_ns));
        let model = self.models.admit(&record.request.target_model);
        let picked = record.outcome.as_ref().ok();
        let picked = picked.filter(|_| record.overruled.is_none());
        let target = picked.and_then(|decision| decision.targets.first());
        let endpoint = target.and_then(|target| record.snapshot.endpoint(target.row));
        let mut digits = [0; 5];
        let (name, namespace, port) = match endpoint {
            None => ("", "", ""),
            Some(endpoint) => (
                self.endpoints.admit(&endpoint.name),
                endpoint.namespace.as_str(),
                decimal(endpoint.port, &mut digits),
            ),
        };
        let status = if picked.is_some() {
            "success"
        } else {
            "failure"
        };
        self.attempts
            .with_label_values(&[status, model, name, namespace, port])
            .inc();
    }

    pub(super) fn request_processed(&self, nanos: u64) {
        self.request.observe(seconds(nanos));
    }

    pub(super) fn response_processed(&self, nanos: u64) {
        self.response.observe(seconds(nanos));
    }

    pub(super) fn prefix_hit(&self, ratio: f64, bytes: f64) {
        if ratio.is_finite() && bytes.is_finite() {
            self.hit_ratio.observe(ratio);
            self.hit_bytes.observe(bytes);
        }
    }
}

pub(super) fn seconds(nanos: u64) -> f64 {
    nanos as f64 / 1e9
}

/// A port in digits, without an allocation for every request.
fn decimal(mut number: u16, digits: &mut [u8; 5]) -> &str {
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    std::str::from_utf8(&digits[first..]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::decimal;

    #[test]
    fn ports_in_digits() {
        for port in [0, 7, 10, 8_000, 65_535] {
            assert_eq!(decimal(port, &mut [0; 5]), port.to_string());
        }
    }
}
