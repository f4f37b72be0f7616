//! Which endpoints may be picked, and how the gateway is told of several.

use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::support::extproc::{self, Stream};
use crate::support::picker::{Endpoint, Picker, PickerOptions};
use crate::support::stage::endpoint;
use crate::support::wait;

const BODY: &[u8] =
    br#"{"model":"m","prompt":"hello, this is a prompt of more than a block or two of tokens"}"#;

fn start(directory: &TempDir, config: &str, endpoints: Vec<Endpoint>, flags: &[&str]) -> Picker {
    let options = PickerOptions {
        config: config.to_owned(),
        endpoints,
        flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
    };
    Picker::start(directory.path(), &options)
}

/// The decision about one request to a gateway that allows only `subset`.
fn decided(picker: &Picker, subset: &str) -> Result<String, (i32, String)> {
    extproc::run(async {
        let channel = extproc::connect(picker.grpc).await;
        let mut stream = Stream::open_subset(&channel, "subset", subset).await;
        stream.body(BODY, true).await;
        stream.decision().await
    })
}

#[test]
fn the_gateways_subset_is_kept_to() {
    let directory = TempDir::new().unwrap();
    let both = || vec![endpoint(8000), endpoint(8001)];
    let picker = start(&directory, "", both(), &[]);
    for (subset, expected) in [
        ("127.0.0.1:8001", "127.0.0.1:8001"),
        ("127.0.0.1:8000,10.0.0.1", "127.0.0.1:8000"),
    ] {
        for _ in 0..8 {
            assert_eq!(decided(&picker, subset).unwrap(), expected);
        }
    }
    assert!(decided(&picker, "127.0.0.1").is_ok(), "any port of it");
    for nobody in ["10.0.0.1", "", "not an address"] {
        let (status, said) = decided(&picker, nobody).unwrap_err();
        assert_eq!(status, 503, "{nobody}: {said}");
        assert!(said.contains("rejected-no-endpoints"), "{nobody}: {said}");
    }
    drop(picker);

    let deaf = start(
        &directory,
        "",
        both(),
        &["--disable-endpoint-subset-filter"],
    );
    assert!(decided(&deaf, "10.0.0.1").is_ok());
}

#[test]
fn several_targets_are_told_best_first() {
    let directory = TempDir::new().unwrap();
    let config = "
apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
plugins:
- {type: max-score-picker, parameters: {maxNumOfEndpoints: 3}}
schedulingProfiles:
- {name: default, plugins: [{pluginRef: max-score-picker}]}
";
    let endpoints = vec![endpoint(8000), endpoint(8001)];
    let picker = start(&directory, config, endpoints, &[]);
    let destination = extproc::run(async {
        let channel = extproc::connect(picker.grpc).await;
        let mut stream = Stream::open(&channel, "several").await;
        stream.body(BODY, true).await;
        stream.decision().await.unwrap()
    });
    let decision = &picker.decision("several").json()["decision"];
    let port = |at: usize| match decision["targets"][at]["row"].as_u64() {
        Some(0) => 8000,
        Some(1) => 8001,
        other => panic!("row {other:?}"),
    };
    let expected = format!("127.0.0.1:{},127.0.0.1:{}", port(0), port(1));
    assert_eq!(destination, expected);
    assert_ne!(port(0), port(1));
}

#[test]
fn a_prefill_pick_is_counted_until_the_first_token_whatever_its_profile_is_called() {
    let directory = TempDir::new().unwrap();
    let config = "
apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
plugins:
- {type: decode-filter}
- {type: prefill-filter}
- {type: prefix-cache-scorer}
- {type: always-disagg-pd-decider}
- type: disagg-profile-handler
  parameters: {profiles: {decode: d, prefill: prompt}, deciders: {prefill: always-disagg-pd-decider}}
schedulingProfiles:
- {name: d, plugins: [{pluginRef: decode-filter}, {pluginRef: prefix-cache-scorer}]}
- {name: prompt, plugins: [{pluginRef: prefill-filter}, {pluginRef: prefix-cache-scorer}]}
";
    let role = |port, role: &str| Endpoint {
        labels: format!("{{llm-d.ai/role: {role}}}"),
        ..endpoint(port)
    };
    let endpoints = vec![
        role(8000, "decode"),
        role(8001, "prefill"),
        role(8002, "prefill"),
    ];
    let picker = start(&directory, config, endpoints, &[]);
    extproc::run(async {
        let channel = extproc::connect(picker.grpc).await;
        let mut stream = Stream::open(&channel, "first").await;
        stream.body(BODY, true).await;
        assert_eq!(stream.decision().await.unwrap(), "127.0.0.1:8000");
        let both = |seen: &(f64, f64)| seen.0 == 2.0;
        wait::for_value("in flight", || picker.in_flight(), both);
        stream.response(200, b"the first token").await;
        sent().await;
        picker.await_in_flight(1.0);
        stream.response_body(b"", true).await;
        sent().await;
        picker.await_in_flight(0.0);

        // The server that prefilled it is known to hold it: every later one goes there too.
        let prefilled = |id: &str| picked(&picker, id, "prompt");
        let first = prefilled("first");
        for number in 0..8 {
            let id = format!("again-{number}");
            let mut stream = Stream::open(&channel, &id).await;
            stream.body(BODY, true).await;
            stream.decision().await.unwrap();
            assert_eq!(prefilled(&id), first);
        }
    });
}

/// Lets this thread's connection send what it was given.
async fn sent() {
    tokio::time::sleep(Duration::from_millis(50)).await;
}

/// What a profile picked for a request.
fn picked(picker: &Picker, request_id: &str, profile: &str) -> Value {
    let decision = picker.decision(request_id).json();
    let profiles = decision["profiles"].as_array().unwrap();
    let named = profiles.iter().find(|it| it["profile"] == profile);
    named.unwrap()["picked"].clone()
}
