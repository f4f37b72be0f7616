//! A session's way: its first request, the answer, and the next request.

use super::*;
use switchyard_sdk::testing::{FakeRequest, Tested, endpoint, picked, set_request};

const BY_ID: &str = r#"{"strategy": "session_id"}"#;

fn scorer(settings: &str) -> Tested<SessionAffinityScorer> {
    Tested::new(settings)
        .unwrap()
        .endpoints(&[endpoint(0), endpoint(1), endpoint(2)])
        .unwrap()
}

fn request(headers: &[(&str, &str)], peers: &[(&str, &[u32])]) {
    set_request(FakeRequest {
        headers: headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect(),
        peers: peers
            .iter()
            .map(|(profile, rows)| ((*profile).to_owned(), rows.to_vec()))
            .collect(),
        ..FakeRequest::default()
    });
}

#[test]
fn a_token_names_the_server() {
    let check = |headers: &[(&str, &str)], want: &[f64]| {
        request(headers, &[]);
        let scores = scorer("{}").score_rows(&[0, 1, 2]).unwrap();
        assert_eq!(scores, want, "{headers:?}");
    };
    // `default/pod-1`
    check(
        &[("x-session-token", "ZGVmYXVsdC9wb2QtMQ==")],
        &[0.0, 1.0, 0.0],
    );
    // `default/pod-9`, which is gone
    check(&[("x-session-token", "ZGVmYXVsdC9wb2QtOQ==")], &[0.0; 3]);
    check(&[("x-session-token", "not base64!")], &[0.0; 3]);
    check(&[("x-session-token", "")], &[0.0; 3]);
    check(&[("x-session-id", "ZGVmYXVsdC9wb2QtMQ==")], &[0.0; 3]);
    check(&[], &[0.0; 3]);
}

#[test]
fn the_response_carries_the_token() {
    let check = |settings: &str, peers: &[(&str, &[u32])], want: &[Header]| {
        request(&[], peers);
        let headers = scorer(settings).response_started(200).unwrap();
        assert_eq!(headers, want, "{settings} {peers:?}");
    };
    let pod_2 = "ZGVmYXVsdC9wb2QtMg==";
    let pod_0 = "ZGVmYXVsdC9wb2QtMA==";
    check(
        "{}",
        &[("", &[2, 1])],
        &[Header::new("x-session-token", pod_2)],
    );
    check("{}", &[], &[]);
    check("{}", &[("", &[7])], &[]);
    check(
        r#"{"profileName": "prefill"}"#,
        &[("", &[2]), ("prefill", &[0])],
        &[Header::new("x-session-token", pod_0)],
    );
    check(
        r#"{"encodedEndpointHeaderConfig": {"header": "X-Where"}}"#,
        &[("", &[2])],
        &[Header::new("x-where", pod_2)],
    );
    check(BY_ID, &[("", &[2])], &[]);
}

#[test]
fn a_session_is_remembered() {
    let mut plugin = scorer(BY_ID);
    let session: &[(&str, &str)] = &[("x-session-id", "abc")];
    request(session, &[("", &[1])]);
    assert_eq!(plugin.score_rows(&[0, 1, 2]).unwrap(), [0.0; 3]);
    plugin
        .picked(&Decision::of(&picked("default", &[1])))
        .unwrap();
    assert_eq!(plugin.score_rows(&[0, 1, 2]).unwrap(), [0.0, 1.0, 0.0]);
    request(&[("x-session-id", "other")], &[]);
    assert_eq!(plugin.score_rows(&[0, 1, 2]).unwrap(), [0.0; 3]);
}

#[test]
fn the_first_source_that_is_there_counts() {
    let settings = r#"{"strategy": "session_id",
        "sessionIdConfig": {"sources": [{"header": "X-One"}, {"header": "x-two"}]}}"#;
    let mut plugin = scorer(settings);
    request(&[("x-two", "abc")], &[("", &[2])]);
    plugin
        .picked(&Decision::of(&picked("default", &[2])))
        .unwrap();
    request(&[("x-one", "abc"), ("x-two", "def")], &[]);
    assert_eq!(plugin.score_rows(&[0, 1, 2]).unwrap(), [0.0, 0.0, 1.0]);
}

#[test]
fn only_a_store_that_is_used_is_asked_for() {
    assert!(!scorer("{}").needs().has(Capability::State));
    assert!(scorer(BY_ID).needs().has(Capability::State));
}

#[test]
fn mistakes_are_named() {
    let check = |settings: &str, path: &str| {
        let Err(diagnostics) = Tested::<SessionAffinityScorer>::new(settings) else {
            panic!("accepted: {settings}");
        };
        assert_eq!(diagnostics.iter().next().unwrap().path, path, "{settings}");
    };
    check(r#"{"strategy": "cookie"}"#, "strategy");
    check(
        r#"{"encodedEndpointHeaderConfig": {"header": ""}}"#,
        "encodedEndpointHeaderConfig.header",
    );
    check(
        r#"{"strategy": "session_id", "sessionIdConfig": {"sources": [{"header": ""}]}}"#,
        "sessionIdConfig.sources[0].header",
    );
}

#[test]
fn a_call_allocates_nothing_but_its_answer() {
    // The header's text comes from the host, and so does what its store holds.
    request(&[("x-session-token", "ZGVmYXVsdC9wb2QtMQ==")], &[]);
    plugin_checks::scorer::<SessionAffinityScorer>("{}", 1);
    request(&[("x-session-id", "abc")], &[("", &[1])]);
    let mut plugin = scorer(BY_ID);
    assert!(
        plugin
            .picked(&Decision::of(&picked("default", &[1])))
            .is_ok()
    );
    plugin_checks::scorer::<SessionAffinityScorer>(BY_ID, 2);
}
