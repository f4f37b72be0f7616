//! How a session is known.

use schemars::JsonSchema;
use serde::Deserialize;
use switchyard_sdk::{Diagnostics, log};

/// The settings of `session-affinity-scorer`.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// How a session is known.
    strategy: StrategyName,
    /// For `encoded_endpoint_header`.
    encoded_endpoint_header_config: EncodedEndpointHeader,
    /// For `session_id`.
    session_id_config: SessionId,
    /// The profile whose pick a session is bound to; if not given, the decision's.
    profile_name: Option<String>,
}

/// How a session is known.
#[derive(Deserialize, JsonSchema, Default, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum StrategyName {
    /// By a token that names the server.
    #[default]
    EncodedEndpointHeader,
    /// By a name that the client gives it.
    SessionId,
}

/// Settings of the strategy `encoded_endpoint_header`.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
struct EncodedEndpointHeader {
    /// The header that holds the token, in requests and responses.
    #[schemars(length(min = 1))]
    header: String,
}

impl Default for EncodedEndpointHeader {
    fn default() -> Self {
        Self {
            header: "x-session-token".to_owned(),
        }
    }
}

/// Settings of the strategy `session_id`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
struct SessionId {
    /// Where the session's name stands; the first that is there counts.
    sources: Vec<Source>,
    /// How long a session is remembered after its last request.
    eviction_ttl_seconds: u32,
    /// Without effect: the host drops what is over when it is asked for.
    eviction_sweep_seconds: Option<u32>,
}

impl Default for SessionId {
    fn default() -> Self {
        Self {
            sources: Vec::new(),
            eviction_ttl_seconds: 300,
            eviction_sweep_seconds: None,
        }
    }
}

/// Where a session's name stands.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Source {
    /// A request header.
    #[schemars(length(min = 1))]
    header: String,
}

/// The settings in the form in which they are used.
#[derive(Debug)]
pub(crate) enum Strategy {
    /// A token in this header names the server.
    Token { header: String },
    /// The first of these headers names the session, which is remembered so long.
    SessionId { headers: Vec<String>, ttl_ms: u32 },
}

impl Settings {
    /// The strategy and the profile, or all that is wrong.
    pub(crate) fn resolve(self) -> Result<(Strategy, String), Diagnostics> {
        let mut diagnostics = Diagnostics::none();
        let mut header = |path: String, name: String| {
            if name.is_empty() {
                diagnostics.add(path, "found an empty name, expected that of a header");
            }
            name.to_ascii_lowercase()
        };
        let strategy = match self.strategy {
            StrategyName::EncodedEndpointHeader => Strategy::Token {
                header: header(
                    "encodedEndpointHeaderConfig.header".to_owned(),
                    self.encoded_endpoint_header_config.header,
                ),
            },
            StrategyName::SessionId => {
                let config = self.session_id_config;
                if config.eviction_sweep_seconds.is_some() {
                    log::info(
                        "evictionSweepSeconds has no effect: the host's store needs no sweep",
                    );
                }
                let mut headers: Vec<String> = config
                    .sources
                    .into_iter()
                    .enumerate()
                    .map(|(at, source)| {
                        let path = format!("sessionIdConfig.sources[{at}].header");
                        header(path, source.header)
                    })
                    .collect();
                if headers.is_empty() {
                    headers.push("x-session-id".to_owned());
                }
                Strategy::SessionId {
                    headers,
                    ttl_ms: config.eviction_ttl_seconds.saturating_mul(1000),
                }
            }
        };
        diagnostics.or((strategy, self.profile_name.unwrap_or_default()))
    }
}
