//! The more of the prompt's beginning a server holds in its cache, the better.
//!
//! score = w * min(1, matched tokens / scale)^2 + (1 - w) * matched blocks / blocks of the prompt, with
//! w = `matchLengthWeight` and scale = `matchLengthScaleTokens`: with w > 0 a long match counts for more
//! than a short one of the same share. An endpoint whose match is unknown scores 0, as one without any
//! match does, and so do all where the prompt has no blocks.

use schemars::JsonSchema;
use serde::Deserialize;
use switchyard_sdk::{
    Column, Diagnostics, Endpoints, Fault, Needs, Plugin, Request, Scalar, Scorer, export, scores,
};

/// The settings of `prefix-cache-scorer`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Settings {
    /// How much the length of a match counts against its share of the prompt, from 0 to 1.
    #[schemars(range(min = 0, max = 1))]
    match_length_weight: f64,
    /// The length in tokens from which on a longer match counts no more; above 0.
    #[schemars(extend("exclusiveMinimum" = 0))]
    match_length_scale_tokens: f64,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            match_length_weight: 0.0,
            match_length_scale_tokens: 8192.0,
        }
    }
}

/// `prefix-cache-scorer`.
struct PrefixCacheScorer {
    settings: Settings,
}

impl Plugin for PrefixCacheScorer {
    const NAME: &'static str = "prefix-cache-scorer";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = Settings;

    fn new(settings: Settings) -> Result<Self, Diagnostics> {
        let mut diagnostics = Diagnostics::none();
        let weight = settings.match_length_weight;
        if !(0.0..=1.0).contains(&weight) {
            diagnostics.add(
                "matchLengthWeight",
                format!("found {weight}, expected a number from 0 to 1"),
            );
        }
        let scale = settings.match_length_scale_tokens;
        if scale.is_nan() || scale <= 0.0 {
            diagnostics.add(
                "matchLengthScaleTokens",
                format!("found {scale}, expected a number above 0"),
            );
        }
        diagnostics.or(Self { settings })
    }

    fn needs(&self) -> Needs {
        Needs::none()
            .column(Column::PrefixMatchBlocks)
            .scalar(Scalar::PrefixTotalBlocks)
            .scalar(Scalar::BlockTokens)
    }
}

impl Scorer for PrefixCacheScorer {
    fn score(
        &mut self,
        _request: &Request,
        endpoints: &Endpoints<'_>,
        scores: &mut [f64],
    ) -> Result<(), Fault> {
        let matched = endpoints.column(Column::PrefixMatchBlocks);
        let total = endpoints.scalar(Scalar::PrefixTotalBlocks);
        if total.is_nan() || total <= 0.0 {
            return Ok(());
        }
        let weight = self.settings.match_length_weight;
        let block_tokens = endpoints.scalar(Scalar::BlockTokens);
        let length_per_block = if block_tokens.is_nan() {
            0.0
        } else {
            block_tokens / self.settings.match_length_scale_tokens
        };
        for (score, &matched) in scores.iter_mut().zip(matched) {
            let length = matched * length_per_block;
            // Not `f64::min`, which is a call into a library on wasm.
            let length = if length > 1.0 { 1.0 } else { length };
            *score = weight * length * length + (1.0 - weight) * matched / total;
        }
        scores::replace_unknown(scores, 0.0);
        Ok(())
    }
}

export!(PrefixCacheScorer, [scorer]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::{Tested, assert_close};

    #[test]
    fn longer_matches_score_better() {
        let check = |settings: &str, total: f64, matched: &[f64], want: &[f64]| {
            let mut plugin = Tested::<PrefixCacheScorer>::new(settings)
                .unwrap()
                .column(Column::PrefixMatchBlocks, matched)
                .scalar(Scalar::PrefixTotalBlocks, total)
                .scalar(Scalar::BlockTokens, 1.0);
            assert_close(&plugin.score().unwrap(), want);
        };
        check("{}", 10.0, &[5.0, 2.0], &[0.5, 0.2]);
        check("{}", 10.0, &[10.0, f64::NAN, 0.0], &[1.0, 0.0, 0.0]);
        check("{}", 0.0, &[0.0, 0.0], &[0.0, 0.0]);
        check("{}", f64::NAN, &[3.0], &[0.0]);
        let weighted = r#"{"matchLengthWeight": 0.5, "matchLengthScaleTokens": 100}"#;
        check(weighted, 10.0, &[5.0], &[0.25125]);
        check(weighted, 100.0, &[50.0], &[0.375]);
        check(weighted, 1000.0, &[1000.0], &[1.0]);
    }

    #[test]
    fn an_unknown_block_size_leaves_the_share() {
        let mut plugin = Tested::<PrefixCacheScorer>::new(r#"{"matchLengthWeight": 0.5}"#)
            .unwrap()
            .column(Column::PrefixMatchBlocks, &[5.0])
            .scalar(Scalar::PrefixTotalBlocks, 10.0);
        assert_close(&plugin.score().unwrap(), &[0.25]);
    }

    #[test]
    fn settings_out_of_range_are_all_named() {
        let settings = r#"{"matchLengthWeight": 1.5, "matchLengthScaleTokens": 0}"#;
        let Err(diagnostics) = Tested::<PrefixCacheScorer>::new(settings) else {
            panic!("accepted");
        };
        let found: Vec<_> = diagnostics
            .iter()
            .map(|diagnostic| (diagnostic.path.as_str(), diagnostic.message.as_str()))
            .collect();
        assert_eq!(
            found,
            [
                (
                    "matchLengthWeight",
                    "found 1.5, expected a number from 0 to 1"
                ),
                (
                    "matchLengthScaleTokens",
                    "found 0, expected a number above 0"
                ),
            ]
        );
    }

    #[test]
    fn a_call_allocates_nothing_but_its_answer() {
        let weighted = r#"{"matchLengthWeight": 0.5}"#;
        plugin_checks::scorer::<PrefixCacheScorer>(weighted, 0);
    }
}
