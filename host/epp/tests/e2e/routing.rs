//! A request reaches the server that the picker named, and both ends see what they should.

use std::net::{Ipv4Addr, TcpListener};
use std::sync::{Mutex, mpsc};

use serde_json::{Value, json};
use switchyard_epp::extproc::head::CONTROL_HEADERS;
use switchyard_sim::Span;

use crate::support::envoy::Mode;
use crate::support::http::{self, Answer, Client};
use crate::support::stage::{Stage, endpoint, servers};
use crate::support::upstream::Upstream;

const CHAT: &str = "POST /v1/chat/completions";

fn chat(prompt: &str, stream: bool) -> String {
    let messages = json!([{"role": "user", "content": prompt}]);
    json!({"model": "m", "messages": messages, "stream": stream, "max_tokens": 8, "ignore_eos": true})
        .to_string()
}

#[test]
fn requests_follow_their_decisions_in_full_duplex() {
    check_requests_follow(Mode::FullDuplex);
}

#[test]
fn requests_follow_their_decisions_when_buffered() {
    check_requests_follow(Mode::Buffered);
}

fn check_requests_follow(mode: Mode) {
    let stage = Stage::new(mode, 3, |_| {});
    for number in 0..6 {
        let id = format!("json-{number}");
        let body = chat(&format!("question {number}"), false);
        let answer = http::ask(stage.address(), CHAT, &id_header(&id), body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["object"], "chat.completion");
        assert_eq!(answer.json()["usage"]["completion_tokens"], 8);
        check_explained(&stage, &id, &answer);

        let id = format!("events-{number}");
        let body = chat(&format!("question {number}"), true);
        let answer = http::ask(stage.address(), CHAT, &id_header(&id), body);
        let text = answer.text();
        assert!(text.starts_with("data: {"), "{text}");
        assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
        check_explained(&stage, &id, &answer);
    }
    let answer = http::ask(stage.address(), "GET /v1/models", &id_header("models"), "");
    assert_eq!(answer.json()["data"][0]["id"], "m");
    check_explained(&stage, "models", &answer);
    stage.picker.await_in_flight(0.0);
    let told = stage.picker.page("/debug/decisions?last=100");
    assert_eq!(told.as_array().unwrap().len(), 13);
}

fn id_header(id: &str) -> String {
    format!("x-request-id: {id}\r\n")
}

/// The record of a request names the server that answered it, and says why it was taken.
fn check_explained(stage: &Stage, id: &str, answer: &Answer) {
    let record = stage.picker.decision(id);
    assert_eq!(record.status, 200, "{}", record.text());
    let record = record.json();
    let picked = &record["decision"]["targets"][0]["row"];
    let endpoints = record["endpoints"].as_array().unwrap();
    let endpoint = endpoints.iter().find(|endpoint| endpoint["row"] == *picked);
    let address = endpoint.unwrap()["address"].as_str().unwrap();
    assert_eq!(address, format!("127.0.0.1:{}", answer.server_port()));

    let profile = &record["profiles"][0];
    assert_eq!(profile["picked"][0], *picked);
    let scorers = profile["scorers"].as_array().unwrap();
    let weights: Vec<_> = scorers.iter().map(|scorer| &scorer["weight"]).collect();
    assert_eq!(weights, [2.0, 2.0, 3.0]);
    let kept = profile["kept"].as_array().unwrap();
    assert_eq!(kept.len(), 3);
    for row in 0..kept.len() {
        let weighted = |scorer: &Value| {
            let score = scorer["scores"][row].as_f64().unwrap();
            score.clamp(0.0, 1.0) * scorer["weight"].as_f64().unwrap()
        };
        let sum: f64 = scorers.iter().map(weighted).sum();
        assert_eq!(profile["totals"][row].as_f64(), Some(sum), "{profile}");
    }
    let total = |row: &Value| {
        let place = kept.iter().position(|kept| kept == row).unwrap();
        profile["totals"][place].as_f64().unwrap()
    };
    assert!(
        kept.iter().all(|row| total(row) <= total(picked)),
        "{profile}"
    );
    assert!(
        !record.to_string().contains("question"),
        "a prompt in {record}"
    );
}

#[test]
fn headers_and_model_names_are_changed_in_full_duplex() {
    check_changes(Mode::FullDuplex);
}

#[test]
fn headers_and_model_names_are_changed_when_buffered() {
    check_changes(Mode::Buffered);
}

fn check_changes(mode: Mode) {
    let upstream = Upstream::echo();
    let stage = Stage::new(mode, 0, |options| {
        options.endpoints = vec![endpoint(upstream.port)];
    });
    let here = format!("127.0.0.1:{}", upstream.port);
    let steering: String = CONTROL_HEADERS
        .iter()
        .map(|name| format!("{name}: 127.0.0.1:9\r\n"))
        .collect();
    let answer = http::ask(stage.address(), CHAT, &steering, chat("hello", false));
    let seen = answer.json()["seen"].clone();
    for name in CONTROL_HEADERS {
        let expected = (*name == "x-gateway-destination-endpoint").then_some(here.as_str());
        assert_eq!(seen["headers"][*name].as_str(), expected, "{name}");
    }

    let body = |model: &str| {
        format!(r#"{{ "temperature":1.50, "model" : "{model}","prompt":"\u00e9 model m", "n":1}}"#)
    };
    for name in ["x-llm-d-model-name-rewrite", "x-gateway-model-name-rewrite"] {
        let rewrite = format!("{name}: another-and-longer-name\r\n");
        let answer = http::ask(stage.address(), "POST /v1/completions", &rewrite, body("m"));
        let json = answer.json();
        let sent = body("another-and-longer-name");
        assert_eq!(json["seen"]["body"], sent, "{name}");
        if let Some(length) = json["seen"]["headers"]["content-length"].as_str() {
            assert_eq!(length, sent.len().to_string(), "{name}");
        }
        assert_eq!(json["model"], "m", "{name}");
    }
    stage.picker.await_in_flight(0.0);
}

#[test]
fn in_flight_counts_follow_a_stream_to_its_end_and_to_its_abort() {
    let slow = servers(1, |options| {
        options.live.inter_token_latency = Span::from_millis(60);
    });
    let stage = Stage::with_servers(Mode::FullDuplex, slow, |_| {});
    for leaves in [false, true] {
        let mut client = Client::new(stage.address());
        client
            .send(CHAT, "", chat("hello", true).as_bytes())
            .unwrap();
        assert_eq!(client.head().unwrap().status, 200);
        assert!(client.chunk().unwrap().is_some());
        stage.picker.await_in_flight(1.0);
        while !leaves && client.chunk().unwrap().is_some() {}
        drop(client);
        stage.picker.await_in_flight(0.0);
    }
}

#[test]
fn in_flight_counts_survive_errors_of_the_server_in_full_duplex() {
    check_server_errors(Mode::FullDuplex);
}

#[test]
fn in_flight_counts_survive_errors_of_the_server_when_buffered() {
    check_server_errors(Mode::Buffered);
}

fn check_server_errors(mode: Mode) {
    let (go, wait) = mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let upstream = Upstream::start(move |_| {
        // Held until the test has seen the request in flight, or has left.
        let _ = wait.lock().unwrap().recv();
        (500, r#"{"error":{"message":"burnt"}}"#.to_owned())
    });
    let stage = Stage::new(mode, 0, |options| {
        options.endpoints = vec![endpoint(upstream.port)];
    });
    let begin = || {
        let mut client = Client::new(stage.address());
        client
            .send(CHAT, "", chat("hello", false).as_bytes())
            .unwrap();
        stage.picker.await_in_flight(1.0);
        client
    };
    let mut client = begin();
    go.send(()).unwrap();
    let answer = client.receive().unwrap();
    assert_eq!(
        (answer.status, answer.text().contains("burnt")),
        (500, true)
    );
    stage.picker.await_in_flight(0.0);

    drop(begin());
    stage.picker.await_in_flight(0.0);
}

#[test]
fn a_server_that_is_gone_leaves_no_count_behind() {
    let gone = {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.local_addr().unwrap().port()
    };
    let stage = Stage::new(Mode::FullDuplex, 0, |options| {
        options.endpoints = vec![endpoint(gone)];
    });
    let answer = http::ask(stage.address(), CHAT, "", chat("hello", false));
    assert_eq!(answer.status, 503, "{}", answer.text());
    stage.picker.await_in_flight(0.0);
    let told = stage.picker.page("/debug/decisions?last=9");
    assert_eq!(told.as_array().unwrap().len(), 1);
}
