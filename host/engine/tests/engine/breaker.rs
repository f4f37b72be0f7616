//! The breaker opens, tries again and closes.

use std::time::Duration;

use switchyard_engine::{BreakerOptions, BreakerState, EngineLane};
use switchyard_scheduler::{Cause, Lane};

use crate::guest::Guest;
use crate::harness::{Bench, call, request};

#[test]
fn opens_half_opens_and_closes() {
    let bench = Bench {
        breaker: BreakerOptions {
            faults: 3,
            pause: Duration::from_millis(300),
            longest_pause: Duration::from_secs(1),
        },
        ..Bench::default()
    };
    // Answers as many scores as its first input says.
    let guest =
        Guest::scorer("(call $answer (local.get 2) (i32.trunc_f64_u (f64.load (local.get 2))))");
    let (plugin, mut lane) = bench.lane(&guest);
    let request = request();
    let mut ask = |count: f64| {
        let scored = lane.score(call(&request), &[1], &[count], &mut Vec::new());
        scored.map_err(|fault| fault.cause)
    };
    for _ in 0..3 {
        assert_eq!(ask(2.0), Err(Cause::WrongLength));
    }
    assert_eq!(plugin.stats().breaker, BreakerState::Open);
    let calls = plugin.stats().calls;
    assert_eq!(ask(1.0), Err(Cause::BreakerOpen));
    assert_eq!(
        plugin.stats().calls,
        calls,
        "a plugin that rests is not called"
    );

    std::thread::sleep(Duration::from_millis(350));
    assert_eq!(ask(2.0), Err(Cause::WrongLength), "one call tries");
    assert_eq!(ask(1.0), Err(Cause::BreakerOpen), "and did not succeed");
    let first = plugin.stats().first_fault.unwrap();
    assert_eq!(
        (first.cause, first.message.as_str()),
        (Cause::WrongLength, "2 scores for 1 rows")
    );

    std::thread::sleep(Duration::from_millis(650));
    assert_eq!(ask(1.0), Ok(()));
    let stats = plugin.stats();
    assert_eq!(stats.breaker, BreakerState::Closed);
    assert_eq!(stats.first_fault, None);
    assert_eq!(stats.faults["breaker-open"], 2);
    assert_eq!(ask(1.0), Ok(()));
}

#[test]
fn a_call_set_aside_is_no_fault_of_the_plugins() {
    let bench = Bench {
        breaker: BreakerOptions {
            faults: 2,
            ..BreakerOptions::default()
        },
        ..Bench::default()
    };
    let (plugin, mut lane) =
        bench.lane(&Guest::scorer("(call $answer (local.get 2) (i32.const 7))"));
    let request = request();
    let ask = |lane: &mut EngineLane| {
        let scored = lane.score(call(&request), &[1], &[1.0], &mut Vec::new());
        scored.map_err(|fault| fault.cause)
    };
    lane.set_aside(|_| true);
    for _ in 0..5 {
        assert_eq!(ask(&mut lane), Err(Cause::WrongLength));
    }
    let stats = plugin.stats();
    assert_eq!(stats.breaker, BreakerState::Closed);
    assert_eq!((stats.calls, stats.last_fault), (0, None));
    lane.set_aside(|_| false);
    assert_eq!(ask(&mut lane), Err(Cause::WrongLength));
    assert_eq!(plugin.stats().calls, 1);
}

#[test]
fn a_row_of_faults_begins_anew_after_a_good_call() {
    let bench = Bench::default();
    // Answers as many scores as its first input says.
    let guest =
        Guest::scorer("(call $answer (local.get 2) (i32.trunc_f64_u (f64.load (local.get 2))))");
    let (plugin, mut lane) = bench.lane(&guest);
    let request = request();
    for count in [2.0, 3.0, 1.0, 4.0, 5.0] {
        let _ = lane.score(call(&request), &[1], &[count], &mut Vec::new());
    }
    let stats = plugin.stats();
    assert_eq!(stats.first_fault.unwrap().message, "4 scores for 1 rows");
    assert_eq!(stats.last_fault.unwrap().message, "5 scores for 1 rows");
}

#[test]
fn a_plugin_that_says_no_does_not_rest() {
    let bench = Bench {
        breaker: BreakerOptions {
            faults: 2,
            ..BreakerOptions::default()
        },
        ..Bench::default()
    };
    let (plugin, mut lane) = bench.lane(&Guest::scorer("(call $refuse (i32.const 429))"));
    for _ in 0..10 {
        let fault = crate::harness::score(&mut lane).unwrap_err();
        assert_eq!(fault.cause, Cause::Said { code: 429 });
        assert_eq!(fault.message, "hat");
    }
    assert_eq!(plugin.stats().breaker, BreakerState::Closed);
    assert_eq!(plugin.stats().faults["said"], 10);
}
