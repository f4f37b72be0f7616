//! Each kind of call has a budget of its own, and each of them fires. How closely is for `tests/deadline.rs`, which is
//! alone in its process; here all other budgets are far longer than the test may take.

use std::time::{Duration, Instant};

use switchyard_engine::{EngineLane, Fetched, Limits, Plugin, StartError};
use switchyard_scheduler::{CallFault, Cause, Decision, Lane};

use crate::guest::Guest;
use crate::harness::{Bench, FIRST, call, limits, request};

const FOR_EVER: &str = "(loop $for_ever (br $for_ever)) (unreachable)";
/// The budget that shall fire.
const SHORT: Duration = Duration::from_millis(20);
/// All others.
const LONG: Duration = Duration::from_secs(600);
/// However busy the machine.
const MOST: Duration = Duration::from_secs(60);

/// Limits of which only the one that `shorten` chooses can fire.
fn bench(shorten: impl FnOnce(&mut Limits)) -> Bench {
    let mut limits = Limits {
        call: LONG,
        hook: LONG,
        parse: LONG,
        endpoints_changed: LONG,
        start: LONG,
        ..limits()
    };
    shorten(&mut limits);
    Bench {
        limits,
        ..Bench::default()
    }
}

fn check(fault: &CallFault, start: Instant) {
    assert_eq!(fault.cause, Cause::Deadline, "{}", fault.message);
    assert_eq!(fault.message, "ran past its budget of 20 ms");
    assert!(start.elapsed() >= SHORT && start.elapsed() < MOST);
}

/// Runs `call` on a guest with one function that never ends.
fn check_call(
    guest: &Guest,
    shorten: impl FnOnce(&mut Limits),
    call: impl FnOnce(&mut EngineLane) -> Result<(), CallFault>,
) {
    let (_, mut lane) = bench(shorten).lane(guest);
    let start = Instant::now();
    check(&call(&mut lane).unwrap_err(), start);
}

#[test]
fn of_call() {
    check_call(
        &Guest::scorer(FOR_EVER),
        |limits| limits.call = SHORT,
        |lane| lane.score(call(&request()), &[1], &[0.0], &mut Vec::new()),
    );
}

#[test]
fn of_hook() {
    let decision = Decision {
        primary: "default".to_owned(),
        targets: Vec::new(),
        set_headers: Vec::new(),
    };
    check_call(
        &Guest::new(&["hooks"]).body("picked", FOR_EVER),
        |limits| limits.hook = SHORT,
        |lane| lane.picked(call(&request()), &decision, &[]).map(drop),
    );
    check_call(
        &Guest::new(&["hooks"]).body("response-started", FOR_EVER),
        |limits| limits.hook = SHORT,
        |lane| lane.response_started(call(&request()), 200).map(drop),
    );
}

#[test]
fn of_parse() {
    let guest = crate::stages::guest("scraper").body("parse", FOR_EVER);
    let fetched = Fetched {
        fetch: 0,
        row: 0,
        status: 200,
        elapsed_ms: 1,
        body: b"",
    };
    check_call(
        &guest,
        |limits| limits.parse = SHORT,
        |lane| lane.scraper_parse(FIRST, fetched).map(drop),
    );
}

#[test]
fn of_endpoints_changed() {
    let guest = Guest::new(&["scorer"]).body("endpoints-changed", FOR_EVER);
    let bench = bench(|limits| limits.endpoints_changed = SHORT);
    let (plugin, mut lane) = bench.lane(&guest);
    let start = Instant::now();
    lane.endpoints_changed(1, &[]);
    let note = plugin.stats().last_fault.unwrap();
    let fault = CallFault {
        cause: note.cause,
        message: note.message,
    };
    check(&fault, start);
    // Nobody is asked who does not know the endpoints.
    let asked = lane.score(call(&request()), &[1], &[0.0], &mut Vec::new());
    assert_eq!(asked.unwrap_err().cause, Cause::NoInstance);
}

#[test]
fn of_start() {
    let endless_start = "(func $endless (loop $for_ever (br $for_ever))) (start $endless)";
    let plan = Guest::new(&["scraper"]).body("plan", FOR_EVER);
    for (guest, expected) in [
        (Guest::new(&["scorer"]).core(endless_start), "instantiate"),
        (
            Guest::new(&["scorer"]).body("describe", FOR_EVER),
            "describe",
        ),
        (
            Guest::new(&["scorer"]).body("configure", FOR_EVER),
            "configure",
        ),
        (plan, "plan"),
    ] {
        let start = Instant::now();
        let started = bench(|limits| limits.start = SHORT).start(&guest);
        let error = started.map(|plugin| Plugin::name(&plugin).to_owned());
        match error.unwrap_err() {
            StartError::Fault { step, fault, .. } => {
                assert_eq!(step, expected);
                check(&fault, start);
            }
            other => panic!("{expected}: {other}"),
        }
    }
}
