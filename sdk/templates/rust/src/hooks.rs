//! Names the endpoint that answered in a header of the response.

use switchyard_sdk::{Fault, Header, Hooks, Request};

use crate::Rule;

impl Hooks for Rule {
    fn response_started(&mut self, request: &Request, _status: u16) -> Result<Vec<Header>, Fault> {
        let taken = request.peers("").first().copied();
        let name = taken.and_then(|row| self.names.get(row));
        let header = name.map(|name| Header::new(&self.settings.header, name));
        Ok(header.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use switchyard_sdk::testing::{FakeRequest, Tested, endpoint, set_request};

    #[track_caller]
    fn check(settings: &str, taken: &[u32], want: &[Header]) {
        set_request(FakeRequest {
            peers: vec![(String::new(), taken.to_vec())],
            ..FakeRequest::default()
        });
        let plugin = Tested::<Rule>::new(settings).expect("the settings are right");
        let plugin = plugin.endpoints(&[endpoint(0), endpoint(1)]);
        let mut plugin = plugin.expect("any endpoints will do");
        let headers = plugin.response_started(200);
        assert_eq!(headers, Ok(want.to_vec()), "{settings} {taken:?}");
    }

    #[test]
    fn the_first_endpoint_is_named() {
        check("{}", &[1, 0], &[Header::new("x-served-by", "pod-1")]);
        check("{}", &[], &[]);
        check("{}", &[9], &[]);
        let other = r#"{"header": "x-pod"}"#;
        check(other, &[0], &[Header::new("x-pod", "pod-0")]);
    }
}
