//! Gateways and clients that stop half way, stall, or send what is no message.

use std::time::{Duration, Instant};

use serde_json::json;
use tempfile::TempDir;
use tonic::Code;

use crate::support::envoy::Mode;
use crate::support::extproc::{self, Stream};
use crate::support::guest::Guest;
use crate::support::http::{self, Client};
use crate::support::picker::{Picker, PickerOptions};
use crate::support::stage::{Stage, endpoint};

const BODY: &[u8] = br#"{"model":"m","prompt":"hello"}"#;
const HERE: &str = "127.0.0.1:8000";

/// A picker for one endpoint that nobody goes to.
fn picker(directory: &TempDir, config: String, flags: &[&str]) -> Picker {
    let options = PickerOptions {
        config,
        endpoints: vec![endpoint(8000)],
        flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
    };
    Picker::start(directory.path(), &options)
}

const TIMEOUT: Duration = Duration::from_millis(250);

/// A picker that decides within [`TIMEOUT`], with scorers of these names that never end and whose own limit is far
/// longer.
fn looping_picker(directory: &TempDir, scorers: &[&str]) -> Picker {
    let guest = directory.path().join("looping.wasm");
    let looping = Guest::scorer("(loop $for_ever (br $for_ever)) (unreachable)");
    std::fs::write(&guest, looping.build()).unwrap();
    let plugin = |name: &&str| {
        format!(
            "- {{type: {name}, component: {{file: {}}}, limits: {{call: 5s}}}}\n",
            guest.display()
        )
    };
    let plugins: String = scorers.iter().map(plugin).collect();
    let refs: String = scorers
        .iter()
        .map(|name| format!("{{pluginRef: {name}}},"))
        .collect();
    let config = format!(
        "apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
plugins:
{plugins}schedulingProfiles:
- {{name: default, plugins: [{refs}]}}
"
    );
    let timeout = format!("--decision-timeout={}ms", TIMEOUT.as_millis());
    picker(directory, config, &[&timeout])
}

/// Waits for the answer, which comes in time; whether it was a pick. `start`: the last byte of the body was sent.
async fn picks_in_time(stream: &mut Stream, start: Instant) -> bool {
    let decision = stream.decision().await;
    let took = start.elapsed();
    assert!(took <= 2 * TIMEOUT, "{took:?} for {decision:?}");
    match decision {
        Ok(destination) => {
            assert_eq!(destination, HERE);
            true
        }
        Err((status, said)) => {
            assert_eq!(status, 503, "{said}");
            assert!(said.contains("--decision-timeout"), "{said}");
            false
        }
    }
}

#[test]
fn every_stream_is_answered_within_twice_the_decision_timeout() {
    let directory = TempDir::new().unwrap();
    let picker = looping_picker(&directory, &["one", "two"]);
    extproc::run(async {
        let channel = extproc::connect(picker.grpc).await;
        let mut picked = Vec::new();
        for number in 0..14 {
            let mut stream = Stream::open(&channel, &format!("request-{number}")).await;
            // The clock runs from the body's end.
            tokio::time::sleep(Duration::from_millis(20)).await;
            stream.body(BODY, true).await;
            picked.push(picks_in_time(&mut stream, Instant::now()).await);
        }
        // Until the breakers open, there is no time left; from then on, there is.
        assert!(picked[..5].iter().all(|picked| !picked), "{picked:?}");
        assert!(picked[13], "{picked:?}");
    });
    assert_eq!(picker.plugin("one")["last_fault"]["cause"], "deadline");
}

#[test]
fn streams_that_wait_for_each_other_are_answered_as_soon() {
    let directory = TempDir::new().unwrap();
    let picker = looping_picker(&directory, &["one"]);
    extproc::run(async {
        // One connection, so one worker, which is busy with the first of them for all the time there is.
        let channel = extproc::connect(picker.grpc).await;
        let mut streams = Vec::new();
        for number in 0..12 {
            streams.push(Stream::open(&channel, &format!("request-{number}")).await);
        }
        for stream in &streams {
            stream.body(BODY, true).await;
        }
        let start = Instant::now();
        for stream in &mut streams {
            assert!(!picks_in_time(stream, start).await);
        }
        assert_eq!(
            picker.plugin("one")["calls"],
            1,
            "the others had no time left"
        );

        // The backlog is gone: the next one has all its time again, until the breaker opens.
        let mut picked = Vec::new();
        for number in 12..24 {
            // What comes the moment an answer goes out may count as having waited.
            tokio::time::sleep(Duration::from_millis(20)).await;
            let mut stream = Stream::open(&channel, &format!("request-{number}")).await;
            stream.body(BODY, true).await;
            picked.push(picks_in_time(&mut stream, Instant::now()).await);
        }
        let plugin = picker.plugin("one");
        assert!(picked[..3].iter().all(|picked| !picked), "{picked:?}");
        assert!(picked[11], "{picked:?}: {plugin:#}");
    });
}

#[test]
fn an_idle_upload_is_408_and_a_slow_one_is_not() {
    let directory = TempDir::new().unwrap();
    let picker = picker(&directory, String::new(), &["--upload-idle-timeout=800ms"]);
    extproc::run(async {
        let channel = extproc::connect(picker.grpc).await;
        let mut stream = Stream::open(&channel, "idle").await;
        stream.body(&BODY[..10], false).await;
        let (status, said) = stream.decision().await.unwrap_err();
        assert_eq!(status, 408, "{said}");
        assert!(said.contains("\"error\""), "{said}");

        let mut stream = Stream::open(&channel, "slow").await;
        for piece in BODY.chunks(5) {
            tokio::time::sleep(Duration::from_millis(150)).await;
            stream.body(piece, false).await;
        }
        stream.body(b"", true).await;
        assert_eq!(stream.decision().await.unwrap(), HERE);
    });
    picker.await_in_flight(0.0);
}

#[test]
fn streams_that_end_half_way_leave_nothing_behind() {
    let directory = TempDir::new().unwrap();
    let picker = picker(&directory, String::new(), &[]);
    extproc::run(async {
        let channel = extproc::connect(picker.grpc).await;
        // Half sent, and then orderly closed.
        let stream = Stream::open(&channel, "closed").await;
        stream.body(&BODY[..10], false).await;
        assert!(stream.close().await.unwrap().is_none());
        // Half sent, and then reset.
        let stream = Stream::open(&channel, "reset").await;
        stream.body(&BODY[..10], false).await;
        drop(stream);
        // Gone after the decision, before any response.
        let mut stream = Stream::open(&channel, "decided").await;
        stream.body(BODY, true).await;
        assert_eq!(stream.decision().await.unwrap(), HERE);
        picker.await_in_flight(1.0);
        drop(stream);
        tokio::time::sleep(Duration::from_millis(50)).await;
    });
    picker.await_in_flight(0.0);
    for (id, status) in [("closed", 404), ("reset", 404), ("decided", 200)] {
        assert_eq!(picker.decision(id).status, status, "{id}");
    }
}

#[test]
fn bytes_that_are_no_message_end_their_own_stream_only() {
    let directory = TempDir::new().unwrap();
    let picker = picker(&directory, String::new(), &[]);
    extproc::run(async {
        let channel = extproc::connect(picker.grpc).await;
        let mut good = Stream::open(&channel, "good").await;
        good.body(&BODY[..10], false).await;
        for garbage in [
            &b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"[..],
            // The request's headers, of which there are fewer bytes than it says.
            b"\x12\x7f\x0a",
            // A whole message that says nothing.
            b"",
            b"GET / HTTP/1.1\r\n\r\n",
        ] {
            let status = extproc::send_bytes(&channel, garbage).await;
            assert_ne!(status.code(), Code::Ok, "{garbage:?}");
            assert!(!status.message().is_empty(), "{garbage:?}");
        }
        good.body(&BODY[10..], true).await;
        assert_eq!(good.decision().await.unwrap(), HERE);
    });
    picker.await_in_flight(0.0);
}

#[test]
fn a_client_that_leaves_mid_body_loses_nothing_for_others() {
    for mode in [Mode::FullDuplex, Mode::Buffered] {
        let stage = Stage::new(mode, 1, |_| {});
        for _ in 0..5 {
            let mut client = Client::new(stage.address());
            let head = "POST /v1/completions HTTP/1.1\r\nhost: e2e\r\ncontent-length: 1000\r\n\r\n";
            client.write(&[head.as_bytes(), BODY].concat()).unwrap();
        }
        let body = json!({"model": "m", "prompt": "hello"}).to_string();
        let answer = http::ask(stage.address(), "POST /v1/completions", "", body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        stage.picker.await_in_flight(0.0);
        let decisions = stage.picker.page("/debug/decisions?last=99");
        assert_eq!(decisions.as_array().unwrap().len(), 1, "{mode:?}");
    }
}
