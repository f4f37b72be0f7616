//! Asking a server on loopback.

use std::time::Duration;

/// How long an answer to a plain question may take.
const LIMIT: Duration = Duration::from_secs(5);

/// A client that keeps its connections. Statuses are answers here, not errors: who asks decides.
pub fn agent(limit: Duration) -> ureq::Agent {
    ureq::Agent::config_builder()
        .timeout_global(Some(limit))
        .http_status_as_error(false)
        .proxy(None)
        .build()
        .new_agent()
}

/// The body of a 200 answer; everything else is the reason as text.
pub fn get(url: &str) -> Result<String, String> {
    let mut answer = agent(LIMIT)
        .get(url)
        .call()
        .map_err(|error| format!("{url}: {error}"))?;
    let status = answer.status();
    let body = answer
        .body_mut()
        .read_to_string()
        .map_err(|error| format!("{url}: {error}"))?;
    if status == 200 {
        Ok(body)
    } else {
        Err(format!("{url}: status {status}: {body}"))
    }
}
