//! The fewer requests a server executes among the candidates, the better.
//!
//! score = (max - running) / (max - min) over the candidates; 1 for all where all are equal. An endpoint
//! whose number is unknown counts as the busiest known one; where all are unknown, all are equal.

use switchyard_sdk::{
    Column, Diagnostics, Endpoints, Fault, Needs, NoSettings, Plugin, Request, Scorer, export,
    scores,
};

/// `running-requests-size-scorer`.
struct RunningRequestsSizeScorer;

impl Plugin for RunningRequestsSizeScorer {
    const NAME: &'static str = "running-requests-size-scorer";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = NoSettings;

    fn new(_settings: NoSettings) -> Result<Self, Diagnostics> {
        Ok(Self)
    }

    fn needs(&self) -> Needs {
        Needs::none().column(Column::RunningRequests)
    }
}

impl Scorer for RunningRequestsSizeScorer {
    fn score(
        &mut self,
        _request: &Request,
        endpoints: &Endpoints<'_>,
        scores: &mut [f64],
    ) -> Result<(), Fault> {
        let running = endpoints.column(Column::RunningRequests);
        scores::lower_is_better(running, scores);
        Ok(())
    }
}

export!(RunningRequestsSizeScorer, [scorer]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::Tested;

    #[test]
    fn fewer_requests_score_better() {
        let check = |running: &[f64], want: &[f64]| {
            let mut plugin = Tested::<RunningRequestsSizeScorer>::new("{}")
                .unwrap()
                .column(Column::RunningRequests, running);
            assert_eq!(plugin.score().unwrap(), want, "{running:?}");
        };
        check(&[10.0, 5.0, 0.0], &[0.0, 0.5, 1.0]);
        check(&[5.0, 5.0], &[1.0, 1.0]);
        check(&[0.0, 0.0], &[1.0, 1.0]);
        check(&[f64::NAN, 4.0, 0.0], &[0.0, 0.0, 1.0]);
        check(&[f64::NAN], &[1.0]);
    }

    #[test]
    fn a_call_allocates_nothing_but_its_answer() {
        plugin_checks::scorer::<RunningRequestsSizeScorer>("{}", 0);
    }
}
