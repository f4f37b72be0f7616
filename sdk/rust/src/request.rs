//! The request at hand, as the host tells it during a call.
//!
//! Nothing of the request crosses into a plugin unless it is asked for: each method is one question to
//! the host, and what it answers stands in the decision record. Off wasm the answers come from the
//! request a test set with `testing::set_request`.

use crate::Fault;
#[cfg(target_arch = "wasm32")]
use crate::bindings::guest::switchyard::plugin::request as host;
#[cfg(not(target_arch = "wasm32"))]
use crate::testing::imports::request as host;

/// The request a call is about. Only the SDK makes one, for the time of a call; it holds nothing, so
/// handing it on costs nothing.
#[derive(Debug)]
pub struct Request(());

impl Request {
    /// For the call that is being answered.
    pub(crate) const AT_HAND: &'static Self = &Self(());

    /// The request's id: `x-request-id`, or one the host made.
    pub fn id(&self) -> String {
        host::id()
    }

    /// The path, such as `/v1/chat/completions`, without the query.
    pub fn path(&self) -> String {
        host::path()
    }

    /// The model the client named; empty where it named none.
    pub fn model(&self) -> String {
        host::model()
    }

    /// The model the server will be asked for, after rewrites.
    pub fn target_model(&self) -> String {
        host::target_model()
    }

    /// A header by its lower-case name; several of one name are joined by `, `.
    pub fn header(&self, name: &str) -> Option<String> {
        host::header(name)
    }

    /// Up to `length` bytes of the body from `offset`; fewer at its end, none past it. Empty without
    /// [`crate::Capability::Body`].
    pub fn body(&self, offset: u64, length: u32) -> Vec<u8> {
        host::body(offset, length)
    }

    /// The profile that runs; empty outside of profiles.
    pub fn profile(&self) -> String {
        host::profile()
    }

    /// The names of the configuration's profiles, in its order.
    pub fn profiles(&self) -> Vec<String> {
        host::profiles()
    }

    /// The configuration's only profile, for handlers that run one whatever its name. A fault where
    /// there are several, which names them, or none.
    pub fn only_profile(&self) -> Result<String, Fault> {
        let mut profiles = self.profiles();
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

    /// The rows that a profile which already ran picked, best first; `""`: those of the decision.
    pub fn peers(&self, profile: &str) -> Vec<u32> {
        host::peers(profile)
    }

    /// Unix time in ms at which scheduling began; the same for every plugin of one request.
    pub fn now_ms(&self) -> u64 {
        host::now_ms()
    }

    /// A number that looks random and is the same on replay. See [`crate::Random`].
    pub fn seed(&self) -> u64 {
        host::seed()
    }
}
