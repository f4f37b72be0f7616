//! Runs one profile; what it picks is the decision.

use switchyard_sdk::{Decision, Endpoints, Fault, ProfileHandler, ProfileResult, Request, Step};

use crate::Rule;

impl ProfileHandler for Rule {
    fn next(
        &mut self,
        _request: &Request,
        done: &[ProfileResult],
        _picked: &Endpoints<'_>,
    ) -> Result<Vec<Step>, Fault> {
        // Called again after the profile ran: nothing more is to run then.
        if done.is_empty() {
            Ok(vec![Step::run(&self.settings.profile)])
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
            .ok_or_else(|| Fault::refuse(503, "no endpoint can take the request"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::Outcome;
    use switchyard_sdk::testing::{Tested, ended, picked};

    fn handler(settings: &str) -> Tested<Rule> {
        Tested::new(settings).expect("the settings are right")
    }

    #[test]
    fn the_profile_runs_once() {
        let mut plugin = handler("{}");
        assert_eq!(plugin.next(&[]), Ok(vec![Step::run("default")]));
        assert_eq!(plugin.next(&[picked("default", &[3])]), Ok(Vec::new()));
        let mut plugin = handler(r#"{"profile": "chat"}"#);
        assert_eq!(plugin.next(&[]), Ok(vec![Step::run("chat")]));
    }

    #[test]
    fn its_pick_is_the_decision() {
        let done = [picked("default", &[3, 1])];
        let decision = handler("{}").decision(&done);
        assert_eq!(decision, Ok(Decision::of(&done[0])));
    }

    #[test]
    fn without_a_pick_the_request_is_refused() {
        let done = [ended("default", Outcome::FilteredOut)];
        let fault = handler("{}").decision(&done).map_err(|fault| fault.code);
        assert_eq!(fault, Err(503));
    }
}
