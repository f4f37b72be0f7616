//! How plugins run that were loaded: with limits of their own, in shadow mode, and those that misbehave all the time.

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::support::envoy::Mode;
use crate::support::extproc::{self, Stream};
use crate::support::guest::Guest;
use crate::support::http::{self, Answer};
use crate::support::picker::{Picker, PickerOptions};
use crate::support::stage::{Stage, endpoint};
use crate::support::wait;

/// As many requests as every instance of a plugin is asked more than once.
const REQUESTS: usize = 24;

fn start(directory: &TempDir, flags: &[String]) -> Picker {
    let options = PickerOptions {
        config: String::new(),
        endpoints: vec![endpoint(8000), endpoint(8001)],
        flags: flags.to_vec(),
    };
    Picker::start(directory.path(), &options)
}

fn load(picker: &Picker, query: &str, guest: &Guest) -> Answer {
    let request = format!("POST /admin/plugins/mine?{query}");
    http::ask(picker.admin, &request, "", guest.build())
}

/// How many of some requests found a server; the others were told why not.
fn decided(picker: &Picker) -> (usize, Vec<String>) {
    extproc::run(async {
        let channel = extproc::connect(picker.grpc).await;
        let (mut decided, mut refused) = (0, Vec::new());
        for number in 0..REQUESTS {
            let mut stream = Stream::open(&channel, &format!("request-{number}")).await;
            stream
                .body(br#"{"model":"m","prompt":"hello"}"#, true)
                .await;
            match stream.decision().await {
                Ok(_) => decided += 1,
                Err((_, why)) => refused.push(why),
            }
        }
        (decided, refused)
    })
}

/// Answers once, so that it gets in, and traps from then on.
fn once() -> Guest {
    let body = "(if (global.get $asked) (then (unreachable)))
        (global.set $asked (i32.const 1))
        (call $answer (local.get 0) (local.get 1))";
    Guest::new(&["filter"])
        .core("(global $asked (mut i32) (i32.const 0))")
        .body("keep", body)
}

#[test]
fn a_load_has_limits_and_a_way_to_fail_of_its_own_over_restarts() {
    let directory = TempDir::new().unwrap();
    let flags = [format!(
        "--data-dir={}",
        directory.path().join("data").display()
    )];
    let first = start(&directory, &flags);
    let query = r#"limits={"call":"70ms","memory":"3Mi"}&onFault=fail"#.replace('"', "%22");
    let loaded = load(&first, &query, &once());
    assert_eq!(loaded.status, 200, "{}", loaded.text());
    let manner = &loaded.json()["plugin"]["loaded"]["manner"];
    let expected = json!({"limits": {"call": "70ms", "memory": "3Mi"}, "onFault": "fail"});
    assert_eq!(*manner, expected);
    drop(first);

    let second = start(&directory, &flags);
    let shown = second.plugin("mine");
    assert_eq!(shown["budgets"]["call_ms"], 70.0);
    assert_eq!(shown["budgets"]["memory_bytes"], 3 << 20);
    let (_, refused) = decided(&second);
    assert!(!refused.is_empty(), "nothing failed");
    for why in refused {
        assert!(why.contains("plugin `mine` failed"), "{why}");
    }
}

#[test]
fn a_manner_that_there_is_not_is_refused() {
    let directory = TempDir::new().unwrap();
    let picker = start(&directory, &[]);
    for (query, status, words) in [
        (
            "limits={%22cal%22:%221ms%22}",
            422,
            "loading mine: limits.cal: found an unknown field",
        ),
        ("limits=[]", 400, "limits: found []; expected an object"),
        (
            "onFault=ignore",
            422,
            "loading mine: onFault: found \"ignore\"; expected one of: skip, pass, fail",
        ),
        (
            "mode=shadw",
            422,
            "loading mine: mode: found \"shadw\"; expected one of: active, shadow; did you mean `shadow`?",
        ),
        (
            "mode=shadow&shadowSample=2",
            422,
            "found 2.0; expected a share above 0, at most 1",
        ),
    ] {
        let answer = load(&picker, query, &Guest::new(&["filter"]));
        assert_eq!(answer.status, status, "{query}: {}", answer.text());
        let error = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(error.contains(words), "{query}: {error}");
    }
    let refused = picker.page("/debug/plugins")["refused"]["reason"].clone();
    assert!(
        refused.as_str().unwrap().contains("a share above 0"),
        "{refused}"
    );
}

/// A scraper that reads `/metrics` of every server and would write this column.
pub(crate) fn scraper(stages: &[&'static str], column: &str) -> Guest {
    let length = column.len();
    Guest::new(stages)
        .string(3072, "http/metrics")
        .string(4096, column)
        .body(
            "plan",
            &format!(
                "(call $clear)
                 (memory.fill (global.get $list) (i32.const 0) (i32.const 80))
                 (i32.store (global.get $list) (i32.const 600))
                 (i32.store offset=4 (global.get $list) (i32.const 3))
                 (i32.store offset=12 (global.get $list) (i32.const 3072))
                 (i32.store offset=16 (global.get $list) (i32.const 4))
                 (i32.store offset=24 (global.get $list) (i32.const 3076))
                 (i32.store offset=28 (global.get $list) (i32.const 8))
                 (i32.store offset=48 (global.get $list) (i32.const 5120))
                 (i32.store offset=52 (global.get $list) (i32.const 1))
                 (i32.store (i32.const 5120) (i32.const 4096))
                 (i32.store (i32.const 5124) (i32.const {length}))
                 (call $answer (global.get $list) (i32.const 1))"
            ),
        )
}

#[test]
fn what_cannot_be_in_shadow_mode_is_refused_with_the_reason() {
    let directory = TempDir::new().unwrap();
    let picker = start(&directory, &[]);
    for (guest, words) in [
        (
            Guest::new(&["hooks"]),
            "plugin `mine` is in shadow mode and exports hooks: expected a filter, scorer, picker or scraper",
        ),
        (
            Guest::new(&["profile-handler", "decider"]),
            "exports decider, profile-handler: expected",
        ),
        (
            scraper(&["scraper"], "waiting-requests"),
            "plugin `mine` is in shadow mode and scrapes `waiting-requests`, which plugin `queue-scorer` reads",
        ),
    ] {
        let answer = load(&picker, "mode=shadow", &guest);
        assert_eq!(answer.status, 422, "{}", answer.text());
        assert!(answer.text().contains(words), "{}", answer.text());
    }
    assert_eq!(picker.metric("switchyard_plan_number"), 1.0);

    let mixed = load(&picker, "mode=shadow", &Guest::new(&["filter", "hooks"]));
    assert_eq!(mixed.status, 200, "{}", mixed.text());
    assert!(
        picker
            .process
            .log()
            .contains("in shadow mode: its hooks is not asked")
    );
}

#[test]
fn a_scraper_in_shadow_mode_scrapes_for_its_own_scorer() {
    let stage = Stage::new(Mode::FullDuplex, 2, |_| {});
    let guest = scraper(&["scraper", "filter"], "mine/temperature");
    let loaded = load(&stage.picker, "mode=shadow", &guest);
    assert_eq!(loaded.status, 200, "{}", loaded.text());
    let calls = || stage.picker.plugin("mine")["calls"].clone();
    wait::for_value("answers that it read", calls, |calls| {
        calls.as_u64() > Some(0)
    });
}

#[test]
fn a_plugin_that_leaks_costs_some_calls_and_no_memory() {
    let directory = TempDir::new().unwrap();
    let picker = start(&directory, &[]);
    // 17 pages at first, and 8 more in each call: the limit is met in the sixth.
    let leak = "(if (i32.eq (memory.grow (i32.const 8)) (i32.const -1)) (then (unreachable)))
        (call $answer (local.get 0) (local.get 1))";
    let guest = Guest::new(&["filter"]).body("keep", leak);
    let loaded = load(&picker, "limits={%22memory%22:%224Mi%22}", &guest);
    assert_eq!(loaded.status, 200, "{}", loaded.text());
    let shown = wait::for_value(
        "faults",
        || {
            assert_eq!(decided(&picker), (REQUESTS, Vec::new()));
            picker.plugin("mine")
        },
        |shown| shown["faults"]["memory"].as_u64() > Some(0),
    );
    assert_eq!(shown["state"], "closed");
    let most = shown["memory_high_water_bytes"].as_u64().unwrap();
    assert!((1..=4 << 20).contains(&most), "{most}");
    let message = shown["last_fault"]["message"].as_str().unwrap();
    assert!(message.contains("its limit of 4194304 bytes"), "{message}");
}

const LOG: (&str, &str) = (
    "log",
    r#"(import "switchyard:plugin/log@0.1.0" "write" (func $log (param i32 i32 i32)))"#,
);
/// Longer than all else that a picker logs in these tests.
const MOST_LOGGED: usize = 1 << 20;

#[test]
fn a_plugin_that_prints_without_end_is_cut_short() {
    let directory = TempDir::new().unwrap();
    let picker = start(&directory, &[]);
    let line = "x".repeat(1000);
    let endless = Guest::new(&["filter"])
        .string(4096, &line)
        .import(LOG.0, LOG.1)
        .body(
            "keep",
            "(loop $again (call $log (i32.const 1) (i32.const 4096) (i32.const 1000)) (br $again)) (unreachable)",
        );
    let refused = load(&picker, "", &endless);
    assert_eq!(refused.status, 422);
    assert!(
        refused.text().contains("filter: deadline"),
        "{}",
        refused.text()
    );

    // One that comes to an end, after more than anybody wants to read.
    let talkative = Guest::new(&["filter"])
        .string(4096, &line)
        .import(LOG.0, LOG.1)
        .body(
            "keep",
            "(loop $again
                (call $log (i32.const 1) (i32.const 4096) (i32.const 1000))
                (local.set $i (i32.add (local.get $i) (i32.const 1)))
                (br_if $again (i32.lt_u (local.get $i) (i32.const 100))))
             (call $answer (local.get 0) (local.get 1))",
        );
    let loaded = load(
        &picker,
        "limits={%22logBytes%22:%222Ki%22,%22call%22:%221s%22}",
        &talkative,
    );
    assert_eq!(loaded.status, 200, "{}", loaded.text());
    assert_eq!(decided(&picker), (REQUESTS, Vec::new()));
    let log = picker.process.log();
    assert!(log.len() < MOST_LOGGED, "{} bytes", log.len());
    assert!(log.contains("logged more than 2048 bytes in one call"));
    assert_eq!(picker.plugin("mine")["faults"], json!({}));
}

#[test]
fn a_panic_is_shown_with_its_words() {
    let directory = TempDir::new().unwrap();
    let picker = start(&directory, &[]);
    let words = "panicked at src/scorer.rs:12: index out of bounds";
    let length = words.len();
    let panics =
        format!("(call $log (i32.const 3) (i32.const 4096) (i32.const {length})) (unreachable)");
    let guest = Guest::new(&["filter"])
        .string(4096, words)
        .import(LOG.0, LOG.1)
        .body("keep", &panics);
    let refused = load(&picker, "", &guest);
    let error = refused.json()["error"].as_str().unwrap().to_owned();
    let said = format!(
        "broke in its first call as filter: trap: {words} (wasm `unreachable` instruction executed)"
    );
    assert!(error.contains(&said), "{error}");
    let log = picker.process.log();
    let logged = |line: &&str| line.contains(words) && line.contains("\"plugin\":\"mine\"");
    assert!(log.lines().any(|line| logged(&line)), "{log}");
}

#[test]
fn settings_that_the_schema_does_not_know_are_refused() {
    let directory = TempDir::new().unwrap();
    let picker = start(&directory, &[]);
    let schema = r#"{"type": "object", "properties": {"fullAt": {"type": "number"}}, "additionalProperties": false}"#;
    let guest = Guest::new(&["filter"]).schema(schema);
    let refused = load(&picker, "parameters={%22fulAt%22:1}", &guest);
    assert_eq!(
        refused.json()["error"],
        "plugin `mine` refuses its settings: fulAt: found an unknown setting, expected one of fullAt; did you mean `fullAt`?"
    );
    assert_eq!(
        load(&picker, "parameters={%22fullAt%22:1}", &guest).status,
        200
    );
}

#[test]
fn a_component_is_compiled_once() {
    let directory = TempDir::new().unwrap();
    let flags = [
        format!("--data-dir={}", directory.path().join("data").display()),
        format!(
            "--plugin-cache={}",
            directory.path().join("cache").display()
        ),
    ];
    let first = start(&directory, &flags);
    assert_eq!(load(&first, "", &Guest::new(&["filter"])).status, 200);
    let said = |picker: &Picker, how: &str| {
        let log = picker.process.log();
        let lines = log.lines().filter(|line| line.contains(how));
        lines.filter(|line| line.contains("\"mine\"")).count()
    };
    assert_eq!(said(&first, "component compiled"), 1);
    drop(first);
    let second = start(&directory, &flags);
    assert_eq!(said(&second, "component loaded from the cache"), 1);
    assert_eq!(said(&second, "component compiled"), 0);
    assert_eq!(
        second.plugin("mine")["loaded"]["by"],
        Value::from("somebody")
    );
}
