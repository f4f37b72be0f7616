//! Asks for a separate prefill where enough of the prompt is not yet cached at the decode server.
//!
//! Yes if the prompt has at least `promptTokens` tokens, and at least `nonCachedTokens` of them are not in
//! the cache of the server picked first. Never with `nonCachedTokens` 0, before any server was picked,
//! or where a number it takes is unknown.

use schemars::JsonSchema;
use serde::Deserialize;
use switchyard_sdk::{
    Column, Decider, Diagnostics, Endpoints, Fault, Needs, Plugin, Request, Scalar, export,
};

/// The settings of `prefix-based-pd-decider`.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Settings {
    /// From so many tokens on that are not cached, a separate prefill pays; 0: never.
    non_cached_tokens: u32,
    /// Shorter prompts never get a separate prefill.
    prompt_tokens: u32,
}

/// `prefix-based-pd-decider`.
struct PrefixBasedPdDecider {
    settings: Settings,
}

impl Plugin for PrefixBasedPdDecider {
    const NAME: &'static str = "prefix-based-pd-decider";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = Settings;

    fn new(settings: Settings) -> Result<Self, Diagnostics> {
        Ok(Self { settings })
    }

    fn needs(&self) -> Needs {
        Needs::none()
            .column(Column::PrefixMatchBlocks)
            .scalar(Scalar::BlockTokens)
            .scalar(Scalar::PromptTokens)
    }
}

impl Decider for PrefixBasedPdDecider {
    fn decide(
        &mut self,
        _request: &Request,
        _profile: &str,
        picked: &Endpoints<'_>,
    ) -> Result<bool, Fault> {
        let Some(matched) = picked.column(Column::PrefixMatchBlocks).first() else {
            return Ok(false);
        };
        let prompt = picked.scalar(Scalar::PromptTokens);
        let cached = matched * picked.scalar(Scalar::BlockTokens);
        let least = f64::from(self.settings.non_cached_tokens);
        // A comparison with NaN is false: what is unknown is no reason to disaggregate.
        Ok(least > 0.0
            && prompt >= f64::from(self.settings.prompt_tokens)
            && prompt - cached >= least)
    }
}

export!(PrefixBasedPdDecider, [decider]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::Tested;

    const UNKNOWN: f64 = f64::NAN;

    fn agrees(settings: &str, prompt: f64, block: f64, matched: f64, rows: &[u32]) -> bool {
        Tested::<PrefixBasedPdDecider>::new(settings)
            .unwrap()
            .column(Column::PrefixMatchBlocks, &[matched])
            .scalar(Scalar::BlockTokens, block)
            .scalar(Scalar::PromptTokens, prompt)
            .agrees("prefill", rows)
            .unwrap()
    }

    #[test]
    fn ten_tokens() {
        let check = |non_cached: u32, cached: f64, want: bool| {
            let settings = format!(r#"{{"nonCachedTokens": {non_cached}}}"#);
            let found = agrees(&settings, 10.0, 1.0, cached, &[0]);
            assert_eq!(found, want, "{non_cached} {cached}");
        };
        check(5, 5.0, true);
        check(5, 8.0, false);
        check(3, 2.0, true);
        check(1, 10.0, false);
        check(5, 0.0, true);
        check(20, 0.0, false);
        check(0, 0.0, false);
        check(5, UNKNOWN, false);
    }

    #[test]
    fn short_prompts_stay_whole() {
        let check = |prompt_tokens: u32, want: bool| {
            let settings = format!(r#"{{"nonCachedTokens": 5, "promptTokens": {prompt_tokens}}}"#);
            assert_eq!(agrees(&settings, 10.0, 1.0, 0.0, &[0]), want);
        };
        check(20, false);
        check(10, true);
    }

    #[test]
    fn blocks_are_counted_in_tokens() {
        let settings = r#"{"nonCachedTokens": 512}"#;
        assert!(!agrees(settings, 4096.0, 16.0, 240.0, &[0]));
        assert!(agrees(settings, 4096.0, 16.0, 224.0, &[0]));
        assert!(!agrees(settings, 4096.0, UNKNOWN, 0.0, &[0]));
        assert!(!agrees(settings, UNKNOWN, 16.0, 0.0, &[0]));
    }

    #[test]
    fn no_server_is_no_reason() {
        assert!(!agrees(r#"{"nonCachedTokens": 5}"#, 10.0, 1.0, 0.0, &[]));
    }

    #[test]
    fn negative_numbers_are_refused() {
        for name in ["nonCachedTokens", "promptTokens"] {
            let settings = format!(r#"{{"{name}": -1}}"#);
            let Err(diagnostics) = Tested::<PrefixBasedPdDecider>::new(&settings) else {
                panic!("accepted: {settings}");
            };
            assert_eq!(diagnostics.iter().next().unwrap().path, name);
        }
    }

    #[test]
    fn a_call_allocates_nothing() {
        plugin_checks::decider::<PrefixBasedPdDecider>(r#"{"nonCachedTokens": 5}"#);
    }
}
