//! Best is a server that has the request's LoRA adapter active, then one with room for another.
//!
//! | the server | score |
//! |---|---|
//! | has the adapter active | 1 |
//! | has fewer adapters active and waiting than it can hold | 0.8 |
//! | has the adapter waiting | 0.6 |
//! | anything else | 0 |
//!
//! What is unknown is not counted in a server's favour: one of which nothing is known scores 0.

use switchyard_sdk::{
    Column, Diagnostics, Endpoints, Fault, Needs, NoSettings, Plugin, Request, Scorer, export,
};

/// `lora-affinity-scorer`.
struct LoraAffinityScorer;

impl Plugin for LoraAffinityScorer {
    const NAME: &'static str = "lora-affinity-scorer";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = NoSettings;

    fn new(_settings: NoSettings) -> Result<Self, Diagnostics> {
        Ok(Self)
    }

    fn needs(&self) -> Needs {
        Needs::none()
            .column(Column::LoraRunningHasModel)
            .column(Column::LoraWaitingHasModel)
            .column(Column::LoraRunningSize)
            .column(Column::LoraWaitingSize)
            .column(Column::LoraMax)
    }
}

impl Scorer for LoraAffinityScorer {
    fn score(
        &mut self,
        _request: &Request,
        endpoints: &Endpoints<'_>,
        scores: &mut [f64],
    ) -> Result<(), Fault> {
        let active = endpoints.column(Column::LoraRunningHasModel);
        let waiting = endpoints.column(Column::LoraWaitingHasModel);
        let active_adapters = endpoints.column(Column::LoraRunningSize);
        let waiting_adapters = endpoints.column(Column::LoraWaitingSize);
        let most = endpoints.column(Column::LoraMax);
        // A comparison with NaN is false, which is just what unknown shall mean here.
        for (at, score) in scores.iter_mut().enumerate() {
            *score = if active[at] > 0.0 {
                1.0
            } else if active_adapters[at] + waiting_adapters[at] < most[at] {
                0.8
            } else if waiting[at] > 0.0 {
                0.6
            } else {
                0.0
            };
        }
        Ok(())
    }
}

export!(LoraAffinityScorer, [scorer]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::Tested;

    const UNKNOWN: f64 = f64::NAN;

    /// Columns as rows of the table: active, waiting, active adapters, waiting adapters, most.
    fn score(servers: &[[f64; 5]]) -> Vec<f64> {
        let column = |at: usize| servers.iter().map(|server| server[at]).collect::<Vec<_>>();
        Tested::<LoraAffinityScorer>::new("{}")
            .unwrap()
            .column(Column::LoraRunningHasModel, &column(0))
            .column(Column::LoraWaitingHasModel, &column(1))
            .column(Column::LoraRunningSize, &column(2))
            .column(Column::LoraWaitingSize, &column(3))
            .column(Column::LoraMax, &column(4))
            .score()
            .unwrap()
    }

    #[test]
    fn one_server() {
        let check =
            |server: [f64; 5], want: f64| assert_eq!(score(&[server]), [want], "{server:?}");
        check([1.0, 0.0, 1.0, 0.0, 5.0], 1.0);
        check([0.0, 1.0, 2.0, 1.0, 2.0], 0.6);
        check([0.0, 0.0, 2.0, 0.0, 2.0], 0.0);
        check([0.0, 0.0, 0.0, 0.0, 0.0], 0.0);
        check([0.0, 0.0, 1.0, 0.0, 2.0], 0.8);
        check([0.0, 1.0, 2.0, 2.0, 5.0], 0.8);
        check([UNKNOWN; 5], 0.0);
        check([0.0, 0.0, 1.0, 0.0, UNKNOWN], 0.0);
        check([UNKNOWN, 1.0, UNKNOWN, 1.0, 4.0], 0.6);
    }

    #[test]
    fn five_servers() {
        let servers = [
            [1.0, 0.0, 1.0, 0.0, 5.0],
            [0.0, 1.0, 1.0, 3.0, 5.0],
            [0.0, 0.0, 1.0, 0.0, 5.0],
            [0.0, 1.0, 2.0, 1.0, 2.0],
            [0.0, 0.0, 2.0, 0.0, 2.0],
        ];
        assert_eq!(score(&servers), [1.0, 0.8, 0.8, 0.6, 0.0]);
        assert!(score(&[]).is_empty());
    }

    #[test]
    fn a_call_allocates_nothing_but_its_answer() {
        plugin_checks::scorer::<LoraAffinityScorer>("{}", 0);
    }
}
