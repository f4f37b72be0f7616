//! A plugin runs for weeks: its memory after a million calls is what it was after the first thousands, also where
//! the language collects garbage, and what it was told stays as it was told.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde_json::{Value, json};
use switchyard_build::contract::Stage;
use switchyard_build::language::Language;
use switchyard_cli::trial::scene::endpoint;
use switchyard_cli::trial::{Answer, Guest, Question, Scene, Trial};
use switchyard_engine::Limits;
use switchyard_scheduler::{HeaderSource, Request};

use crate::languages::make_and_build;
use crate::plugin::{for_wasm, shared};
use crate::support::{copied, run, switchyard};

/// After so many calls everything that is allocated once is there.
const WARM: u64 = 20_000;

struct Headers(String);

impl HeaderSource for Headers {
    fn header(&self, name: &str) -> Option<String> {
        (name == "x-request-id").then(|| self.0.clone())
    }
}

/// A scene whose request is like no other's.
fn scene(number: u64, count: u32) -> Scene {
    let id = format!("request-{number}");
    let mut request = Request::new(id.clone(), number, number, Box::new(Headers(id)));
    request.path = format!("/v1/{number}/completions");
    request.model = format!("model-{number}");
    request.target_model = format!("target-{number}");
    request.profiles = [Arc::from("default")].into();
    request.keep_body(format!("{{\"prompt\": {number}}}").into_bytes());
    let named = |row: u32| Arc::new(endpoint(row, &format!("pod-{row}"), BTreeMap::new()));
    let waiting = (0..count).map(|row| f64::from(row % 12));
    Scene {
        endpoints: (0..count).map(named).collect(),
        rows: (0..count).collect(),
        columns: [("waiting-requests".to_owned(), waiting.collect())].into(),
        scalars: BTreeMap::new(),
        request: Arc::new(request),
        profile: "default".to_owned(),
    }
}

fn start(component: &Path, settings: &Value) -> Guest {
    let bytes = std::fs::read(component).expect("it was built");
    let file = component.display().to_string();
    let trial = Trial::new(&file, "subject", &bytes, false).expect("it loads");
    // A busy machine must not fail a test that is not about time.
    let patient = std::time::Duration::from_secs(20);
    let limits = Limits {
        call: patient,
        start: patient,
        ..trial.limits()
    };
    trial.start(settings, limits).expect("it starts")
}

/// Scores so often; the memory after the warm calls, and at the end.
fn memory(component: &Path, calls: u64) -> (usize, usize) {
    let mut guest = start(component, &json!({}));
    let scene = scene(1, 10);
    guest.tell(&scene);
    let mut warm = 0;
    for number in 0..calls {
        let answer = guest.ask(&scene, &Question::Score);
        assert!(answer.is_ok(), "call {number}: {answer:?}");
        if number == WARM {
            warm = guest.last_call().memory_bytes;
        }
    }
    (warm, guest.last_call().memory_bytes)
}

#[track_caller]
fn is_flat(component: &Path, calls: u64) {
    let (warm, end) = memory(component, calls);
    assert!(warm > 0);
    assert_eq!(
        warm,
        end,
        "{}: it grew within {calls} calls",
        component.display()
    );
}

#[test]
fn a_million_calls_in_rust() {
    let component = make_and_build("flat-rust", Language::Rust, &[Stage::Scorer]);
    is_flat(&component, 1_000_000);
}

#[test]
fn a_million_calls_in_c() {
    let component = make_and_build("flat-c", Language::C, &[Stage::Scorer]);
    is_flat(&component, 1_000_000);
}

/// One of the guests that the Go SDK is tested with.
fn go_guest(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../go/testguests");
    let folder = copied(&folder.join(name), &format!("go-{name}"));
    let mut command = switchyard(&["plugin", "build", "--dir"]);
    let ended = run(for_wasm(shared(command.arg(&folder))));
    assert_eq!(ended.code, 0, "{}", ended.err);
    folder.join(format!("{name}.wasm"))
}

#[test]
fn a_million_calls_under_garbage_collection_in_go() {
    let component = go_guest("garbage");
    let (warm, end) = memory(&component, 1_000_000);
    assert!(warm > 0);
    // A collector ends when it ends: some cycles later than others, but never further away with every call.
    assert!(end <= warm * 2, "it grew from {warm} to {end} bytes");
}

#[test]
fn what_a_plugin_in_go_was_told_stays_as_it_was() {
    let mut guest = start(&go_guest("keeper"), &json!({"tell": true}));
    guest.tell(&scene(0, 2));
    let mut last = Vec::new();
    for number in 0..15_000 {
        match guest.ask(&scene(number, 2), &Question::Score) {
            Ok(Answer::Scores(scores)) => last = scores,
            other => panic!("call {number}: {other:?}"),
        }
        assert_eq!(
            last.first(),
            Some(&0.0),
            "a string changed by call {number}"
        );
    }
    assert_eq!(last, [0.0, 1.0], "it keeps as many as it can");
}
