//! The fewer requests this picker has in flight at a server, the better.
//!
//! At or below `idleThreshold` the score is 1; above it (max - count) / max * `maxBusyScore`, with the
//! greatest count among the candidates. The host counts, so nothing is kept here. An endpoint whose
//! count is unknown scores as the busiest known one; where all are unknown, all are equal.

use schemars::JsonSchema;
use serde::Deserialize;
use switchyard_sdk::{
    Column, Diagnostics, Endpoints, Fault, Needs, Plugin, Request, Scorer, export, log, scores,
};

/// The settings of `active-request-scorer`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Settings {
    /// Up to so many requests a server counts as idle.
    idle_threshold: u32,
    /// The score that a busy server comes near to when others are busier, from 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    max_busy_score: f64,
    /// Without effect: the host's own count is read.
    in_flight_load_producer_name: Option<String>,
    /// Without effect: the host stops counting a request when it is over.
    request_timeout: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            idle_threshold: 0,
            max_busy_score: 1.0,
            in_flight_load_producer_name: None,
            request_timeout: None,
        }
    }
}

/// `active-request-scorer`.
struct ActiveRequestScorer {
    idle: f64,
    max_busy: f64,
}

impl Plugin for ActiveRequestScorer {
    const NAME: &'static str = "active-request-scorer";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = Settings;

    fn new(settings: Settings) -> Result<Self, Diagnostics> {
        let max_busy = settings.max_busy_score;
        if !(0.0..=1.0).contains(&max_busy) {
            return Err(Diagnostics::one(
                "maxBusyScore",
                format!("found {max_busy}, expected a number from 0 to 1"),
            ));
        }
        let ignored = [
            (
                "inFlightLoadProducerName",
                &settings.in_flight_load_producer_name,
            ),
            ("requestTimeout", &settings.request_timeout),
        ];
        for (name, value) in ignored {
            if value.is_some() {
                log::warn(&format!(
                    "{name} has no effect: the host counts requests in flight"
                ));
            }
        }
        Ok(Self {
            idle: f64::from(settings.idle_threshold),
            max_busy,
        })
    }

    fn needs(&self) -> Needs {
        Needs::none().column(Column::InFlightRequests)
    }
}

impl Scorer for ActiveRequestScorer {
    fn score(
        &mut self,
        _request: &Request,
        endpoints: &Endpoints<'_>,
        scores: &mut [f64],
    ) -> Result<(), Fault> {
        let counts = endpoints.column(Column::InFlightRequests);
        let (_, most) = scores::range(counts);
        scores::each(counts, scores, |count| {
            if count <= self.idle {
                1.0
            } else {
                (most - count) / most * self.max_busy
            }
        });
        Ok(())
    }
}

export!(ActiveRequestScorer, [scorer]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::{Tested, assert_close, take_log};

    #[test]
    fn fewer_requests_score_better() {
        let check = |settings: &str, counts: &[f64], want: &[f64]| {
            let mut plugin = Tested::<ActiveRequestScorer>::new(settings)
                .unwrap()
                .column(Column::InFlightRequests, counts);
            assert_close(&plugin.score().unwrap(), want);
        };
        check("{}", &[0.0, 0.0, 0.0], &[1.0, 1.0, 1.0]);
        check("{}", &[3.0, 0.0, 6.0], &[0.5, 1.0, 0.0]);
        check("{}", &[4.0, 0.0, 1.0], &[0.0, 1.0, 0.75]);
        check("{}", &[3.0, 11.0], &[8.0 / 11.0, 0.0]);
        check("{}", &[5.0], &[0.0]);
        check(r#"{"maxBusyScore": 0}"#, &[3.0, 0.0, 6.0], &[0.0, 1.0, 0.0]);
        let idle = r#"{"idleThreshold": 1, "maxBusyScore": 0.5}"#;
        check(idle, &[1.0, 2.0, 0.0], &[1.0, 0.0, 1.0]);
        check("{}", &[1.0, f64::NAN, 4.0], &[0.75, 0.0, 0.0]);
        check("{}", &[f64::NAN, f64::NAN], &[0.0, 0.0]);
    }

    #[test]
    fn older_settings_are_accepted_and_said_to_do_nothing() {
        let settings = r#"{"requestTimeout": "2m"}"#;
        assert!(Tested::<ActiveRequestScorer>::new(settings).is_ok());
        assert_eq!(
            take_log()[0].1,
            "requestTimeout has no effect: the host counts requests in flight"
        );
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        for settings in [r#"{"maxBusyScore": 1.5}"#, r#"{"idleThreshold": -1}"#] {
            assert!(
                Tested::<ActiveRequestScorer>::new(settings).is_err(),
                "{settings}"
            );
        }
    }

    #[test]
    fn a_call_allocates_nothing_but_its_answer() {
        plugin_checks::scorer::<ActiveRequestScorer>("{}", 0);
    }
}
