//! The further a server's waiting queue is below a threshold, the better.
//!
//! score = 0.5 * (1 - min(waiting, threshold) / threshold): 0.5 for an empty queue, 0 from `threshold`
//! on. An endpoint whose queue is unknown scores as the longest known one; where all are unknown, all
//! are equal.

use schemars::JsonSchema;
use serde::Deserialize;
use switchyard_sdk::{
    Column, Diagnostics, Endpoints, Fault, Needs, Plugin, Request, Scorer, export, log, scores,
};

/// The threshold where none, or none that makes sense, is given.
const DEFAULT_THRESHOLD: f64 = 128.0;

/// The settings of `load-aware-scorer`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    /// The length of a queue from which on a server scores 0; below 1 means 128.
    threshold: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            threshold: DEFAULT_THRESHOLD,
        }
    }
}

/// `load-aware-scorer`.
struct LoadAwareScorer {
    threshold: f64,
}

impl Plugin for LoadAwareScorer {
    const NAME: &'static str = "load-aware-scorer";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = Settings;

    fn new(settings: Settings) -> Result<Self, Diagnostics> {
        let threshold = if settings.threshold > 0.0 {
            settings.threshold
        } else {
            log::warn(&format!(
                "threshold: found {}, expected a number above 0; taking {DEFAULT_THRESHOLD}",
                settings.threshold
            ));
            DEFAULT_THRESHOLD
        };
        Ok(Self { threshold })
    }

    fn needs(&self) -> Needs {
        Needs::none().column(Column::WaitingRequests)
    }
}

impl Scorer for LoadAwareScorer {
    fn score(
        &mut self,
        _request: &Request,
        endpoints: &Endpoints<'_>,
        scores: &mut [f64],
    ) -> Result<(), Fault> {
        let waiting = endpoints.column(Column::WaitingRequests);
        let threshold = self.threshold;
        scores::each(waiting, scores, |waiting| {
            0.5 * (1.0 - waiting.clamp(0.0, threshold) / threshold)
        });
        Ok(())
    }
}

export!(LoadAwareScorer, [scorer]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::{Tested, assert_close, take_log};

    #[test]
    fn queues_below_the_threshold_score() {
        let check = |settings: &str, waiting: &[f64], want: &[f64]| {
            let mut plugin = Tested::<LoadAwareScorer>::new(settings)
                .unwrap()
                .column(Column::WaitingRequests, waiting);
            assert_close(&plugin.score().unwrap(), want);
        };
        let ten = r#"{"threshold": 10}"#;
        check(ten, &[2.0, 0.0, 15.0], &[0.4, 0.5, 0.0]);
        check(ten, &[2.0, f64::NAN, 5.0], &[0.4, 0.25, 0.25]);
        check(ten, &[f64::NAN, f64::NAN], &[0.0, 0.0]);
        check("{}", &[64.0, 128.0, 0.0], &[0.25, 0.0, 0.5]);
    }

    #[test]
    fn a_threshold_that_makes_no_sense_becomes_the_default() {
        let mut plugin = Tested::<LoadAwareScorer>::new(r#"{"threshold": -3}"#)
            .unwrap()
            .column(Column::WaitingRequests, &[64.0]);
        assert_close(&plugin.score().unwrap(), &[0.25]);
        assert_eq!(
            take_log()[0].1,
            "threshold: found -3, expected a number above 0; taking 128"
        );
    }

    #[test]
    fn a_call_allocates_nothing_but_its_answer() {
        plugin_checks::scorer::<LoadAwareScorer>("{}", 0);
    }
}
