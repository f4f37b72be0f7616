//! Plugins that break, in a running picker.

use std::path::Path;

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::envoy::Mode;
use crate::support::guest::Guest;
use crate::support::http::{self, Answer};
use crate::support::stage::Stage;
use crate::support::wait;

const TRAP: &str = "(unreachable)";
const LOOP: &str = "(loop $for_ever (br $for_ever)) (unreachable)";
/// For two endpoints.
const NOT_A_NUMBER: &str = "
    (f64.store (i32.const 2048) (f64.const 0.5))
    (f64.store (i32.const 2056) (f64.const nan))
    (call $answer (i32.const 2048) (local.get 1))";

/// The broken plugins: name, what they are, and the cause that is shown.
fn broken() -> [(&'static str, Guest, &'static str); 5] {
    [
        ("trapping", Guest::scorer(TRAP), "trap"),
        ("looping", Guest::scorer(LOOP), "deadline"),
        ("not-a-number", Guest::scorer(NOT_A_NUMBER), "not-finite"),
        (
            "trapping-filter",
            Guest::new(&["filter"]).body("keep", TRAP),
            "trap",
        ),
        (
            "trapping-picker",
            Guest::new(&["picker"]).body("pick", TRAP),
            "trap",
        ),
    ]
}

/// A configuration with these broken plugins before `queue-scorer`.
fn config(folder: &Path, names: &[&str], extra: &str) -> String {
    let (mut plugins, mut refs) = (String::new(), String::new());
    for (name, guest, _) in broken().iter().filter(|(name, ..)| names.contains(name)) {
        let file = folder.join(format!("{name}.wasm"));
        std::fs::write(&file, guest.build()).unwrap();
        let file = file.display();
        plugins.push_str(&format!(
            "- {{type: {name}, component: {{file: {file}}}, limits: {{call: 20ms}}{extra}}}\n"
        ));
        refs.push_str(&format!("  - pluginRef: {name}\n"));
    }
    format!(
        "apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
plugins:
{plugins}- type: queue-scorer
schedulingProfiles:
- name: default
  plugins:
{refs}  - pluginRef: queue-scorer
"
    )
}

fn complete(stage: &Stage, id: &str) -> Answer {
    let body = json!({"model": "m", "prompt": "hello", "max_tokens": 2}).to_string();
    let headers = format!("x-request-id: {id}\r\n");
    http::ask(stage.address(), "POST /v1/completions", &headers, body)
}

#[test]
fn requests_are_answered_while_plugins_break() {
    let folder = TempDir::new().unwrap();
    let plugins = broken();
    let stage = Stage::new(Mode::FullDuplex, 2, |options| {
        let names = plugins.each_ref().map(|(name, ..)| *name);
        options.config = config(folder.path(), &names, "");
    });
    let first = complete(&stage, "first");
    assert_eq!(first.status, 200, "{}", first.text());
    let record = stage.picker.decision("first").json();
    for (name, _, cause) in &plugins {
        let call = call_of(&record["profiles"][0], name);
        assert_eq!(call["fault"]["cause"], *cause, "{name}: {call}");
    }
    assert!(!record["decision"].is_null());

    let mut asked = 1;
    for (name, _, cause) in &plugins {
        let ask_and_look = || {
            asked += 1;
            let answer = complete(&stage, &format!("request-{asked}"));
            assert_eq!(answer.status, 200, "{}", answer.text());
            stage.picker.plugin(name)
        };
        let open = |shown: &Value| shown["state"] == "open";
        let shown = wait::for_value(name, ask_and_look, open);
        assert_eq!(shown["first_fault"]["cause"], *cause, "{shown}");
        let message = shown["first_fault"]["message"].as_str().unwrap();
        assert!(!message.is_empty());
        assert!(shown["faults"][*cause].as_u64() >= Some(1), "{shown}");
        assert_eq!(shown["budgets"]["call_ms"], 20.0);
    }
    assert_eq!(stage.picker.plugin("queue-scorer")["state"], "closed");
    stage.picker.await_in_flight(0.0);
}

/// The call of a plugin in a profile's record.
fn call_of<'a>(profile: &'a Value, name: &str) -> &'a Value {
    let lists = ["filters", "scorers"].into_iter();
    let listed = lists.flat_map(|list| profile[list].as_array().unwrap());
    let mut calls = listed.chain([&profile["picker"]]);
    calls.find(|call| call["plugin"] == name).unwrap()
}

#[test]
fn a_plugin_that_must_not_fail_fails_the_request() {
    let folder = TempDir::new().unwrap();
    let stage = Stage::new(Mode::FullDuplex, 2, |options| {
        options.config = config(folder.path(), &["trapping"], ", onFault: fail");
    });
    // More of them than the breaker counts: a plugin that rests fails requests as well.
    for number in 0..8 {
        let answer = complete(&stage, &format!("request-{number}"));
        assert_eq!(answer.status, 503, "{}", answer.text());
        let error = answer.error();
        assert!(error.contains("plugin `trapping` failed"), "{error}");
    }
    assert_eq!(stage.picker.plugin("trapping")["state"], "open");
    let answer = http::get(stage.picker.metrics, "/healthz");
    assert_eq!(answer.status, 200);
    stage.picker.await_in_flight(0.0);
}
