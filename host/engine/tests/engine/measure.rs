//! What a call cost can be read from the lane: fuel that counts the same each time, bytes, memory.

use switchyard_engine::{Engine, EngineLane, EngineOptions, LastCall};
use switchyard_scheduler::Lane;

use crate::guest::Guest;
use crate::harness::{Bench, call, lane, request, score};

fn counting() -> Bench {
    let engine = Engine::new(EngineOptions {
        max_instances: 16,
        fuel: true,
        ..EngineOptions::default()
    });
    Bench {
        engine: engine.unwrap(),
        ..Bench::default()
    }
}

/// Goes round as many times as there are rows, then hands the inputs back.
const A_TURN_A_ROW: &str = "
    (loop $turn
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $turn (i32.lt_u (local.get $i) (local.get 1))))
    (call $answer (local.get 2) (local.get 1))";

fn fuel_of(lane: &mut EngineLane, rows: u32) -> u64 {
    let rows: Vec<u32> = (0..rows).collect();
    let inputs = vec![0.5; rows.len()];
    let request = request();
    lane.score(call(&request), &rows, &inputs, &mut Vec::new())
        .unwrap();
    lane.last_call().fuel.unwrap()
}

#[test]
fn fuel_is_the_same_for_the_same_call_on_any_instance_and_grows_with_the_work() {
    let (plugin, mut lane) = counting().lane(&Guest::scorer(A_TURN_A_ROW));
    let few = fuel_of(&mut lane, 10);
    assert_eq!(fuel_of(&mut lane, 10), few);
    let mut second = EngineLane::new(&[plugin]).unwrap();
    assert_eq!(fuel_of(&mut second, 10), few);
    // Four instructions more per turn: constant, addition, comparison, branch and their operands.
    let more = fuel_of(&mut lane, 1010) - few;
    assert!((4000..20_000).contains(&more), "{more}");
}

#[test]
fn a_trap_has_burnt_fuel_too() {
    let (_, mut lane) = counting().lane(&Guest::scorer("(unreachable)"));
    score(&mut lane).unwrap_err();
    assert!(lane.last_call().fuel.unwrap() > 0);
}

#[test]
fn a_picker_counts_no_fuel() {
    let (_, mut lane) = lane(&Guest::new(&["scorer"]));
    score(&mut lane).unwrap();
    assert_eq!(lane.last_call().fuel, None);
}

#[test]
fn bytes_and_memory_of_a_call() {
    let guest = Guest::scorer(
        "(call $log (i32.const 1) (i32.const 3072) (i32.const 9))
         (call $body (i64.const 0) (i32.const 1000) (global.get $list))
         (drop (memory.grow (i32.const 3)))
         (call $answer (local.get 2) (local.get 1))",
    )
    .string(3072, "nine char")
    .import(
        "log",
        r#"(import "switchyard:plugin/log@0.1.0" "write" (func $log (param i32 i32 i32)))"#,
    )
    .import(
        "request",
        r#"(import "switchyard:plugin/request@0.1.0" "body" (func $body (param i64 i32 i32)))"#,
    );
    let (_, mut lane) = lane(&guest);
    assert_eq!(lane.last_call(), LastCall::default());
    score(&mut lane).unwrap();
    let last = lane.last_call();
    // Two rows, two inputs; a line, a piece of the body; two scores.
    assert_eq!(last.copied_bytes, 2 * 4 + 2 * 8 + 9 + 1000 + 2 * 8);
    assert_eq!(last.memory_bytes, 20 << 16);
    assert!(last.ns > 0);
}
