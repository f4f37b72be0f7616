//! What the imports answer, what is recorded of it, and what a replay serves.

use serde_json::json;
use switchyard_scheduler::{Cause, ImportAnswer, Lane, content_hash};

use crate::guest::Guest;
use crate::harness::{Bench, Log, lane, score};

const REQUEST: &str = r#"
    (import "switchyard:plugin/request@0.1.0" "header" (func $header (param i32 i32 i32)))
    (import "switchyard:plugin/request@0.1.0" "now-ms" (func $now (result i64)))
    (import "switchyard:plugin/request@0.1.0" "body" (func $body (param i64 i32 i32)))
"#;

/// Scores the first row with the time in ms and the second with the length of the header `x-tenant`.
fn curious() -> Guest {
    Guest::scorer(
        "(f64.store (global.get $list) (f64.convert_i64_u (call $now)))
         (call $header (i32.const 3072) (i32.const 8) (i32.const 4000))
         (f64.store offset=8 (global.get $list) (f64.convert_i32_u (i32.load (i32.const 4008))))
         (call $body (i64.const 99998) (i32.const 9) (i32.const 4000))
         (call $answer (global.get $list) (i32.const 2))",
    )
    .string(3072, "x-tenant")
    .import("request", REQUEST)
}

fn answer(call: &str, answer: serde_json::Value) -> ImportAnswer {
    ImportAnswer {
        call: call.to_owned(),
        answer,
    }
}

fn piece(bytes: &[u8]) -> serde_json::Value {
    json!({ "bytes": bytes.len(), "xxh3": format!("{:016x}", content_hash(bytes)) })
}

fn recorded() -> Vec<ImportAnswer> {
    vec![
        answer("request.now-ms()", json!("1700000000123")),
        answer(r#"request.header("x-tenant")"#, json!("acme")),
        // A record holds no prompts.
        answer("request.body(99998, 9)", piece(b"xx")),
    ]
}

#[test]
fn answers_are_kept_while_recording_is_on() {
    let (_, mut lane) = lane(&curious());
    score(&mut lane).unwrap();
    assert_eq!(lane.take_import_answers(), []);
    lane.set_recording(true);
    assert_eq!(score(&mut lane).unwrap(), [1_700_000_000_123.0, 4.0]);
    assert_eq!(lane.take_import_answers(), recorded());
    assert_eq!(lane.take_import_answers(), [], "taken once");
    lane.set_recording(false);
    score(&mut lane).unwrap();
    assert_eq!(lane.take_import_answers(), []);
}

#[test]
fn a_replay_serves_the_record() {
    let (_, mut lane) = lane(&curious());
    let mut answers = recorded();
    answers[0].answer = json!("42");
    answers[1].answer = json!("sixsix");
    lane.replay_answers(answers);
    assert_eq!(score(&mut lane).unwrap(), [42.0, 6.0]);
    assert_eq!(lane.replay_left(), 0);
    let fault = score(&mut lane).unwrap_err();
    assert!(
        fault
            .message
            .contains("the record has no further call here"),
        "{}",
        fault.message
    );
}

#[test]
fn a_replay_that_goes_another_way_is_a_fault() {
    let mut swapped = recorded();
    swapped.swap(0, 1);
    let mut other_type = recorded();
    other_type[0].answer = json!([1]);
    let mut other_body = recorded();
    other_body[2].answer = piece(b"yy");
    for (answers, words) in [
        (other_body, "request.body(99998, 9) gave other bytes"),
        (
            swapped,
            r#"called request.now-ms(), and the record has request.header("x-tenant") here"#,
        ),
        (other_type, "an answer of another type"),
    ] {
        let (_, mut lane) = lane(&curious());
        lane.replay_answers(answers);
        let fault = score(&mut lane).unwrap_err();
        assert_eq!(fault.cause, Cause::Trap);
        assert!(fault.message.contains(words), "{}", fault.message);
    }
}

#[test]
fn secrets_are_recorded_as_hashes() {
    let guest = Guest::scorer(
        "(call $header (i32.const 3072) (i32.const 6) (i32.const 4000))
         (f64.store (global.get $list) (f64.convert_i32_u (i32.load (i32.const 4008))))
         (f64.store offset=8 (global.get $list) (f64.const 0))
         (call $answer (global.get $list) (i32.const 2))",
    )
    .string(3072, "cookie")
    .import("request", REQUEST);
    let (_, mut lane) = lane(&guest);
    lane.set_recording(true);
    assert_eq!(score(&mut lane).unwrap(), [5.0, 0.0], "the guest sees it");
    let hidden = format!("hidden:{:016x}", content_hash(b"crumb"));
    let shown = answer(r#"request.header("cookie")"#, json!(hidden));
    assert_eq!(lane.take_import_answers(), [shown]);
}

#[test]
fn a_log_flood_is_cut_and_told_once() {
    let guest = Guest::scorer(
        "(local.set $i (i32.const 5000))
         (loop $again
            (global.set $heap (i32.const 1048576))
            (call $log (i32.const 1) (i32.const 3072) (i32.const 100))
            (br_if $again (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
         (f64.store (global.get $list) (f64.const 0))
         (f64.store offset=8 (global.get $list) (f64.const 0))
         (call $answer (global.get $list) (i32.const 2))",
    )
    .string(3072, &"z".repeat(100))
    .import(
        "log",
        r#"(import "switchyard:plugin/log@0.1.0" "write" (func $log (param i32 i32 i32)))"#,
    );
    let (_, mut lane) = lane(&guest);
    for _ in 0..2 {
        let log = Log::default();
        log.during(|| score(&mut lane)).unwrap();
        let count = |words: &str| {
            log.lines()
                .iter()
                .filter(|line| line.contains(words))
                .count()
        };
        assert_eq!(count("zzz"), (64 << 10) / 100);
        assert_eq!(count("more than 65536 bytes in one call"), 1);
    }
}

#[test]
fn own_columns_are_written_by_position() {
    let guest = Guest::scorer(
        "(call $set (i32.const 0) (i32.const 3) (f64.const 1.5))
         (call $set (i32.const 1) (i32.const 3) (f64.const 2.5))
         (call $set (i32.const 0) (i32.const 5000) (f64.const 3.5))
         (call $answer (local.get 2) (local.get 1))",
    )
    .import(
        "own-columns",
        r#"(import "switchyard:plugin/own-columns@0.1.0" "set" (func $set (param i32 i32 f64)))"#,
    );
    let bench = Bench::default();
    let (plugin, mut lane) = bench.lane(&guest);
    score(&mut lane).unwrap();
    assert_eq!(*bench.columns.declared.lock().unwrap(), ["subject/hat"]);
    let written = [(0, 3, 1.5), (0, 5000, 3.5)];
    assert_eq!(*bench.columns.writes.lock().unwrap(), written);
    assert_eq!(plugin.stats().ignored_writes, 2);
    lane.replay_answers(Vec::new());
    score(&mut lane).unwrap();
    assert_eq!(
        bench.columns.writes.lock().unwrap().len(),
        2,
        "a replay writes nothing"
    );
    lane.set_recording(false);
    lane.set_aside(|_| true);
    score(&mut lane).unwrap();
    assert_eq!(bench.columns.writes.lock().unwrap().len(), 2, "nor a trial");
    assert_eq!(plugin.stats().calls, 2);
    lane.set_aside(|_| false);
    score(&mut lane).unwrap();
    assert_eq!(bench.columns.writes.lock().unwrap().len(), 4);
    assert_eq!(plugin.stats().calls, 3);
}

#[test]
fn what_is_told_aside_writes_nothing() {
    let guest = Guest::new(&["scorer"])
        .body(
            "endpoints-changed",
            "(call $set (i32.const 0) (i32.const 3) (f64.const 1.5)) (call $clear) (global.get $ret)",
        )
        .import(
            "own-columns",
            r#"(import "switchyard:plugin/own-columns@0.1.0" "set" (func $set (param i32 i32 f64)))"#,
        );
    let bench = Bench::default();
    let (_, mut lane) = bench.lane(&guest);
    let writes = || bench.columns.writes.lock().unwrap().len();
    lane.set_aside(|_| true);
    lane.endpoints_changed(1, &[]);
    assert_eq!(writes(), 0);
    lane.set_aside(|_| false);
    lane.endpoints_changed(2, &[]);
    assert!(writes() > 0);
}

/// Scores with what `state.get("hat")` answers (1 or 0), then sets it. The value is what follows 3072.
fn keeper(value_bytes: u32) -> Guest {
    Guest::scorer(&format!(
        "(call $get (i32.const 600) (i32.const 3) (i32.const 4000))
         (f64.store (global.get $list) (f64.convert_i32_u (i32.load8_u (i32.const 4000))))
         (call $set (i32.const 600) (i32.const 3) (i32.const 3072) (i32.const {value_bytes}) (i32.const 0) (i32.const 4000))
         (f64.store offset=8 (global.get $list) (f64.convert_i32_u (i32.load8_u (i32.const 4000))))
         (call $answer (global.get $list) (i32.const 2))"
    ))
    .import(
        "state",
        r#"(import "switchyard:plugin/state@0.1.0" "get" (func $get (param i32 i32 i32)))
           (import "switchyard:plugin/state@0.1.0" "set" (func $set (param i32 i32 i32 i32 i32 i32)))"#,
    )
}

#[test]
fn state_outlives_instances() {
    let bench = Bench::default();
    let (_, mut first) = bench.lane(&keeper(5));
    assert_eq!(score(&mut first).unwrap(), [0.0, 0.0]);
    let (_, mut second) = bench.lane(&keeper(5));
    assert_eq!(score(&mut second).unwrap(), [1.0, 0.0]);
}

#[test]
fn state_needs_its_capability_and_has_a_largest_entry() {
    let nothing = keeper(5).body("configure", "(call $clear) (global.get $ret)");
    for (guest, expected) in [(nothing, [0.0, 1.0]), (keeper(1 << 20), [0.0, 1.0])] {
        let mut bench = Bench::default();
        bench.limits.host_bytes = 8 << 20;
        let (_, mut lane) = bench.lane(&guest);
        assert_eq!(score(&mut lane).unwrap(), expected);
        assert_eq!(score(&mut lane).unwrap(), expected, "nothing was kept");
    }
}
