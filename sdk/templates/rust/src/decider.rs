//! A further profile runs for long prompts only: from `minPromptTokens` on.
//!
//! Where the length is not known, it does not run.

use switchyard_sdk::{Decider, Endpoints, Fault, Request, Scalar};

use crate::Rule;

impl Decider for Rule {
    fn decide(
        &mut self,
        _request: &Request,
        _profile: &str,
        picked: &Endpoints<'_>,
    ) -> Result<bool, Fault> {
        // A comparison with NaN is false.
        Ok(picked.scalar(Scalar::PromptTokens) >= self.settings.min_prompt_tokens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::Tested;

    #[track_caller]
    fn check(settings: &str, tokens: f64, want: bool) {
        let plugin = Tested::<Rule>::new(settings).expect("the settings are right");
        let mut plugin = plugin.scalar(Scalar::PromptTokens, tokens);
        let agrees = plugin.agrees("prefill", &[0]);
        assert_eq!(agrees, Ok(want), "{settings}, {tokens} tokens");
    }

    #[test]
    fn long_prompts_are_agreed_to() {
        check("{}", 255.0, false);
        check("{}", 256.0, true);
        check(r#"{"minPromptTokens": 10}"#, 11.0, true);
        check("{}", f64::NAN, false);
    }
}
