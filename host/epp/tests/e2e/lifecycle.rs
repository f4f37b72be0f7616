//! Start, check and end of the process.

use std::net::TcpListener;
use std::process::{Command, Output};
use std::time::Duration;

use expect_test::{Expect, expect};
use serde_json::json;
use switchyard_sim::Span;
use tempfile::TempDir;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_client::HealthClient;

use crate::support::envoy::Mode;
use crate::support::extproc::{self, Stream};
use crate::support::http::{self, Client};
use crate::support::picker::{self, Picker, PickerOptions};
use crate::support::stage::{Stage, endpoint, servers};
use crate::support::wait;

const SERVING: i32 = 1;
const NOT_SERVING: i32 = 2;

#[test]
fn sigterm_lets_streams_finish_and_says_not_serving_meanwhile() {
    let slow = servers(1, |options| {
        options.live.inter_token_latency = Span::from_millis(100);
    });
    let stage = Stage::with_servers(Mode::FullDuplex, slow, |options| {
        options.flags.push("--drain-timeout=20s".to_owned());
    });
    let health = stage.picker.health;
    let status = || extproc::run(health_of(health));
    assert_eq!(status(), SERVING);

    let mut client = Client::new(stage.address());
    let body =
        json!({"model": "m", "prompt": "x", "max_tokens": 30, "ignore_eos": true, "stream": true});
    let body = body.to_string();
    client
        .send("POST /v1/completions", "", body.as_bytes())
        .unwrap();
    assert_eq!(client.head().unwrap().status, 200);
    let mut text = client.chunk().unwrap().unwrap();

    stage.picker.process.terminate();
    wait::for_value("health", status, |status| *status == NOT_SERVING);
    let ready = http::get(stage.picker.metrics, "/readyz");
    assert_eq!(ready.status, 503);
    assert!(ready.text().contains("draining"), "{}", ready.text());
    assert!(stage.picker.process.runs());

    while let Some(chunk) = client.chunk().unwrap() {
        text.extend(chunk);
    }
    let text = String::from_utf8(text).unwrap();
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
    let ended = stage.picker.process.ended_within(Duration::from_secs(10));
    assert!(ended.success(), "{ended}");
}

#[test]
fn decisions_outlive_the_process() {
    let directory = TempDir::new().unwrap();
    let start = || {
        let options = PickerOptions {
            config: String::new(),
            endpoints: vec![endpoint(8000)],
            flags: vec![format!(
                "--data-dir={}",
                directory.path().join("data").display()
            )],
        };
        Picker::start(directory.path(), &options)
    };
    let first = start();
    extproc::run(async {
        let channel = extproc::connect(first.grpc).await;
        let mut stream = Stream::open(&channel, "kept").await;
        stream
            .body(br#"{"model":"m","prompt":"hello"}"#, true)
            .await;
        stream.decision().await.unwrap();
    });
    let decided = first.decision("kept").json();
    // The first of a second is written at once.
    std::thread::sleep(Duration::from_millis(500));
    first.process.terminate();
    let ended = first.process.ended_within(Duration::from_secs(10));
    assert!(ended.success(), "{ended}");

    let second = start();
    assert_eq!(second.decision("kept").json(), decided);
    assert_eq!(second.page("/debug/decisions?last=9"), json!([]));
    assert_eq!(second.decision("another").status, 404);
}

async fn health_of(address: std::net::SocketAddr) -> i32 {
    let mut client = HealthClient::new(extproc::connect(address).await);
    let answer = client.check(HealthCheckRequest::default()).await;
    answer.unwrap().into_inner().status
}

#[test]
fn a_stream_that_does_not_end_is_cut_at_the_drain_timeout() {
    let slow = servers(1, |options| {
        options.live.inter_token_latency = Span::from_millis(500);
    });
    let stage = Stage::with_servers(Mode::FullDuplex, slow, |options| {
        options.flags.push("--drain-timeout=300ms".to_owned());
    });
    let mut client = Client::new(stage.address());
    let body =
        json!({"model": "m", "prompt": "x", "max_tokens": 60, "ignore_eos": true, "stream": true});
    let body = body.to_string();
    client
        .send("POST /v1/completions", "", body.as_bytes())
        .unwrap();
    assert_eq!(client.head().unwrap().status, 200);
    stage.picker.process.terminate();
    let ended = stage.picker.process.ended_within(Duration::from_secs(5));
    assert!(ended.success(), "{ended}");
}

/// Files of one command line, whose names the messages show as `DIR/...`.
struct Folder(TempDir);

impl Folder {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(TempDir::new().unwrap());
        for (name, text) in files {
            std::fs::write(folder.0.path().join(name), text).unwrap();
        }
        folder
    }

    /// Runs the picker in this folder to its end.
    fn run(&self, flags: &[&str]) -> Output {
        let mut command: Command = picker::command();
        command.current_dir(self.0.path()).args(flags);
        command.output().unwrap()
    }
}

const ENDPOINTS: &str = "endpoints:\n- {name: one, address: 127.0.0.1, port: 8000}\n";

#[test]
fn check_says_what_a_command_line_resolves_to() {
    let folder = Folder::new(&[("endpoints.yaml", ENDPOINTS)]);
    let flags = [
        "--check",
        "--endpoints-file=endpoints.yaml",
        "--pool-namespace=prod",
    ];
    let output = folder.run(&flags);
    assert!(output.status.success(), "{output:?}");
    let told = String::from_utf8(output.stdout).unwrap();
    for part in [
        "queue-scorer",
        "component of max-score-picker: ",
        "note: --pool-namespace",
        "endpoints: 1 in endpoints.yaml\n",
    ] {
        assert!(told.contains(part), "no {part} in:\n{told}");
    }
}

#[test]
fn check_finds_what_a_start_would() {
    let folder = Folder::new(&[(
        "endpoints.yaml",
        "endpoints: [{name: one, address: here, port: 1}]",
    )]);
    let output = folder.run(&["--check", "--endpoints-file=endpoints.yaml"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stderr).contains("endpoints.yaml"));
}

/// The picker does not start, and its last words are these.
fn check_bad_start(files: &[(&str, &str)], flags: &[&str], expected: &Expect) {
    let output = Folder::new(files).run(flags);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{flags:?}: {said}");
    let told = said.lines().skip_while(|line| line.starts_with('{'));
    expected.assert_eq(&told.collect::<Vec<_>>().join("\n"));
}

#[test]
fn bad_starts_name_what_is_wrong() {
    let endpoints = ("endpoints.yaml", ENDPOINTS);
    let given = "--endpoints-file=endpoints.yaml";
    check_bad_start(
        &[],
        &[],
        &expect![[
            r#"switchyard-epp: nothing says which endpoints there are: give --endpoints-file FILE, or a plugin of type `file-discovery` that `dataLayer.discovery` refers to"#
        ]],
    );
    check_bad_start(
        &[],
        &["--endpoints-file=missing.yaml"],
        &expect![[
            r#"switchyard-epp: endpoints file missing.yaml: No such file or directory (os error 2); give the path of a readable file"#
        ]],
    );
    check_bad_start(
        &[endpoints],
        &[given, "--config-file=missing.yaml"],
        &expect![[
            r#"switchyard-epp: --config-file missing.yaml cannot be read: No such file or directory (os error 2)"#
        ]],
    );
    check_bad_start(
        &[(
            "endpoints.yaml",
            "endpoints:\n- {name: one, address: model-server, port: 99999}\n",
        )],
        &[given],
        &expect![[r#"
            switchyard-epp: endpoints.yaml: endpoints[0].address: found "model-server"; expected an IPv4 or IPv6 literal, such as 10.0.0.7 or fd00::7 (no host names, brackets or ports)
            endpoints.yaml: endpoints[0].port: found 99999; expected a port from 1 to 65535"#]],
    );
    let bad = "
apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
plugins:
- type: queue-scorr
schedulingProfiles:
- name: default
  plugins: [{pluginRef: queue-scorer, weight: heavy}]
";
    check_bad_start(
        &[endpoints, ("config.yaml", bad)],
        &[given, "--config-file=config.yaml"],
        &expect![[r#"
            switchyard-epp: config.yaml: schedulingProfiles[0].plugins[0].weight: found "heavy"; expected a number
            config.yaml: plugins[0].type: found "queue-scorr", an unknown plugin type; expected a known type, or a `component` that brings this one; did you mean `queue-scorer`?
            config.yaml: schedulingProfiles[0].plugins[0].pluginRef: found "queue-scorer", which `plugins` does not declare; expected one of the declared plugins: queue-scorr; did you mean `queue-scorr`?"#]],
    );
    let none = "
apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
plugins:
- type: mine
  component: {file: mine.wasm}
schedulingProfiles:
- name: default
  plugins: [{pluginRef: mine}]
";
    let flags = [given, "--config-file=config.yaml"];
    check_bad_start(
        &[endpoints, ("config.yaml", none)],
        &flags,
        &expect![[
            r#"switchyard-epp: plugin `mine`: its component mine.wasm cannot be read: No such file or directory (os error 2)"#
        ]],
    );
    let text = ("mine.wasm", "this is no component");
    check_bad_start(
        &[endpoints, ("config.yaml", none), text],
        &flags,
        &expect![[
            r#"switchyard-epp: plugin `mine`: not WebAssembly: the file starts with `74 68 69 73` instead of `00 61 73 6d`; give a component, the `.wasm` file that `switchyard plugin build` writes"#
        ]],
    );
    check_bad_start(
        &[endpoints],
        &[given, "--secure-serving=true", "--cert-path=certificates"],
        &expect![[
            r#"switchyard-epp: cannot read certificates: No such file or directory (os error 2); --cert-path is a folder with tls.crt and tls.key, or a PEM file"#
        ]],
    );
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("0.0.0.0:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    for flag in ["--grpc-port", "--grpc-health-port", "--metrics-port"] {
        let folder = Folder::new(&[("endpoints.yaml", ENDPOINTS)]);
        let output = folder.run(&["--endpoints-file=endpoints.yaml", &format!("{flag}={port}")]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        let expected = format!("switchyard-epp: {flag}: cannot listen on 0.0.0.0:{port}: ");
        assert!(said.contains(&expected), "{said}");
    }
}
