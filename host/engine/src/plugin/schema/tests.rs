use serde_json::{Value, json};

use super::*;

/// The settings' mistakes, one a line.
fn check(schema: &Value, settings: &Value, expected: &[&str]) {
    let found = check_settings(&schema.to_string(), &settings.to_string()).unwrap();
    let found: Vec<String> = found.iter().map(Diagnostic::to_string).collect();
    assert_eq!(found, expected, "{settings}");
}

fn scorer() -> Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "properties": {
            "fullAt": {"type": "number", "exclusiveMinimum": 0},
            "mode": {"oneOf": [
                {"const": "linear", "description": "a line"},
                {"const": "steps", "description": "stairs"},
            ]},
            "steps": {"type": "array", "items": {"$ref": "#/$defs/Step"}, "maxItems": 2},
            "name": {"type": ["string", "null"], "maxLength": 3},
            "limit": {"anyOf": [{"$ref": "#/$defs/Step"}, {"type": "null"}]},
            "count": {"type": "integer", "format": "uint32", "minimum": 0},
        },
        "required": ["fullAt"],
        "additionalProperties": false,
        "$defs": {"Step": {
            "type": "object",
            "properties": {"weight": {"type": "number"}, "above": {"type": "integer"}},
            "required": ["weight"],
            "additionalProperties": false,
        }},
    })
}

#[test]
fn good_settings_pass() {
    check(
        &scorer(),
        &json!({
            "fullAt": 10, "mode": "steps", "steps": [{"weight": 1.5}], "name": null,
            "limit": {"weight": 1}, "count": 3,
        }),
        &[],
    );
    check(&json!(true), &json!({"anything": 1}), &[]);
}

#[test]
fn every_mistake_is_told_with_its_path() {
    check(
        &scorer(),
        &json!({"fullAt": 0, "steps": [{"weight": 1}, {"weight": "x"}], "name": "long"}),
        &[
            "fullAt: found 0, expected more than 0",
            "name: found \"long\", expected text of at most 3 characters",
            "steps[1].weight: found \"x\", expected a number",
        ],
    );
    check(
        &scorer(),
        &json!({"fullAt": 1, "name": 7, "steps": {}, "count": -1, "mode": "stairs"}),
        &[
            "count: found -1, expected at least 0",
            "mode: found \"stairs\", expected \"linear\" or \"steps\"",
            "name: found 7, expected null or text",
            "steps: found a mapping, expected a list",
        ],
    );
    check(
        &scorer(),
        &json!({"fullAt": 1, "count": 1.5, "steps": [{"weight": 1}, {"weight": 1}, {"weight": 1}]}),
        &[
            "count: found 1.5, expected a whole number",
            "steps: found a list, expected at most 2 items",
        ],
    );
}

#[test]
fn names_that_are_missing_or_unknown() {
    check(
        &scorer(),
        &json!({"fulAt": 1, "steps": [{"waight": 1}]}),
        &[
            "steps[0].waight: found an unknown setting, expected one of above, weight; did you mean `weight`?",
            "steps[0].weight: found nothing, expected a value: it is required",
            "fulAt: found an unknown setting, expected one of count, fullAt, limit, mode, name, steps; did you mean `fullAt`?",
            "fullAt: found nothing, expected a value: it is required",
        ],
    );
}

#[test]
fn of_several_ways_the_one_that_was_meant_is_told() {
    check(
        &scorer(),
        &json!({"fullAt": 1, "limit": {"weight": "x"}}),
        &["limit.weight: found \"x\", expected a number"],
    );
    check(
        &scorer(),
        &json!({"fullAt": 1, "limit": 5}),
        &["limit: found 5, expected a mapping or null"],
    );
}

#[test]
fn who_takes_none_is_given_none() {
    let found = check_settings("", r#"{"a": 1}"#).unwrap();
    assert_eq!(
        found[0].to_string(),
        "a: found a setting, expected none: this plugin takes no settings"
    );
    assert_eq!(check_settings("", "{}").unwrap(), []);
}

#[test]
fn what_is_no_object_is_no_settings() {
    for (settings, words) in [
        ("[]", "found a list, expected a JSON object"),
        (
            "{",
            "found EOF while parsing an object at line 1 column 1, expected a JSON object",
        ),
    ] {
        let found = check_settings("", settings).unwrap();
        assert_eq!(found[0].to_string(), words);
    }
}

#[test]
fn bad_schemas_say_why() {
    for (schema, words) in [
        ("{", "no JSON: "),
        (
            r#"{"type": "objekt"}"#,
            "type: found \"objekt\", expected \"array\", \"boolean\"",
        ),
        (
            r#"{"properties": {"a": {"pattern": "("}}}"#,
            "properties.a.pattern: found \"(\", expected text in the format `regex`",
        ),
        ("7", "7 is not of types"),
        (r##"{"$ref": "#/$defs/Nobody"}"##, "Nobody"),
        (
            r#"{"properties": {"a": {"$ref": "https://example.com/a.json"}}}"#,
            "`$ref` to `https://example.com/a.json`; followed are references inside the schema, such as `#/$defs/Step`",
        ),
        (
            r#"{"$ref": "file:///etc/passwd"}"#,
            "`$ref` to `file:///etc/passwd`",
        ),
        (r##"{"$dynamicRef": "#node"}"##, "`$dynamicRef` to `#node`"),
    ] {
        let error = check_settings(schema, "{}").unwrap_err().to_string();
        assert!(error.contains(words), "{schema}: {error}");
    }
    let long = format!("{{\"title\": \"{}\"}}", "x".repeat(MOST_BYTES));
    let error = check_settings(&long, "{}").unwrap_err().to_string();
    assert!(error.contains("at most 262144 are read"), "{error}");
}

/// Definitions, each made of a reference to the next.
fn chain(length: usize, link: impl Fn(Value) -> Value) -> String {
    let definitions = (0..length).map(|at| {
        let next = json!({"$ref": format!("#/$defs/d{}", (at + 1) % length)});
        (format!("d{at}"), link(next))
    });
    let definitions: serde_json::Map<String, Value> = definitions.collect();
    json!({"$defs": definitions, "$ref": "#/$defs/d0"}).to_string()
}

#[test]
fn a_schema_cannot_keep_the_host_busy() {
    let twice = |next: Value| json!({"allOf": [next, next]});
    let error = check_settings(&chain(40, twice), "{}")
        .unwrap_err()
        .to_string();
    assert!(error.contains("at most 200000 are followed"), "{error}");
    let deep = chain(5_000, |next| json!({"not": next}));
    let error = check_settings(&deep, "{}").unwrap_err().to_string();
    assert!(error.contains("nested more than 256 deep"), "{error}");
    // Circles and patterns that other engines never finish.
    for schema in [
        r##"{"$ref": "#"}"##.to_owned(),
        chain(2, |next| json!({"allOf": [next]})),
        r#"{"properties": {"a": {"pattern": "^(a+)+$"}}}"#.to_owned(),
    ] {
        let settings = json!({"a": "a".repeat(60) + "b"}).to_string();
        let found = check_settings(&schema, &settings).unwrap();
        assert!(found.len() <= 1, "{schema}: {found:?}");
    }
}
