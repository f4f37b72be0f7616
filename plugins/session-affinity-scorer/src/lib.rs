//! Sends the requests of a session to the server that took its first one: 1 for that server, 0 for all
//! others, and 0 for all where there is none.
//!
//! How a session is known, `strategy` says:
//!
//! - `encoded_endpoint_header`: the response carries a token, the server's `namespace/name` in base64,
//!   and the client sends it back. Nothing is kept here.
//! - `session_id`: the client names its session in a header, and the host's store remembers for
//!   `evictionTtlSeconds` which server took it.

mod settings;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use settings::{Settings, Strategy};
use switchyard_sdk::{
    Capability, Decision, Diagnostics, Endpoint, Endpoints, Fault, Header, Hooks, Needs, PerRow,
    Plugin, Scorer, export, request, state,
};

/// `session-affinity-scorer`.
struct SessionAffinityScorer {
    strategy: Strategy,
    /// Whose pick the session is bound to; empty: the decision's.
    profile: String,
    ids: PerRow<String>,
}

impl Plugin for SessionAffinityScorer {
    const NAME: &'static str = "session-affinity-scorer";
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");
    const SUMMARY: &'static str = env!("CARGO_PKG_DESCRIPTION");
    type Settings = Settings;

    fn new(settings: Settings) -> Result<Self, Diagnostics> {
        let (strategy, profile) = settings.resolve()?;
        Ok(Self {
            strategy,
            profile,
            ids: PerRow::default(),
        })
    }

    fn needs(&self) -> Needs {
        match self.strategy {
            Strategy::Token { .. } => Needs::none(),
            Strategy::SessionId { .. } => Needs::none().capability(Capability::State),
        }
    }

    fn endpoints_changed(&mut self, endpoints: &[Endpoint]) -> Result<(), Fault> {
        self.ids = PerRow::resolve(endpoints, |endpoint| endpoint.id.clone());
        Ok(())
    }
}

impl Scorer for SessionAffinityScorer {
    fn score(&mut self, endpoints: &Endpoints<'_>) -> Result<Vec<f64>, Fault> {
        let bound = self.strategy.bound_endpoint();
        let is_bound = |row: &u32| {
            let id = self.ids.get(*row);
            id.is_some_and(|id| bound.as_deref() == Some(id.as_bytes()))
        };
        Ok(endpoints
            .rows()
            .iter()
            .map(|row| f64::from(u8::from(is_bound(row))))
            .collect())
    }
}

impl Hooks for SessionAffinityScorer {
    fn picked(
        &mut self,
        _decision: &Decision,
        _targets: &Endpoints<'_>,
    ) -> Result<Vec<Header>, Fault> {
        if let Strategy::SessionId { ttl_ms, .. } = &self.strategy
            && let (Some(session), Some(id)) = (self.strategy.session(), self.taken_by())
        {
            state::set(&session, id.as_bytes(), *ttl_ms)?;
        }
        Ok(Vec::new())
    }

    fn response_started(&mut self, _status: u16) -> Result<Vec<Header>, Fault> {
        if let Strategy::Token { header } = &self.strategy
            && let Some(id) = self.taken_by()
        {
            return Ok(vec![Header::new(header, BASE64_STANDARD.encode(id))]);
        }
        Ok(Vec::new())
    }
}

impl SessionAffinityScorer {
    /// The server that the request went to.
    fn taken_by(&self) -> Option<&str> {
        let row = *request::peers(&self.profile).first()?;
        self.ids.get(row).map(String::as_str)
    }
}

impl Strategy {
    /// The session's name in the store.
    fn session(&self) -> Option<String> {
        match self {
            Self::Token { .. } => None,
            Self::SessionId { headers, .. } => headers
                .iter()
                .filter_map(|header| request::header(header))
                .find(|session| !session.is_empty()),
        }
    }

    /// The id of the endpoint that the session is bound to. A token that is no base64 binds to none.
    fn bound_endpoint(&self) -> Option<Vec<u8>> {
        match self {
            Self::Token { header } => {
                let token = request::header(header)?;
                BASE64_STANDARD.decode(token.trim()).ok()
            }
            Self::SessionId { .. } => state::get(&self.session()?),
        }
    }
}

export!(SessionAffinityScorer, [scorer, hooks]);

#[cfg(test)]
mod tests;
