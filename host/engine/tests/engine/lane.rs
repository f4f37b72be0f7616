//! Endpoints, unknown plugins and stages, and the clock at rest.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use switchyard_scheduler::{Call, Cause, Endpoint, Lane, PluginIndex};

use crate::guest::Guest;
use crate::harness::{Bench, FIRST, call, lane, request, score, score_when_ready};

fn endpoints(count: u32) -> Vec<Arc<Endpoint>> {
    let endpoint = |row| Endpoint {
        row,
        id: format!("default/vllm-{row}"),
        name: format!("vllm-{row}"),
        namespace: "default".to_owned(),
        address: std::net::Ipv4Addr::LOCALHOST.into(),
        port: 8000,
        rank: 0,
        lease: None,
        labels: BTreeMap::from([("role".to_owned(), "decode".to_owned())]),
    };
    (0..count).map(|row| Arc::new(endpoint(row))).collect()
}

/// Remembers how many endpoints it was told of, and answers that as the score of every row.
fn counting() -> Guest {
    Guest::scorer(
        "(f64.store (global.get $list) (f64.convert_i32_u (global.get $told)))
         (f64.store offset=8 (global.get $list) (f64.convert_i32_u (global.get $told)))
         (if (f64.gt (f64.load (local.get 2)) (f64.const 0.5)) (then (unreachable)))
         (call $answer (global.get $list) (local.get 1))",
    )
    .core("(global $told (mut i32) (i32.const 0))")
    .body(
        "endpoints-changed",
        "(global.set $told (local.get 2))
         (if (i32.eq (local.get 2) (i32.const 13)) (then (return (call $refuse (i32.const 0)))))
         (if (i32.eq (local.get 2) (i32.const 14)) (then (unreachable)))
         (call $clear) (global.get $ret)",
    )
}

#[test]
fn instances_and_spares_know_the_endpoints() {
    let (_, mut lane) = lane(&counting());
    lane.endpoints_changed(1, &endpoints(5));
    assert_eq!(score(&mut lane).unwrap(), [5.0, 5.0]);
    lane.endpoints_changed(1, &endpoints(9));
    assert_eq!(
        score(&mut lane).unwrap(),
        [5.0, 5.0],
        "the same generation is told once"
    );

    for (generation, count) in [(2, 6), (3, 7)] {
        lane.endpoints_changed(generation, &endpoints(count));
        let request = request();
        let broke = lane.score(call(&request), &[1, 2], &[0.9, 0.0], &mut Vec::new());
        assert_eq!(broke.unwrap_err().cause, Cause::Trap);
        let expected = f64::from(count);
        assert_eq!(score_when_ready(&mut lane).unwrap(), [expected, expected]);
    }
}

#[test]
fn who_refuses_the_endpoints_rests_until_the_next() {
    let (plugin, mut lane) = lane(&counting());
    lane.endpoints_changed(1, &endpoints(13));
    let fault = score(&mut lane).unwrap_err();
    assert_eq!(fault.cause, Cause::NoInstance);
    assert!(
        fault.message.contains("generation 1: hat"),
        "{}",
        fault.message
    );
    lane.endpoints_changed(2, &endpoints(2));
    assert_eq!(score(&mut lane).unwrap(), [2.0, 2.0]);
    assert_eq!(plugin.stats().spare_swaps, 0, "the instance lived on");

    lane.endpoints_changed(3, &endpoints(14));
    assert_eq!(score(&mut lane).unwrap_err().cause, Cause::NoInstance);
    lane.endpoints_changed(4, &endpoints(3));
    assert_eq!(score_when_ready(&mut lane).unwrap(), [3.0, 3.0]);
}

#[test]
fn wrong_plugins_and_stages_are_told_apart() {
    let (_, mut lane) = lane(&counting());
    let request = request();
    let nobody = Call {
        plugin: PluginIndex(7),
        ..call(&request)
    };
    let fault = lane
        .score(nobody, &[1], &[0.0], &mut Vec::new())
        .unwrap_err();
    assert!(
        fault.message.contains("plugin 7 of a lane with 1"),
        "{}",
        fault.message
    );
    let fault = lane.pick(call(&request), &[1], &[0.0], &[]).unwrap_err();
    assert_eq!(fault.cause, Cause::BadAnswer);
    assert!(
        fault.message.contains("does not export `picker`"),
        "{}",
        fault.message
    );
    assert!(lane.scraper_plan(FIRST).is_empty());
}

#[test]
fn time_and_calls_are_counted() {
    let (plugin, mut lane) = lane(&counting());
    for _ in 0..5 {
        score(&mut lane).unwrap();
        assert!(lane.last_call_ns() > 0);
    }
    let stats = plugin.stats();
    assert_eq!(stats.calls, 5);
    assert!(stats.total_ns >= stats.last_ns && stats.last_ns > 0);
}

#[test]
fn the_request_is_let_go_after_the_call() {
    let (_, mut lane) = lane(&counting());
    let request = request();
    lane.score(call(&request), &[1, 2], &[0.0, 0.0], &mut Vec::new())
        .unwrap();
    assert_eq!(Arc::strong_count(&request), 1);
}

#[test]
fn the_clock_rests_when_nobody_calls() {
    let bench = Bench::default();
    let (_, mut lane) = bench.lane(&counting());
    let start = Instant::now();
    while !bench.engine.is_idle() {
        assert!(start.elapsed() < Duration::from_secs(20), "never rests");
        std::thread::sleep(Duration::from_millis(5));
    }
    assert!(score(&mut lane).is_ok());
}
