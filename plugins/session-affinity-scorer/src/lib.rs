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
    Plugin, Request, Scorer, export, state,
};

/// `session-affinity-scorer`.
struct SessionAffinityScorer {
    strategy: Strategy,
    /// Whose pick the session is bound to; empty: the decision's.
    profile: String,
    servers: PerRow<Server>,
}

/// How a server is named.
struct Server {
    /// `namespace/name`.
    id: String,
    /// The same in base64.
    token: String,
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
            servers: PerRow::default(),
        })
    }

    fn needs(&self) -> Needs {
        match self.strategy {
            Strategy::Token { .. } => Needs::none(),
            Strategy::SessionId { .. } => Needs::none().capability(Capability::State),
        }
    }

    fn endpoints_changed(&mut self, endpoints: &[Endpoint]) -> Result<(), Fault> {
        self.servers = PerRow::resolve(endpoints, |endpoint| Server {
            id: endpoint.id.clone(),
            token: BASE64_STANDARD.encode(&endpoint.id),
        });
        Ok(())
    }
}

impl Scorer for SessionAffinityScorer {
    fn score(
        &mut self,
        request: &Request,
        endpoints: &Endpoints<'_>,
        scores: &mut [f64],
    ) -> Result<(), Fault> {
        let mut mark = |is_bound: &dyn Fn(&Server) -> bool| {
            for (score, &row) in scores.iter_mut().zip(endpoints.rows()) {
                let bound = self.servers.get(row).is_some_and(is_bound);
                *score = f64::from(u8::from(bound));
            }
        };
        match &self.strategy {
            Strategy::Token { header } => {
                if let Some(token) = request.header(header) {
                    // One encoding of an id is as good as the id: base64 has no other that is valid.
                    mark(&|server| server.token == token.trim());
                }
            }
            Strategy::SessionId { headers, .. } => {
                if let Some(id) = session(request, headers).and_then(|session| state::get(&session))
                {
                    mark(&|server| server.id.as_bytes() == id);
                }
            }
        }
        Ok(())
    }
}

impl Hooks for SessionAffinityScorer {
    fn picked(
        &mut self,
        request: &Request,
        _decision: &Decision,
        _targets: &Endpoints<'_>,
    ) -> Result<Vec<Header>, Fault> {
        if let Strategy::SessionId { headers, ttl_ms } = &self.strategy
            && let (Some(session), Some(server)) =
                (session(request, headers), self.taken_by(request))
        {
            state::set(&session, server.id.as_bytes(), *ttl_ms)?;
        }
        Ok(Vec::new())
    }

    fn response_started(&mut self, request: &Request, _status: u16) -> Result<Vec<Header>, Fault> {
        if let Strategy::Token { header } = &self.strategy
            && let Some(server) = self.taken_by(request)
        {
            return Ok(vec![Header::new(header, &server.token)]);
        }
        Ok(Vec::new())
    }
}

impl SessionAffinityScorer {
    /// The server that the request went to.
    fn taken_by(&self, request: &Request) -> Option<&Server> {
        let row = *request.peers(&self.profile).first()?;
        self.servers.get(row)
    }
}

/// The session's name in the store: the first of the headers that is there and not empty.
fn session(request: &Request, headers: &[String]) -> Option<String> {
    headers
        .iter()
        .filter_map(|header| request.header(header))
        .find(|session| !session.is_empty())
}

export!(SessionAffinityScorer, [scorer, hooks]);

#[cfg(test)]
mod tests;
