//! Runs one profile; what it picks is the decision.

use switchyard_sdk::{
    Decision, Diagnostics, Endpoints, Fault, NoSettings, Plugin, ProfileHandler, ProfileResult,
    Request, Step, export,
};

/// `single-profile-handler`.
struct SingleProfileHandler;

impl Plugin for SingleProfileHandler {
    const NAME: &'static str = "single-profile-handler";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = NoSettings;

    fn new(_: NoSettings) -> Result<Self, Diagnostics> {
        Ok(Self)
    }
}

impl ProfileHandler for SingleProfileHandler {
    fn next(
        &mut self,
        request: &Request,
        done: &[ProfileResult],
        _picked: &Endpoints<'_>,
    ) -> Result<Vec<Step>, Fault> {
        if done.is_empty() {
            Ok(vec![Step::run(request.only_profile()?)])
        } else {
            Ok(Vec::new())
        }
    }

    fn decide(
        &mut self,
        _request: &Request,
        done: &[ProfileResult],
        _picked: &Endpoints<'_>,
    ) -> Result<Decision, Fault> {
        done.iter()
            .find(|result| result.is_picked())
            .map(Decision::of)
            .ok_or_else(|| Fault::cannot_answer("the profile picked no endpoint"))
    }
}

export!(SingleProfileHandler, [profile_handler]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::Outcome;
    use switchyard_sdk::testing::{FakeRequest, Tested, ended, picked, set_request};

    fn handler(profiles: &[&str]) -> Tested<SingleProfileHandler> {
        set_request(FakeRequest {
            profiles: profiles.iter().map(|&name| name.to_owned()).collect(),
            ..FakeRequest::default()
        });
        Tested::new("{}").unwrap()
    }

    #[test]
    fn the_profile_runs_once_whatever_its_name() {
        for profile in ["default", "chat"] {
            let mut plugin = handler(&[profile]);
            assert_eq!(plugin.next(&[]).unwrap(), [Step::run(profile)]);
            assert_eq!(plugin.next(&[picked(profile, &[3])]).unwrap(), []);
        }
    }

    #[test]
    fn any_other_number_of_profiles_is_a_fault() {
        let check = |profiles: &[&str], want: &str| {
            let fault = handler(profiles).next(&[]).unwrap_err();
            assert_eq!((fault.code, &*fault.message), (0, want));
        };
        check(
            &["prefill", "decode"],
            "found 2 profiles (prefill, decode), expected one: configure a profile handler for several",
        );
        check(
            &[],
            "found 0 profiles (), expected one: configure a profile handler for several",
        );
    }

    #[test]
    fn its_pick_is_the_decision() {
        let decision = handler(&["default"])
            .decision(&[picked("default", &[3, 1])])
            .unwrap();
        assert_eq!(decision, Decision::of(&picked("default", &[3, 1])));
        assert_eq!(decision.primary, "default");
        assert_eq!(decision.targets.len(), 2);
        assert_eq!((decision.targets[0].row, decision.targets[0].port), (3, 0));
    }

    #[test]
    fn no_pick_is_a_fault() {
        let fault = handler(&["default"]).decision(&[ended("default", Outcome::Failed)]);
        assert_eq!(fault.unwrap_err().message, "the profile picked no endpoint");
    }
}
