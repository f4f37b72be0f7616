//! The closed WASI: nothing blocks, time and randomness are the request's, output is logged.

use switchyard_scheduler::Cause;

use crate::guest::Guest;
use crate::harness::{Log, lane, score, score_when_ready};

const CLOCK: &str = "wasi:clocks/monotonic-clock@0.2.6";
const POLL: &str = "wasi:io/poll@0.2.6";

/// A scorer that subscribes to a moment `wait` nanoseconds from now, then runs `body` with the pollable in `$i`.
fn waiting(wait: u64, body: &str) -> Guest {
    let answer = "(call $answer (local.get 2) (local.get 1))";
    Guest::scorer(&format!(
        "(local.set $i (call $subscribe (i64.const {wait}))) {body} {answer}"
    ))
    .import(
        CLOCK,
        r#"(import "wasi:clocks/monotonic-clock@0.2.6" "subscribe-duration" (func $subscribe (param i64) (result i32)))"#,
    )
    .import(
        POLL,
        r#"(import "wasi:io/poll@0.2.6" "[method]pollable.block" (func $block (param i32)))
           (import "wasi:io/poll@0.2.6" "poll" (func $poll (param i32 i32 i32)))"#,
    )
}

const POLL_ONE: &str = "(i32.store (global.get $list) (local.get $i))
    (call $poll (global.get $list) (i32.const 1) (global.get $ret))";

#[test]
fn blocking_is_a_fault_at_once() {
    for body in ["(call $block (local.get $i))", POLL_ONE] {
        let (_, mut lane) = lane(&waiting(3_600_000_000_000, body));
        for _ in 0..2 {
            let fault = score_when_ready(&mut lane).unwrap_err();
            assert_eq!(fault.cause, Cause::Trap);
            assert!(
                fault.message.contains("blocking is not offered"),
                "{}",
                fault.message
            );
        }
    }
}

#[test]
fn waiting_for_what_is_there_is_fine() {
    for body in ["(call $block (local.get $i))", POLL_ONE] {
        let (_, mut lane) = lane(&waiting(0, body));
        assert_eq!(score(&mut lane).unwrap(), [0.25, 0.75], "{body}");
    }
}

#[test]
fn clocks_and_random_numbers_are_the_requests() {
    let guest = Guest::scorer(
        "(f64.store (global.get $list) (f64.convert_i64_u (i64.div_u (call $now) (i64.const 1000000))))
         (f64.store offset=8 (global.get $list) (f64.convert_i64_u (call $random)))
         (call $answer (global.get $list) (i32.const 2))",
    )
    .import(CLOCK, r#"(import "wasi:clocks/monotonic-clock@0.2.6" "now" (func $now (result i64)))"#)
    .import(
        "wasi:random/random@0.2.6",
        r#"(import "wasi:random/random@0.2.6" "get-random-u64" (func $random (result i64)))"#,
    );
    let (_, mut lane) = lane(&guest);
    let first = score(&mut lane).unwrap();
    assert_eq!(first[0], 1_700_000_000_123.0);
    assert_eq!(
        score(&mut lane).unwrap(),
        first,
        "a repeated request sees the same"
    );
}

#[test]
fn output_is_logged_under_the_plugins_name() {
    let guest = Guest::scorer(
        "(call $write (call $stderr) (i32.const 3072) (i32.const 11) (global.get $ret)) (unreachable)",
    )
    .string(3072, "out of luck")
    .import(
        "wasi:io/streams@0.2.6",
        r#"(import "wasi:io/streams@0.2.6" "[method]output-stream.blocking-write-and-flush"
             (func $write (param i32 i32 i32 i32)))"#,
    )
    .import(
        "wasi:cli/stderr@0.2.6",
        r#"(import "wasi:cli/stderr@0.2.6" "get-stderr" (func $stderr (result i32)))"#,
    );
    let (_, mut lane) = lane(&guest);
    let log = Log::default();
    let fault = log.during(|| score(&mut lane)).unwrap_err();
    assert!(
        fault.message.starts_with("out of luck ("),
        "{}",
        fault.message
    );
    let lines = log.lines();
    let line = lines.iter().find(|line| line.contains("out of luck"));
    assert!(line.unwrap().contains(r#"plugin="subject""#), "{lines:?}");
}

#[test]
fn the_rest_answers_no() {
    // Every door is tried; the guest traps on the first that opens.
    let guest = Guest::scorer(
        "(call $environment (global.get $list))
         (if (i32.load offset=4 (global.get $list)) (then (unreachable)))
         (call $tcp (i32.const 0) (global.get $list))
         (if (i32.ne (i32.load8_u (global.get $list)) (i32.const 1)) (then (unreachable)))
         (if (i32.ne (i32.load8_u offset=4 (global.get $list)) (i32.const 1)) (then (unreachable)))
         (call $answer (local.get 2) (local.get 1))",
    )
    .import(
        "wasi:cli/environment@0.2.6",
        r#"(import "wasi:cli/environment@0.2.6" "get-environment" (func $environment (param i32)))"#,
    )
    .import(
        "wasi:sockets/tcp-create-socket@0.2.6",
        r#"(import "wasi:sockets/tcp-create-socket@0.2.6" "create-tcp-socket" (func $tcp (param i32 i32)))"#,
    );
    assert_eq!(score(&mut lane(&guest).1).unwrap(), [0.25, 0.75]);

    let guest = Guest::scorer("(call $exit (i32.const 1)) (unreachable)").import(
        "wasi:cli/exit@0.2.6",
        r#"(import "wasi:cli/exit@0.2.6" "exit" (func $exit (param i32)))"#,
    );
    let fault = score(&mut lane(&guest).1).unwrap_err();
    assert!(fault.message.contains("asked to exit"), "{}", fault.message);
}
