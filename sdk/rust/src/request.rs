//! The request at hand, as the host tells it during a call.
//!
//! Off wasm the answers come from the request a test set with `testing::set_request`.

use crate::Fault;

#[cfg(target_arch = "wasm32")]
pub use crate::bindings::guest::switchyard::plugin::request::{
    body, id, model, now_ms, path, peers, profile, profiles, seed, target_model,
};

/// A header by its lower-case name; several of one name are joined by `, `.
#[cfg(target_arch = "wasm32")]
pub fn header(name: &str) -> Option<String> {
    crate::bindings::guest::switchyard::plugin::request::header(name)
}

/// The configuration's only profile, for handlers that run one whatever its name. A fault where there
/// are several, which names them, or none.
pub fn only_profile() -> Result<String, Fault> {
    let mut profiles = profiles();
    match (profiles.pop(), profiles.is_empty()) {
        (Some(only), true) => Ok(only),
        (last, _) => {
            profiles.extend(last);
            Err(Fault::cannot_answer(format!(
                "found {} profiles ({}), expected one: configure a profile handler for several",
                profiles.len(),
                profiles.join(", ")
            )))
        }
    }
}

#[cfg(not(target_arch = "wasm32"))]
pub use native::*;

#[cfg(not(target_arch = "wasm32"))]
mod native {
    use crate::testing::with_request;

    /// The request's id.
    pub fn id() -> String {
        with_request(|request| request.id.clone())
    }

    /// The path without the query.
    pub fn path() -> String {
        with_request(|request| request.path.clone())
    }

    /// The model the client named.
    pub fn model() -> String {
        with_request(|request| request.model.clone())
    }

    /// The model the server will be asked for.
    pub fn target_model() -> String {
        with_request(|request| request.target_model.clone())
    }

    /// A header by its lower-case name; several of one name are joined by `, `.
    pub fn header(name: &str) -> Option<String> {
        with_request(|request| {
            let mut values = request
                .headers
                .iter()
                .filter(|(known, _)| known == name)
                .map(|(_, value)| value.as_str());
            let first = values.next()?.to_owned();
            Some(values.fold(first, |all, value| all + ", " + value))
        })
    }

    /// Up to `length` bytes of the body from `offset`.
    pub fn body(offset: u64, length: u32) -> Vec<u8> {
        with_request(|request| {
            let length = usize::try_from(length).unwrap_or(usize::MAX);
            let offset = usize::try_from(offset).unwrap_or(usize::MAX);
            request
                .body
                .iter()
                .skip(offset)
                .take(length)
                .copied()
                .collect()
        })
    }

    /// The profile that runs.
    pub fn profile() -> String {
        with_request(|request| request.profile.clone())
    }

    /// The names of the configuration's profiles, in its order.
    pub fn profiles() -> Vec<String> {
        with_request(|request| request.profiles.clone())
    }

    /// The rows that `profile` picked; `""`: those of the decision.
    pub fn peers(profile: &str) -> Vec<u32> {
        with_request(|request| {
            let found = request.peers.iter().find(|(name, _)| name == profile);
            found.map(|(_, rows)| rows.clone()).unwrap_or_default()
        })
    }

    /// Unix time in ms at which scheduling began.
    pub fn now_ms() -> u64 {
        with_request(|request| request.now_ms)
    }

    /// A number that looks random and is the same on replay.
    pub fn seed() -> u64 {
        with_request(|request| request.seed)
    }
}
