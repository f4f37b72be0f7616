//! The more room a server has in its KV cache, the better.
//!
//! score = 1 - usage. An endpoint whose usage is unknown scores as the fullest known one; where all are
//! unknown, all are equal.

use switchyard_sdk::{
    Column, Diagnostics, Endpoints, Fault, Needs, NoSettings, Plugin, Request, Scorer, export,
    scores,
};

/// `kv-cache-utilization-scorer`.
struct KvCacheUtilizationScorer;

impl Plugin for KvCacheUtilizationScorer {
    const NAME: &'static str = "kv-cache-utilization-scorer";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = NoSettings;

    fn new(_settings: NoSettings) -> Result<Self, Diagnostics> {
        Ok(Self)
    }

    fn needs(&self) -> Needs {
        Needs::none().column(Column::KvCacheUsage)
    }
}

impl Scorer for KvCacheUtilizationScorer {
    fn score(
        &mut self,
        _request: &Request,
        endpoints: &Endpoints<'_>,
        scores: &mut [f64],
    ) -> Result<(), Fault> {
        let usage = endpoints.column(Column::KvCacheUsage);
        scores::each(usage, scores, |used| 1.0 - used);
        Ok(())
    }
}

export!(KvCacheUtilizationScorer, [scorer]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::{Tested, assert_close};

    #[test]
    fn room_scores_better() {
        let check = |usage: &[f64], want: &[f64]| {
            let mut plugin = Tested::<KvCacheUtilizationScorer>::new("{}")
                .unwrap()
                .column(Column::KvCacheUsage, usage);
            assert_close(&plugin.score().unwrap(), want);
        };
        check(&[0.8, 0.5, 0.0], &[0.2, 0.5, 1.0]);
        check(&[0.6, 0.6], &[0.4, 0.4]);
        check(&[1.0, 0.5], &[0.0, 0.5]);
        check(&[0.25, f64::NAN, 0.75], &[0.75, 0.25, 0.25]);
        check(&[f64::NAN, f64::NAN], &[0.0, 0.0]);
    }

    #[test]
    fn a_call_allocates_nothing_but_its_answer() {
        plugin_checks::scorer::<KvCacheUtilizationScorer>("{}", 0);
    }
}
