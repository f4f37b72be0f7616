//! Sends a request to a data-parallel rank by way of its server's primary port.
//!
//! The profile picks a rank, which has a port of its own; the request goes to the primary port of the
//! same address, and the header `x-data-parallel-host-port` tells the sidecar there which rank it is for.
//! Only the best pick is used: the header names one rank, so a retry elsewhere would carry a wrong one.

use schemars::JsonSchema;
use serde::Deserialize;
use switchyard_sdk::disagg::RANK_HEADER;
use switchyard_sdk::{
    Decision, Diagnostics, Endpoint, Endpoints, Fault, Header, PerRow, Plugin, ProfileHandler,
    ProfileResult, Request, Step, Target, export,
};

/// The settings of `data-parallel-profile-handler`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Settings {
    /// The port on which the sidecar of each server listens.
    #[schemars(range(min = 1))]
    primary_port: u16,
}

impl Default for Settings {
    fn default() -> Self {
        Self { primary_port: 8000 }
    }
}

/// `data-parallel-profile-handler`.
struct DataParallelProfileHandler {
    settings: Settings,
    host_ports: PerRow<String>,
}

impl Plugin for DataParallelProfileHandler {
    const NAME: &'static str = "data-parallel-profile-handler";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = Settings;

    fn new(settings: Settings) -> Result<Self, Diagnostics> {
        let mut diagnostics = Diagnostics::none();
        if settings.primary_port == 0 {
            diagnostics.add("primaryPort", "found 0, expected a port from 1 to 65535");
        }
        diagnostics.or(Self {
            settings,
            host_ports: PerRow::default(),
        })
    }

    fn endpoints_changed(&mut self, endpoints: &[Endpoint]) -> Result<(), Fault> {
        self.host_ports = PerRow::resolve(endpoints, Endpoint::host_port);
        Ok(())
    }
}

impl ProfileHandler for DataParallelProfileHandler {
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
        let result = done.iter().find(|result| result.is_picked());
        let best = result.and_then(|result| Some((result, *result.rows.first()?)));
        let Some((result, row)) = best else {
            return Err(Fault::cannot_answer("the profile picked no endpoint"));
        };
        let host_port = self
            .host_ports
            .get(row)
            .ok_or_else(|| Fault::cannot_answer(format!("row {row} is no endpoint known here")))?;
        Ok(Decision {
            targets: vec![Target {
                row,
                port: self.settings.primary_port,
            }],
            set_headers: vec![Header::new(RANK_HEADER, host_port)],
            ..Decision::of(result)
        })
    }
}

export!(DataParallelProfileHandler, [profile_handler]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::Outcome;
    use switchyard_sdk::testing::{FakeRequest, Tested, ended, endpoint, picked, set_request};

    fn handler(settings: &str) -> Tested<DataParallelProfileHandler> {
        let mut rank = endpoint(2);
        rank.port = 8003;
        let mut ipv6 = endpoint(3);
        ipv6.address = "fd00::3".to_owned();
        Tested::new(settings)
            .unwrap()
            .endpoints(&[rank, ipv6])
            .unwrap()
    }

    #[test]
    fn the_rank_is_named_and_the_primary_port_used() {
        let check = |settings: &str, row: u32, port: u16, header: &str| {
            let decision = handler(settings)
                .decision(&[picked("default", &[row, 2])])
                .unwrap();
            assert_eq!(decision.primary, "default");
            assert_eq!(decision.targets, [Target { row, port }]);
            assert_eq!(decision.set_headers, [Header::new(RANK_HEADER, header)]);
        };
        check("{}", 2, 8000, "10.0.0.2:8003");
        check(r#"{"primaryPort": 9000}"#, 3, 9000, "[fd00::3]:8000");
    }

    #[test]
    fn one_profile_runs_once() {
        set_request(FakeRequest {
            profiles: vec!["chat".to_owned()],
            ..FakeRequest::default()
        });
        let mut plugin = handler("{}");
        assert_eq!(plugin.next(&[]).unwrap(), [Step::run("chat")]);
        assert_eq!(plugin.next(&[picked("chat", &[2])]).unwrap(), []);
        set_request(FakeRequest::default());
        assert!(
            plugin.next(&[]).is_err(),
            "it runs one profile, and there is none"
        );
    }

    #[test]
    fn without_a_pick_there_is_no_decision() {
        let check = |done: &[ProfileResult], want: &str| {
            let fault = handler("{}").decision(done).unwrap_err();
            assert_eq!(fault.message, want);
        };
        check(
            &[ended("default", Outcome::Failed)],
            "the profile picked no endpoint",
        );
        check(
            &[picked("default", &[9])],
            "row 9 is no endpoint known here",
        );
    }

    #[test]
    fn ports_out_of_range_are_refused() {
        for settings in [r#"{"primaryPort": 0}"#, r#"{"primaryPort": 70000}"#] {
            assert!(Tested::<DataParallelProfileHandler>::new(settings).is_err());
        }
    }
}
