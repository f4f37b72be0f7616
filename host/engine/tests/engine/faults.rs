//! Every limit fires, and says why.

use std::time::{Duration, Instant};

use expect_test::expect;
use switchyard_engine::Limits;
use switchyard_scheduler::{Cause, Lane};

use crate::guest::Guest;
use crate::harness::{Bench, Log, call, lane, limits, request, score, score_when_ready};

/// The guest's `score` ends with this cause, and a message that holds these words; then a spare answers with the
/// same.
fn check(guest: &Guest, cause: Cause, words: &str) {
    let (plugin, mut lane) = lane(guest);
    for _ in 0..2 {
        let fault = score_when_ready(&mut lane).unwrap_err();
        assert_eq!(fault.cause, cause, "{}", fault.message);
        assert!(fault.message.contains(words), "{}", fault.message);
    }
    let stats = plugin.stats();
    assert!(stats.faults[cause.as_str()] >= 2, "{:?}", stats.faults);
    assert_eq!(stats.last_fault.unwrap().cause, cause);
    assert_eq!(stats.first_fault.unwrap().cause, cause);
}

#[test]
fn memory() {
    let grow = "(if (i32.eq (memory.grow (i32.const 1000)) (i32.const -1)) (then (unreachable))) (call $answer (i32.const 0) (i32.const 2))";
    check(
        &Guest::scorer(grow),
        Cause::Memory,
        "limit of 4194304 bytes",
    );
}

#[test]
fn memory_high_water_is_seen() {
    let grow = "(drop (memory.grow (i32.const 3))) (call $answer (local.get 2) (local.get 1))";
    let (plugin, mut lane) = lane(&Guest::scorer(grow));
    assert!(score(&mut lane).is_ok());
    assert_eq!(plugin.stats().memory_high_bytes, 20 * 65536);
}

#[test]
fn host_call_bytes_from_the_guest() {
    let huge = "(call $answer (i32.const 0) (i32.const 135000))";
    check(&Guest::scorer(huge), Cause::HostBytes, "too much data");
}

#[test]
fn host_call_bytes_to_the_guest() {
    // The body has 100,000 bytes and the limit is 1 MiB; the guest's memory is reset each time around.
    let guest = Guest::scorer(
        "(loop $again
            (global.set $heap (i32.const 1048576))
            (call $body (i64.const 0) (i32.const 100000) (global.get $list))
            (br $again))
         (unreachable)",
    )
    .import(
        "request",
        r#"(import "switchyard:plugin/request@0.1.0" "body" (func $body (param i64 i32 i32)))"#,
    );
    let bench = Bench {
        limits: Limits {
            memory_bytes: 8 << 20,
            ..limits()
        },
        ..Bench::default()
    };
    let (_, mut lane) = bench.lane(&guest);
    let fault = score(&mut lane).unwrap_err();
    assert_eq!(fault.cause, Cause::HostBytes, "{}", fault.message);
    assert!(fault.message.contains("1048576 bytes"), "{}", fault.message);
}

#[test]
fn stack_overflow() {
    let guest = Guest::scorer("(call $deeper) (unreachable)")
        .core("(func $deeper (call $deeper) (call $deeper))");
    check(&guest, Cause::StackOverflow, "stack");
}

#[test]
fn a_trap_names_where() {
    let guest = Guest::scorer("(call $oops) (unreachable)").core("(func $oops (unreachable))");
    check(&guest, Cause::Trap, "in `oops`");
}

/// A scorer that logs this at this level and then traps.
fn last_words(level: u8, words: &str) -> Guest {
    let length = words.len();
    Guest::scorer(&format!(
        "(call $log (i32.const {level}) (i32.const 3072) (i32.const {length})) (call $oops) (unreachable)"
    ))
    .core("(func $oops (unreachable))")
    .string(3072, words)
    .import(
        "log",
        r#"(import "switchyard:plugin/log@0.1.0" "write" (func $log (param i32 i32 i32)))"#,
    )
}

#[test]
fn a_panic_reaches_the_log_and_the_fault() {
    let words = "panicked at src/scorer.rs:12: index out of bounds";
    let (plugin, mut lane) = lane(&last_words(3, words));
    let log = Log::default();
    let fault = log.during(|| score(&mut lane)).unwrap_err();
    expect![
        "trap: panicked at src/scorer.rs:12: index out of bounds (wasm `unreachable` instruction executed, in `oops`)"
    ]
    .assert_eq(&fault.to_string());
    assert_eq!(plugin.stats().last_fault.unwrap().message, fault.message);
    let lines = log.lines();
    let logged = lines.iter().find(|line| line.contains(words)).unwrap();
    assert!(
        logged.contains("ERROR") && logged.contains(r#"plugin="subject""#),
        "{logged}"
    );
}

#[test]
fn a_panic_is_heard_when_the_log_is_full() {
    let bench = Bench {
        limits: Limits {
            log_bytes: 4,
            ..limits()
        },
        ..Bench::default()
    };
    let (_, mut lane) = bench.lane(&last_words(3, "no tokens"));
    let fault = score(&mut lane).unwrap_err();
    assert!(
        fault.message.starts_with("no tokens ("),
        "{}",
        fault.message
    );
}

#[test]
fn what_is_no_error_is_no_last_word() {
    let (_, mut lane) = lane(&last_words(2, "busy"));
    let fault = score(&mut lane).unwrap_err();
    assert!(!fault.message.contains("busy"), "{}", fault.message);
}

#[test]
fn the_last_words_of_one_call_are_not_those_of_the_next() {
    // Complains and answers, then traps without a word.
    let guest = last_words(3, "no tokens").body(
        "score",
        "(if (f64.gt (f64.load (local.get 2)) (f64.const 0.5)) (then (unreachable)))
         (call $log (i32.const 3) (i32.const 3072) (i32.const 9))
         (call $answer (local.get 2) (local.get 1))",
    );
    let (_, mut lane) = lane(&guest);
    score(&mut lane).unwrap();
    let request = request();
    let fault = lane.score(call(&request), &[3], &[0.75], &mut Vec::new());
    let message = fault.unwrap_err().message;
    assert!(!message.contains("no tokens"), "{message}");
}

#[test]
fn wrong_answers() {
    let set = |at: u32, value: &str| {
        format!("(f64.store offset={at} (global.get $list) (f64.const {value}))")
    };
    for (body, cause) in [
        (
            "(call $answer (local.get 2) (i32.const 1))".to_owned(),
            Cause::WrongLength,
        ),
        (
            format!(
                "{} (call $answer (global.get $list) (i32.const 2))",
                set(8, "nan")
            ),
            Cause::NotFinite,
        ),
        (
            format!(
                "{} (call $answer (global.get $list) (i32.const 2))",
                set(0, "inf")
            ),
            Cause::NotFinite,
        ),
        (
            "(call $answer (i32.const -8) (i32.const 2))".to_owned(),
            Cause::Trap,
        ),
        (
            "(call $refuse (i32.const 429))".to_owned(),
            Cause::Said { code: 429 },
        ),
        (
            "(call $refuse (i32.const 0))".to_owned(),
            Cause::Said { code: 0 },
        ),
        (
            "(call $refuse (i32.const 200))".to_owned(),
            Cause::BadAnswer,
        ),
    ] {
        let (_, mut lane) = lane(&Guest::scorer(&body));
        let fault = score(&mut lane).unwrap_err();
        assert_eq!(fault.cause, cause, "{body}: {}", fault.message);
    }
}

#[test]
fn a_wrong_answer_costs_no_instance() {
    let (plugin, mut lane) = lane(&Guest::scorer("(call $answer (local.get 2) (i32.const 1))"));
    for _ in 0..50 {
        assert_eq!(score(&mut lane).unwrap_err().cause, Cause::WrongLength);
    }
    assert_eq!(plugin.stats().spare_swaps, 0);
}

/// Traps when the request's first input is not 0.25, as `score_when_ready` has it.
const FIRST_CALL_TRAPS: &str = "
    (if (f64.gt (f64.load (local.get 2)) (f64.const 0.5)) (then (unreachable)))
    (call $answer (local.get 2) (local.get 1))";

#[test]
fn a_spare_takes_over_at_once() {
    let (plugin, mut lane) = lane(&Guest::scorer(FIRST_CALL_TRAPS));
    let request = crate::harness::request();
    let mut took = Vec::new();
    for round in 1..=20 {
        std::thread::sleep(Duration::from_millis(10));
        let mut scores = Vec::new();
        let start = Instant::now();
        let trapped = lane.score(crate::harness::call(&request), &[3], &[0.75], &mut scores);
        let trapped_after = start.elapsed();
        let again = lane.score(crate::harness::call(&request), &[3], &[0.25], &mut scores);
        took.push((start.elapsed(), trapped_after));
        assert_eq!(trapped.unwrap_err().cause, Cause::Trap);
        again.unwrap();
        assert_eq!(scores, [0.25]);
        assert_eq!(plugin.stats().spare_swaps, round);
    }
    took.sort_unstable();
    println!(
        "trapping call and next good call, median: {:?} (the trap itself {:?})",
        took[10].0, took[10].1
    );
}

#[test]
fn without_a_spare_the_call_says_so() {
    // Two traps in a row, faster than any thread makes a spare, sooner or later meet an empty place.
    let (_, mut lane) = lane(&Guest::scorer("(unreachable)"));
    let causes: Vec<Cause> = (0..50)
        .map(|_| score(&mut lane).unwrap_err().cause)
        .collect();
    assert!(
        causes.contains(&Cause::Trap) && causes.contains(&Cause::NoInstance),
        "{causes:?}"
    );
    assert_eq!(score_when_ready(&mut lane).unwrap_err().cause, Cause::Trap);
}
