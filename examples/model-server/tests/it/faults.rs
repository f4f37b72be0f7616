//! Faults on purpose, as a client sees them.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::client::{Client, ask, complete, server};

const BODY: &str = r#"{"prompt":"x","max_tokens":3,"ignore_eos":true}"#;

#[test]
fn failures_are_of_the_chosen_types() {
    for (failure, status) in [
        ("rate_limit", 429),
        ("invalid_api_key", 401),
        ("context_length", 400),
        ("server_error", 503),
        ("invalid_request", 400),
        ("model_not_found", 404),
    ] {
        let server = server(&[
            "--failure-injection-rate",
            "100",
            "--failure-types",
            failure,
        ]);
        let answer = ask(&server, "POST", "/v1/completions", BODY);
        assert_eq!(answer.status, status, "{failure}");
        assert_eq!(answer.json()["error"]["code"], status);
        assert_eq!(ask(&server, "GET", "/health", "").status, 200);
    }
}

#[test]
fn a_rate_is_a_share_and_repeats_with_its_seed() {
    let outcomes = |seed: &str| {
        let server = server(&["--failure-injection-rate", "50", "--seed", seed]);
        let mut client = Client::new(server.addr());
        (0..200)
            .map(|_| client.ask("POST", "/v1/completions", BODY).status == 200)
            .collect::<Vec<_>>()
    };
    let first = outcomes("1");
    assert_eq!(first, outcomes("1"));
    assert_ne!(first, outcomes("2"));
    let served = first.iter().filter(|served| **served).count();
    assert!((70..=130).contains(&served), "{served}");
}

#[test]
fn a_hang_gives_no_answer_and_holds_no_slot() {
    let server = server(&["--hang-rate", "100"]);
    let mut client = Client::new(server.addr()).timeout(Duration::from_millis(150));
    client.send("POST", "/v1/completions", "", BODY.as_bytes());
    let error = client.receive().unwrap_err();
    assert!(
        matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        "{error}"
    );
    assert_eq!(
        crate::client::metric(&server, "vllm:num_requests_running"),
        0.0
    );
}

#[test]
fn a_reset_is_a_reset() {
    let server = server(&["--reset-rate", "100"]);
    let mut client = Client::new(server.addr());
    client.send("POST", "/v1/completions", "", BODY.as_bytes());
    assert_eq!(
        client.receive().unwrap_err().kind(),
        ErrorKind::ConnectionReset
    );
}

#[test]
fn a_stream_is_reset_after_its_first_part() {
    let server = server(&["--reset-rate", "100", "--inter-token-latency", "100ms"]);
    let mut client = Client::new(server.addr());
    let body = json!({"prompt": "x", "max_tokens": 5, "ignore_eos": true, "stream": true});
    client.send("POST", "/v1/completions", "", body.to_string().as_bytes());
    let mut events = 0;
    let error = loop {
        match client.line() {
            Ok(line) => events += usize::from(line.starts_with("data: ")),
            Err(error) => break error,
        }
    };
    assert_eq!((events, error.kind()), (1, ErrorKind::ConnectionReset));
}

#[test]
fn metrics_break_in_every_way() {
    let server = server(&[]);
    let set = |how: &str| {
        let answer = ask(
            &server,
            "POST",
            "/admin/config",
            &json!({"metrics-broken": how}).to_string(),
        );
        assert_eq!(answer.status, 200, "{}", answer.text());
    };
    let get = |time| {
        let mut client = Client::new(server.addr()).timeout(time);
        client.send("GET", "/metrics", "", b"");
        client.receive()
    };
    let long = Duration::from_secs(20);
    set("garbage");
    assert!(std::str::from_utf8(&get(long).unwrap().body).is_err());
    set("huge");
    assert!(get(long).unwrap().body.len() >= 100 << 20);
    set("redirect");
    let redirect = get(long).unwrap();
    assert_eq!(redirect.status, 302);
    let target = redirect.header("location").unwrap();
    assert!(
        ask(&server, "GET", target, "")
            .text()
            .contains("vllm:num_requests_waiting")
    );
    set("hang");
    assert!(get(Duration::from_millis(150)).is_err());
    set("truncated");
    assert!(get(long).is_err());
    set("error");
    assert_eq!(get(long).unwrap().status, 500);
    assert_eq!(
        complete(&server, &json!({"prompt": "still serving"})).status,
        200
    );
}

#[test]
fn metrics_may_be_slow() {
    let server = server(&["--metrics-delay", "120ms"]);
    let start = Instant::now();
    assert_eq!(ask(&server, "GET", "/metrics", "").status, 200);
    assert!(start.elapsed() >= Duration::from_millis(120));
}
