//! The endpoints file changes while requests come.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::envoy::Mode;
use crate::support::http::{self, Client};
use crate::support::picker::{Endpoint, Picker, endpoints_yaml};
use crate::support::stage::{Stage, endpoints};
use crate::support::wait;

const RELOADS: u64 = 200;
const CLIENTS: u32 = 24;
const PER_SECOND: u32 = 500;

fn replace(file: &Path, text: &str) {
    let fresh = file.with_extension("fresh");
    std::fs::write(&fresh, text).unwrap();
    std::fs::rename(&fresh, file).unwrap();
}

fn discovery(picker: &Picker) -> Value {
    picker.page("/debug/endpoints")["discovery"].clone()
}

fn body(number: usize) -> String {
    json!({"model": "m", "prompt": format!("question {number}"), "max_tokens": 1}).to_string()
}

/// Asks at its share of the rate until told to stop; how many requests it made, and those that were lost.
fn client(stage: &Stage, stop: &AtomicBool) -> (usize, Vec<String>) {
    let pause = Duration::from_secs(1) * CLIENTS / PER_SECOND;
    let (start, mut made, mut lost) = (Instant::now(), 0, Vec::new());
    let mut client = Client::new(stage.address());
    while !stop.load(Ordering::Relaxed) {
        match client.ask("POST /v1/completions", "", body(made).as_bytes()) {
            Ok(answer) if answer.status == 200 => {}
            other => lost.push(format!("{other:?}")),
        }
        made += 1;
        let due = start + pause * made as u32;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    (made, lost)
}

#[test]
fn reloads_lose_no_request() {
    let stage = Stage::new(Mode::FullDuplex, 4, |_| {});
    let all = endpoints(&stage.servers);
    let lists: [&[Endpoint]; 2] = [&all[..3], &all[1..]];
    let stop = AtomicBool::new(false);
    let start = Instant::now();
    let outcomes: Vec<(usize, Vec<String>)> = std::thread::scope(|scope| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|_| scope.spawn(|| client(&stage, &stop)))
            .collect();
        for (reload, list) in (1..=RELOADS).zip(lists.iter().cycle()) {
            replace(&stage.picker.endpoints_file, &endpoints_yaml(list));
            let applied = || discovery(&stage.picker)["edits_applied"].as_u64();
            wait::for_value("edits applied", applied, |seen| *seen >= Some(reload));
        }
        stop.store(true, Ordering::Relaxed);
        clients
            .into_iter()
            .map(|client| client.join().unwrap())
            .collect()
    });
    let made: usize = outcomes.iter().map(|(made, _)| made).sum();
    let lost: Vec<_> = outcomes.iter().flat_map(|(_, lost)| lost).collect();
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{RELOADS} reloads in {seconds:.1} s, {made} requests, {} lost",
        lost.len()
    );
    assert!(
        made as u64 >= RELOADS,
        "{made} requests are none to speak of"
    );
    assert!(lost.is_empty(), "{} of {made}: {lost:?}", lost.len());
    stage.picker.await_in_flight(0.0);
    assert_eq!(discovery(&stage.picker)["edits_refused"], 0);
}

#[test]
fn a_bad_edit_is_refused_whole_and_the_old_list_stays() {
    let stage = Stage::new(Mode::FullDuplex, 2, |_| {});
    let all = endpoints_yaml(&endpoints(&stage.servers));
    let file = &stage.picker.endpoints_file;
    for (number, (bad, said)) in [
        (
            format!("{all}- {{name: three, address: model-server, port: 8000}}\n"),
            "model-server",
        ),
        (all[..all.len() - 20].to_owned(), "endpoints.yaml"),
        (String::new(), "endpoints.yaml"),
    ]
    .into_iter()
    .enumerate()
    {
        replace(file, &bad);
        let refused = |seen: &Value| seen["edits_refused"] == number + 1;
        let seen = wait::for_value("discovery", || discovery(&stage.picker), refused);
        let reason = seen["refusal"]["reason"].as_str().unwrap();
        assert!(reason.contains(said), "{reason}");
        assert_eq!(seen["endpoints"], 2);
        assert!(
            stage.picker.process.log().contains("refused"),
            "nothing in the log"
        );
        let answer = http::ask(stage.address(), "POST /v1/completions", "", body(number));
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    let counted = r#"switchyard_endpoint_updates_total{outcome="refused"}"#;
    assert_eq!(stage.picker.metric(counted), 3.0);

    replace(file, &endpoints_yaml(&endpoints(&stage.servers[..1])));
    let applied = |seen: &Value| seen["endpoints"] == 1 && seen["refusal"].is_null();
    wait::for_value("discovery", || discovery(&stage.picker), applied);
}
