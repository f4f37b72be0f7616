//! Settings are held against the schema before the plugin sees them.

use expect_test::{Expect, expect};

use crate::guest::Guest;
use crate::harness::{Bench, score};

const SCHEMA: &str = r#"{
    "type": "object",
    "properties": {
        "fullAt": {"type": "number", "exclusiveMinimum": 0},
        "steps": {"type": "array", "items": {"type": "object", "properties": {"weight": {"type": "number"}}}}
    },
    "additionalProperties": false
}"#;

fn check(guest: &Guest, settings: &'static str, expected: &Expect) {
    let bench = Bench {
        settings,
        ..Bench::default()
    };
    expected.assert_eq(&bench.start(guest).unwrap_err().to_string());
}

#[test]
fn mistakes_keep_a_plugin_from_being_configured() {
    // It would break if it were.
    let guest = Guest::new(&["scorer"])
        .schema(SCHEMA)
        .body("configure", "(unreachable)");
    check(
        &guest,
        r#"{"fulAt": 1, "steps": [{"weight": 1}, {"weight": "much"}], "fullAt": -1}"#,
        &expect![[
            r#"plugin `subject` refuses its settings: fullAt: found -1, expected more than 0; steps[1].weight: found "much", expected a number; fulAt: found an unknown setting, expected one of fullAt, steps; did you mean `fullAt`?"#
        ]],
    );
}

#[test]
fn a_plugin_without_schema_takes_no_settings() {
    check(
        &Guest::new(&["scorer"]),
        r#"{"fullAt": 1}"#,
        &expect![
            "plugin `subject` refuses its settings: fullAt: found a setting, expected none: this plugin takes no settings"
        ],
    );
}

#[test]
fn a_bad_schema_is_an_error_of_its_own() {
    check(
        &Guest::new(&["scorer"]).schema(r#"{"type": "objekt"}"#),
        "{}",
        &expect![[
            r#"plugin `subject` describes its settings with a schema that cannot be used: type: found "objekt", expected "array", "boolean", "integer", "null", "number", "object", "string" or a list; `describe` must give a JSON Schema (2020-12) as `settings-schema`, or nothing"#
        ]],
    );
}

#[test]
fn good_settings_reach_the_plugin() {
    let bench = Bench {
        settings: r#"{"fullAt": 2.5}"#,
        ..Bench::default()
    };
    // Answers with how many bytes of settings it was given.
    let guest = Guest::scorer(
        "(f64.store (global.get $list) (f64.convert_i32_u (global.get $given)))
         (f64.store offset=8 (global.get $list) (f64.const 0))
         (call $answer (global.get $list) (i32.const 2))",
    )
    .core("(global $given (mut i32) (i32.const 0))")
    .schema(SCHEMA)
    .body(
        "configure",
        "(global.set $given (local.get 1)) (call $clear) (global.get $ret)",
    );
    let (_, mut lane) = bench.lane(&guest);
    assert_eq!(score(&mut lane).unwrap()[0], 15.0);
}
