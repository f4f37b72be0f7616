//! What the picker refuses, a client can read: status, OpenAI's error shape, and why.

use serde_json::json;

use crate::support::envoy::Mode;
use crate::support::http::{self, Client};
use crate::support::stage::Stage;

const COMPLETIONS: &str = "POST /v1/completions";
const CAP_BYTES: usize = 64 << 10;
const DROPPED: &str = "x-llm-d-request-dropped-reason";

fn completion() -> String {
    json!({"model": "m", "prompt": "hello", "max_tokens": 2}).to_string()
}

#[test]
fn bad_bodies_are_refused_in_full_duplex() {
    check_bad_bodies(Mode::FullDuplex);
}

#[test]
fn bad_bodies_are_refused_when_buffered() {
    check_bad_bodies(Mode::Buffered);
}

fn check_bad_bodies(mode: Mode) {
    let stage = Stage::new(mode, 1, |options| {
        options.flags.push(format!("--max-body-bytes={CAP_BYTES}"));
    });
    let nested = |depth: usize| {
        let (open, close) = ("[".repeat(depth), "]".repeat(depth));
        format!(r#"{{"model":"m","prompt":{open}{close}}}"#)
    };
    let large = |bytes: usize| json!({"model": "m", "prompt": "a".repeat(bytes)}).to_string();
    let rows: [(&str, Vec<u8>, u16, &str); 9] = [
        ("malformed", br#"{"model":"m",}"#.to_vec(), 400, ""),
        (
            "truncated",
            br#"{"model":"m","prompt":"hel"#.to_vec(),
            400,
            "",
        ),
        ("deeply nested", nested(5_000).into(), 400, ""),
        (
            "invalid UTF-8",
            b"{\"model\":\"m\",\"prompt\":\"\xff\xfe\"}".to_vec(),
            400,
            "",
        ),
        ("no object", b"[1]".to_vec(), 400, ""),
        ("no model", br#"{"prompt":"hello"}"#.to_vec(), 400, "model"),
        (
            "something after it",
            br#"{"model":"m","prompt":"x"} y"#.to_vec(),
            400,
            "",
        ),
        (
            "just too large",
            large(CAP_BYTES).into(),
            413,
            "--max-body-bytes",
        ),
        (
            "twice too large",
            large(2 * CAP_BYTES).into(),
            413,
            "--max-body-bytes",
        ),
    ];
    for (name, body, status, said) in rows {
        let answer = http::ask(stage.address(), COMPLETIONS, "", body);
        assert_eq!(answer.status, status, "{name}: {}", answer.text());
        let error = answer.error();
        assert!(error.contains(said), "{name}: {error}");
    }

    let mut client = Client::new(stage.address());
    let empty =
        "POST /v1/completions HTTP/1.1\r\nhost: e2e\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    client.write(empty.as_bytes()).unwrap();
    let answer = client.receive().unwrap();
    assert_eq!(answer.status, 400, "empty, in chunks: {}", answer.text());
    answer.error();
    // Without a body there is nothing to refuse: the server says what it thinks of that.
    let answer = http::ask(stage.address(), COMPLETIONS, "", "");
    assert_eq!(answer.status, 400, "empty: {}", answer.text());
    answer.server_port();

    let answer = http::ask(stage.address(), COMPLETIONS, "", completion());
    assert_eq!(answer.status, 200, "{}", answer.text());
    let fits = json!({"model": "m", "prompt": "a", "user": "b".repeat(CAP_BYTES - 100)});
    let answer = http::ask(stage.address(), COMPLETIONS, "", fits.to_string());
    assert_eq!(answer.status, 200, "{}", answer.text());
    stage.picker.await_in_flight(0.0);
}

#[test]
fn an_empty_pool_is_503_and_says_so() {
    let stage = Stage::new(Mode::FullDuplex, 0, |_| {});
    check_refusal(&stage, 503, "rejected-no-endpoints");
}

#[test]
fn a_pool_that_the_filters_empty_is_429_and_says_so() {
    let stage = Stage::new(Mode::FullDuplex, 2, |options| {
        options.config = "
apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
plugins:
- type: label-selector-filter
  parameters: {matchLabels: {tier: gold}}
- type: queue-scorer
- type: max-score-picker
schedulingProfiles:
- name: default
  plugins:
  - pluginRef: label-selector-filter
  - pluginRef: queue-scorer
  - pluginRef: max-score-picker
"
        .to_owned();
    });
    check_refusal(&stage, 429, "rejected-saturated");
}

fn check_refusal(stage: &Stage, status: u16, reason: &str) {
    for request in [COMPLETIONS, "GET /v1/models"] {
        let body = if request == COMPLETIONS {
            completion()
        } else {
            String::new()
        };
        let answer = http::ask(stage.address(), request, "x-request-id: refused\r\n", body);
        assert_eq!(answer.status, status, "{}", answer.text());
        assert_eq!(answer.header(DROPPED), Some(reason));
        assert_eq!(answer.json()["error"]["code"], reason);
        answer.error();
    }
    let record = stage.picker.decision("refused").json();
    assert_eq!(record["refusal"]["reason"], reason);
    assert_eq!(record["decision"], json!(null));
}
