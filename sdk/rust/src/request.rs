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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{FakeRequest, set_request};

    const REQUEST: &Request = Request::AT_HAND;

    #[test]
    fn headers_of_one_name_are_joined() {
        let header = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        set_request(FakeRequest {
            headers: vec![
                header("x-tenant", "acme"),
                header("accept", "text/plain"),
                header("accept", "application/json"),
            ],
            ..FakeRequest::default()
        });
        let check = |name: &str, want: Option<&str>| {
            assert_eq!(REQUEST.header(name).as_deref(), want, "{name}");
        };
        check("x-tenant", Some("acme"));
        check("accept", Some("text/plain, application/json"));
        check("host", None);
    }

    #[test]
    fn the_body_comes_in_parts() {
        set_request(FakeRequest {
            body: b"0123456789".to_vec(),
            ..FakeRequest::default()
        });
        let check = |offset: u64, length: u32, want: &[u8]| {
            assert_eq!(REQUEST.body(offset, length), want, "{offset} {length}");
        };
        check(0, 4, b"0123");
        check(8, 4, b"89");
        check(10, 4, b"");
        check(0, u32::MAX, b"0123456789");
    }

    #[test]
    fn peers_are_those_of_a_profile_or_of_the_decision() {
        set_request(FakeRequest {
            peers: vec![("prefill".to_owned(), vec![7]), (String::new(), vec![3, 1])],
            ..FakeRequest::default()
        });
        let check = |profile: &str, want: &[u32]| assert_eq!(REQUEST.peers(profile), want);
        check("prefill", &[7]);
        check("", &[3, 1]);
        check("encode", &[]);
    }

    #[test]
    fn the_only_profile_is_the_one_there_is() {
        let check = |profiles: &[&str], want: Result<&str, &str>| {
            set_request(FakeRequest {
                profiles: profiles.iter().map(|&name| name.to_owned()).collect(),
                ..FakeRequest::default()
            });
            let found = REQUEST.only_profile().map_err(|fault| fault.message);
            assert_eq!(found.as_deref().map_err(String::as_str), want);
        };
        check(&["chat"], Ok("chat"));
        let several = "found 2 profiles (prefill, decode), expected one: configure a profile handler for several";
        check(&["prefill", "decode"], Err(several));
        let none = "found 0 profiles (), expected one: configure a profile handler for several";
        check(&[], Err(none));
    }
}
