//! Runs one profile; what it picks is the decision.

use schemars::JsonSchema;
use serde::Deserialize;
use switchyard_sdk::{
    Decision, Diagnostics, Endpoints, Fault, Outcome, Plugin, ProfileHandler, ProfileResult, Step,
    export,
};

/// The settings of `single-profile-handler`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct Settings {
    /// The profile's name in the configuration.
    profile: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            profile: "default".to_owned(),
        }
    }
}

/// `single-profile-handler`.
struct SingleProfileHandler {
    profile: String,
}

impl Plugin for SingleProfileHandler {
    const NAME: &'static str = "single-profile-handler";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = Settings;

    fn new(settings: Settings) -> Result<Self, Diagnostics> {
        if settings.profile.is_empty() {
            return Err(Diagnostics::one(
                "profile",
                "found an empty name, expected that of a profile",
            ));
        }
        Ok(Self {
            profile: settings.profile,
        })
    }
}

impl ProfileHandler for SingleProfileHandler {
    fn next(
        &mut self,
        done: &[ProfileResult],
        _picked: &Endpoints<'_>,
    ) -> Result<Vec<Step>, Fault> {
        if done.is_empty() {
            Ok(vec![Step::run(&self.profile)])
        } else {
            Ok(Vec::new())
        }
    }

    fn decide(
        &mut self,
        done: &[ProfileResult],
        _picked: &Endpoints<'_>,
    ) -> Result<Decision, Fault> {
        done.iter()
            .find(|result| result.outcome == Outcome::Picked)
            .map(Decision::of)
            .ok_or_else(|| {
                Fault::cannot_answer(format!("the profile `{}` picked no endpoint", self.profile))
            })
    }
}

export!(SingleProfileHandler, [profile_handler]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::{Tested, ended, picked};

    #[test]
    fn the_profile_runs_once() {
        let check = |settings: &str, profile: &str| {
            let mut plugin = Tested::<SingleProfileHandler>::new(settings).unwrap();
            assert_eq!(plugin.next(&[]).unwrap(), [Step::run(profile)]);
            assert_eq!(plugin.next(&[picked(profile, &[3])]).unwrap(), []);
        };
        check("{}", "default");
        check(r#"{"profile": "chat"}"#, "chat");
    }

    #[test]
    fn its_pick_is_the_decision() {
        let mut plugin = Tested::<SingleProfileHandler>::new("{}").unwrap();
        let decision = plugin.decision(&[picked("default", &[3, 1])]).unwrap();
        assert_eq!(decision, Decision::of(&picked("default", &[3, 1])));
        assert_eq!(decision.primary, "default");
        assert_eq!(decision.targets.len(), 2);
        assert_eq!((decision.targets[0].row, decision.targets[0].port), (3, 0));
    }

    #[test]
    fn no_pick_is_a_fault() {
        let mut plugin = Tested::<SingleProfileHandler>::new("{}").unwrap();
        let fault = plugin.decision(&[ended("default", Outcome::Failed)]);
        assert_eq!(
            fault.unwrap_err().message,
            "the profile `default` picked no endpoint"
        );
    }

    #[test]
    fn an_empty_name_is_refused() {
        assert!(Tested::<SingleProfileHandler>::new(r#"{"profile": ""}"#).is_err());
    }
}
