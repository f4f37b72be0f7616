//! The fewer requests wait at an endpoint, the better.
//!
//! score = 1 - waiting / `fullAt`, at least 0. An endpoint whose queue is not known scores as the worst
//! that is known.

use switchyard_sdk::{Column, Endpoints, Fault, Request, Scorer, scores};

use crate::Rule;

impl Scorer for Rule {
    fn score(
        &mut self,
        _request: &Request,
        endpoints: &Endpoints<'_>,
        scores: &mut [f64],
    ) -> Result<(), Fault> {
        let waiting = endpoints.column(Column::WaitingRequests);
        let full_at = self.settings.full_at;
        scores::each(waiting, scores, |waiting| {
            if waiting > full_at {
                0.0
            } else {
                1.0 - waiting / full_at
            }
        });
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::{Tested, assert_close};

    #[track_caller]
    fn check(settings: &str, waiting: &[f64], want: &[f64]) {
        let plugin = Tested::<Rule>::new(settings).expect("the settings are right");
        let mut plugin = plugin.column(Column::WaitingRequests, waiting);
        let scores = plugin.score().expect("a scorer always has an answer");
        assert_close(&scores, want);
    }

    #[test]
    fn fewer_waiting_requests_score_better() {
        check("{}", &[0.0, 5.0, 10.0, 99.0], &[1.0, 0.5, 0.0, 0.0]);
        check(r#"{"fullAt": 4}"#, &[1.0, 3.0], &[0.75, 0.25]);
    }

    #[test]
    fn unknown_is_worst() {
        check("{}", &[2.0, f64::NAN, 5.0], &[0.8, 0.5, 0.5]);
        check("{}", &[f64::NAN, f64::NAN], &[0.0, 0.0]);
    }

    #[test]
    fn settings_out_of_range_are_refused() {
        for settings in [r#"{"fullAt": 0}"#, r#"{"fullat": 3}"#] {
            assert!(Tested::<Rule>::new(settings).is_err(), "{settings}");
        }
    }
}
