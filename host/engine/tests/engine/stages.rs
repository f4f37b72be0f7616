//! Every stage is called, answers, and may trap.

use switchyard_engine::{EngineLane, Fetched, StartError};
use switchyard_scheduler::{
    CallFault, Cause, Decision, Ended, Ending, Lane, Outcome, ProfileResult, Target,
};

use crate::guest::Guest;
use crate::harness::{Bench, FIRST, call, lane, request};

fn done() -> Vec<ProfileResult> {
    vec![ProfileResult {
        profile: "decode".to_owned(),
        outcome: Outcome::Picked,
        rows: vec![3],
        totals: vec![1.0],
    }]
}

/// Calls one function and shows its answer.
fn ask(lane: &mut EngineLane, function: &str) -> Result<String, CallFault> {
    let request = request();
    let (call, rows, inputs) = (call(&request), [3, 8], [0.25, 0.75]);
    let decision = Decision {
        primary: "decode".to_owned(),
        targets: vec![Target { row: 3, port: 0 }],
        set_headers: Vec::new(),
    };
    let ended = Ended {
        ending: Ending::Complete,
        status: 200,
        prompt_tokens: 1.0,
        cached_tokens: f64::NAN,
        completion_tokens: 2.0,
        first_token_ms: 3.0,
        total_ms: 4.0,
    };
    let fetched = Fetched {
        fetch: 0,
        row: 3,
        status: 200,
        elapsed_ms: 1,
        body: b"up 1\n",
    };
    Ok(match function {
        "keep" => {
            let mut keep = Vec::new();
            lane.keep(call, &rows, &inputs, &mut keep)?;
            format!("{keep:?}")
        }
        "score" => {
            let mut scores = Vec::new();
            lane.score(call, &rows, &inputs, &mut scores)?;
            format!("{scores:?}")
        }
        "pick" => format!("{:?}", lane.pick(call, &rows, &inputs, &[])?),
        "decider" => format!("{:?}", lane.agree(call, &rows, &inputs)?),
        "next" => format!("{:?}", lane.next(call, &done(), &inputs)?),
        "profile-handler" => format!("{:?}", lane.decide(call, &[], &[])?.targets),
        "picked" => format!("{:?}", lane.picked(call, &decision, &inputs)?),
        "response-started" => format!("{:?}", lane.response_started(call, 200)?),
        "response-ended" => format!("{:?}", lane.response_ended(call, &ended)?),
        "parse" => format!("{:?}", lane.scraper_parse(FIRST, fetched)?),
        other => panic!("no function {other}"),
    })
}

/// The stage, its function, and the least answer that is right.
const STAGES: [(&str, &str, &str); 10] = [
    ("filter", "keep", "[3, 8]"),
    ("scorer", "score", "[0.25, 0.75]"),
    ("picker", "pick", "[3]"),
    ("decider", "decider", "true"),
    ("profile-handler", "next", "[]"),
    ("profile-handler", "profile-handler", "[]"),
    ("hooks", "picked", "[]"),
    ("hooks", "response-started", "[]"),
    ("hooks", "response-ended", "()"),
    ("scraper", "parse", "[]"),
];

/// A plan of one fetch: name at 600, scope endpoint, `http`, port 0, path `/m`.
const PLAN: &str = "(call $clear)
    (memory.fill (global.get $list) (i32.const 0) (i32.const 80))
    (i32.store (global.get $list) (i32.const 600)) (i32.store offset=4 (global.get $list) (i32.const 3))
    (i32.store offset=12 (global.get $list) (i32.const 3072)) (i32.store offset=16 (global.get $list) (i32.const 4))
    (i32.store offset=24 (global.get $list) (i32.const 3076)) (i32.store offset=28 (global.get $list) (i32.const 2))
    (call $answer (global.get $list) (i32.const 1))";

pub fn guest(stage: &'static str) -> Guest {
    let guest = Guest::new(&[stage]);
    if stage == "scraper" {
        guest.body("plan", PLAN).string(3072, "http/m")
    } else {
        guest
    }
}

#[test]
fn every_stage_answers() {
    for (stage, function, expected) in STAGES {
        let (plugin, mut lane) = lane(&guest(stage));
        assert_eq!(ask(&mut lane, function).unwrap(), expected, "{function}");
        assert_eq!(plugin.stats().calls, 1, "{function}");
    }
}

#[test]
fn a_trap_in_any_stage_costs_one_call() {
    for (stage, function, _) in STAGES {
        let (plugin, mut lane) = lane(&guest(stage).body(function, "(unreachable)"));
        let fault = ask(&mut lane, function).unwrap_err();
        assert_eq!(fault.cause, Cause::Trap, "{function}: {}", fault.message);
        assert_eq!(plugin.stats().faults["trap"], 1, "{function}");
    }
}

#[test]
fn a_refusal_in_any_stage_is_the_plugins_own() {
    for (stage, function, _) in STAGES {
        let (_, mut lane) = lane(&guest(stage).body(function, "(call $refuse (i32.const 503))"));
        for _ in 0..2 {
            let fault = ask(&mut lane, function).unwrap_err();
            assert_eq!(fault.cause, Cause::Said { code: 503 }, "{function}");
            assert_eq!(fault.message, "hat");
        }
    }
}

#[test]
fn rows_that_were_not_offered_are_caught() {
    // Answers one row, the number 5, or the first row twice.
    let five = "(i32.store (global.get $list) (i32.const 5)) (call $answer (global.get $list) (i32.const 1))";
    let twice = "(i32.store (global.get $list) (i32.load (local.get 0)))
        (i32.store offset=4 (global.get $list) (i32.load (local.get 0)))
        (call $answer (global.get $list) (i32.const 2))";
    let none = "(call $answer (i32.const 0) (i32.const 0))";
    for (stage, function, body, cause) in [
        ("filter", "keep", five, Some(Cause::UnknownRow)),
        ("filter", "keep", twice, Some(Cause::UnknownRow)),
        ("filter", "keep", none, None),
        ("picker", "pick", five, Some(Cause::UnknownRow)),
        ("picker", "pick", twice, Some(Cause::UnknownRow)),
        ("picker", "pick", none, Some(Cause::BadAnswer)),
    ] {
        let (_, mut lane) = lane(&Guest::new(&[stage]).body(function, body));
        let found = ask(&mut lane, function).err().map(|fault| fault.cause);
        assert_eq!(found, cause, "{function}: {body}");
    }
}

#[test]
fn a_plugin_that_cannot_start_says_where() {
    let trap = "(unreachable)";
    for (function, step) in [
        ("describe", "describe"),
        ("configure", "configure"),
        ("plan", "plan"),
    ] {
        let guest = Guest::new(&["scraper"]).body(function, trap);
        match Bench::default().start(&guest).unwrap_err() {
            StartError::Fault {
                step: at, fault, ..
            } => {
                assert_eq!((at, fault.cause), (step, Cause::Trap));
            }
            other => panic!("{other}"),
        }
    }
    let diagnostics = Guest::new(&["scorer"]).body(
        "configure",
        "(call $clear)
         (i32.store8 (global.get $ret) (i32.const 1))
         (i32.store offset=4 (global.get $ret) (global.get $list))
         (i32.store offset=8 (global.get $ret) (i32.const 1))
         (i32.store (global.get $list) (i32.const 3072)) (i32.store offset=4 (global.get $list) (i32.const 6))
         (i32.store offset=8 (global.get $list) (i32.const 600)) (i32.store offset=12 (global.get $list) (i32.const 3))
         (global.get $ret)",
    );
    let error = Bench::default()
        .start(&diagnostics.string(3072, "a[1].b"))
        .unwrap_err();
    assert_eq!(
        error.to_string(),
        "plugin `subject` refuses its settings: a[1].b: hat"
    );
    let capability = Guest::new(&["scorer"]).body(
        "configure",
        "(call $clear) (call $capabilities)
         (i32.store offset=28 (global.get $ret) (i32.const 640))
         (i32.store offset=32 (global.get $ret) (i32.const 1))
         (global.get $ret)",
    );
    let error = Bench::default().start(&capability).unwrap_err();
    assert_eq!(
        error.to_string(),
        "plugin `subject` declares the capability `hat`; this host has `body` and `state`"
    );
}

#[test]
fn a_scraper_says_what_to_fetch() {
    let (plugin, lane) = lane(&guest("scraper"));
    let fetches = lane.scraper_plan(FIRST);
    assert_eq!(fetches, plugin.fetches());
    assert_eq!(
        (fetches[0].name.as_str(), fetches[0].path.as_str()),
        ("hat", "/m")
    );
    assert_eq!(
        (fetches[0].port, fetches[0].timeout.as_millis()),
        (None, 1000)
    );
    assert_eq!(plugin.about().name, "hat");
    assert_eq!(plugin.needs().own_columns, ["hat"]);
}
