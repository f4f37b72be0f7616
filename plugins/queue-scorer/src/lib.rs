//! The shorter a server's waiting queue among the candidates, the better.
//!
//! score = (max - waiting) / (max - min) over the candidates; 1 for all where all queues are equal.
//! An endpoint whose queue is unknown counts as the longest known one; where all are unknown, all are
//! equal.

use switchyard_sdk::{
    Column, Diagnostics, Endpoints, Fault, Needs, NoSettings, Plugin, Request, Scorer, export,
    scores,
};

/// `queue-scorer`.
struct QueueScorer;

impl Plugin for QueueScorer {
    const NAME: &'static str = "queue-scorer";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = NoSettings;

    fn new(_settings: NoSettings) -> Result<Self, Diagnostics> {
        Ok(Self)
    }

    fn needs(&self) -> Needs {
        Needs::none().column(Column::WaitingRequests)
    }
}

impl Scorer for QueueScorer {
    fn score(
        &mut self,
        _request: &Request,
        endpoints: &Endpoints<'_>,
        scores: &mut [f64],
    ) -> Result<(), Fault> {
        let waiting = endpoints.column(Column::WaitingRequests);
        scores::lower_is_better(waiting, scores);
        Ok(())
    }
}

export!(QueueScorer, [scorer]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::Tested;

    #[test]
    fn shorter_queues_score_better() {
        let check = |waiting: &[f64], want: &[f64]| {
            let mut plugin = Tested::<QueueScorer>::new("{}")
                .unwrap()
                .column(Column::WaitingRequests, waiting);
            assert_eq!(plugin.score().unwrap(), want, "{waiting:?}");
        };
        check(&[10.0, 5.0, 0.0], &[0.0, 0.5, 1.0]);
        check(&[5.0, 5.0], &[1.0, 1.0]);
        check(&[0.0, 0.0], &[1.0, 1.0]);
        check(&[2.0, f64::NAN, 10.0], &[1.0, 0.0, 0.0]);
        check(&[f64::NAN, f64::NAN], &[1.0, 1.0]);
        check(&[7.0], &[1.0]);
    }

    #[test]
    fn a_call_allocates_nothing_but_its_answer() {
        plugin_checks::scorer::<QueueScorer>("{}", 0);
    }
}
