//! Names the prefill server in the request header `x-prefiller-host-port`.
//!
//! For configurations that keep this apart from their profile handler. Where the prefill profile did not
//! run or picked nothing, there is no header; what a client sent under its name is gone before.

use schemars::JsonSchema;
use serde::Deserialize;
use switchyard_sdk::disagg::PREFILLER_HEADER;
use switchyard_sdk::{
    Decision, Diagnostics, Endpoint, Endpoints, Fault, Header, Hooks, PerRow, Plugin, Request,
    export,
};

/// The settings of `prefill-header-handler`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct Settings {
    /// The name of the profile that picks the prefill server.
    #[schemars(length(min = 1))]
    prefill_profile: String,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            prefill_profile: "prefill".to_owned(),
        }
    }
}

/// `prefill-header-handler`.
struct PrefillHeaderHandler {
    prefill: String,
    host_ports: PerRow<String>,
}

impl Plugin for PrefillHeaderHandler {
    const NAME: &'static str = "prefill-header-handler";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = Settings;

    fn new(settings: Settings) -> Result<Self, Diagnostics> {
        // An empty name would mean the decision itself to `peers`.
        if settings.prefill_profile.is_empty() {
            return Err(Diagnostics::one(
                "prefillProfile",
                "found an empty name, expected that of a profile",
            ));
        }
        Ok(Self {
            prefill: settings.prefill_profile,
            host_ports: PerRow::default(),
        })
    }

    fn endpoints_changed(&mut self, endpoints: &[Endpoint]) -> Result<(), Fault> {
        self.host_ports = PerRow::resolve(endpoints, Endpoint::host_port);
        Ok(())
    }
}

impl Hooks for PrefillHeaderHandler {
    fn picked(
        &mut self,
        request: &Request,
        _decision: &Decision,
        _targets: &Endpoints<'_>,
    ) -> Result<Vec<Header>, Fault> {
        let best = request.peers(&self.prefill).first().copied();
        let host_port = best.and_then(|row| self.host_ports.get(row));
        let header = host_port.map(|host_port| Header::new(PREFILLER_HEADER, host_port));
        Ok(header.into_iter().collect())
    }
}

export!(PrefillHeaderHandler, [hooks]);

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::{FakeRequest, Tested, endpoint, picked, set_request};

    #[test]
    fn the_first_prefill_server_is_named() {
        let check = |settings: &str, peers: &[(&str, &[u32])], want: Option<&str>| {
            set_request(FakeRequest {
                peers: peers
                    .iter()
                    .map(|(profile, rows)| ((*profile).to_owned(), rows.to_vec()))
                    .collect(),
                ..FakeRequest::default()
            });
            let headers = Tested::<PrefillHeaderHandler>::new(settings)
                .unwrap()
                .endpoints(&[endpoint(1), endpoint(2)])
                .unwrap()
                .picked(&Decision::of(&picked("decode", &[1])))
                .unwrap();
            let want: Vec<Header> = want
                .map(|value| Header::new(PREFILLER_HEADER, value))
                .into_iter()
                .collect();
            assert_eq!(headers, want, "{settings} {peers:?}");
        };
        check(
            "{}",
            &[("decode", &[1]), ("prefill", &[2, 1])],
            Some("10.0.0.2:8000"),
        );
        check("{}", &[("decode", &[1])], None);
        check("{}", &[("prefill", &[])], None);
        check("{}", &[("prefill", &[9])], None);
        check(
            r#"{"prefillProfile": "p"}"#,
            &[("p", &[1])],
            Some("10.0.0.1:8000"),
        );
        check(r#"{"prefillProfile": "p"}"#, &[("prefill", &[1])], None);
    }

    #[test]
    fn an_empty_name_is_refused() {
        assert!(Tested::<PrefillHeaderHandler>::new(r#"{"prefillProfile": ""}"#).is_err());
    }
}
