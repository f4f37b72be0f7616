//! A rewrite changes the model, wherever a server may read it, and nothing else.

// The lints know tests, but not what tests call.
#![allow(clippy::panic, clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::Value;
use switchyard_openai::{MissingModel, RequestBody, rewrite};

const COMPLETION: &str = "/v1/completions";

fn check_rewrite(body: &str, model: &str, expected: &str) {
    let read = RequestBody::read(COMPLETION, body.as_bytes(), MissingModel::Allow).unwrap();
    let rewritten = rewrite::with_model(&read, body.as_bytes(), model);
    assert_eq!(String::from_utf8_lossy(&rewritten), expected);
}

#[test]
fn a_rewrite_changes_the_model_alone() {
    for (body, model, expected) in [
        (
            r#"{"model": "a", "prompt":"model"}"#,
            "b",
            r#"{"model": "b", "prompt":"model"}"#,
        ),
        (
            r#"{"mod\u0065l":"a","prompt":"x","x":{"model":"a"}}"#,
            "b",
            r#"{"mod\u0065l":"b","prompt":"x","x":{"model":"a"}}"#,
        ),
        (
            r#"{"model":5,"prompt":"x","model":"a"}"#,
            "b",
            r#"{"model":"b","prompt":"x","model":"b"}"#,
        ),
        (
            r#"{"model":"a","prompt":"x"}"#,
            "b\"\n",
            r#"{"model":"b\"\n","prompt":"x"}"#,
        ),
        (
            r#" { "prompt":"x"}"#,
            "b",
            r#" {"model":"b", "prompt":"x"}"#,
        ),
    ] {
        check_rewrite(body, model, expected);
    }
    let empty = RequestBody::read("/v1/conversations", b"{}", MissingModel::Allow).unwrap();
    assert_eq!(rewrite::with_model(&empty, b"{}", "b"), br#"{"model":"b"}"#);
    assert_eq!(
        rewrite::with_model(&RequestBody::load_only(), b"raw", "b"),
        b"raw"
    );
}

proptest! {
    /// Members in any order, twice, nested and spelled with escapes: the same model as a full parser's.
    #[test]
    fn the_model_is_the_one_a_parser_finds(
        members in prop::collection::vec(prop::sample::select(vec![
            r#""model":"a""#, r#""model":"b\n""#, r#""mod\u0065l":"c""#, r#""model":null"#, r#""model":7"#,
            r#""x":{"model":"d"}"#, r#""models":"e""#, r#""list":[{"model":"f"}]"#, r#""prompt":"p""#,
        ]), 0..6),
    ) {
        let body = format!("{{{},\"prompt\":\"p\"}}", members.join(",")).replace("{,", "{");
        let value: Value = serde_json::from_str(&body).unwrap();
        match (RequestBody::read(COMPLETION, body.as_bytes(), MissingModel::Allow), &value["model"]) {
            (Ok(read), Value::String(model)) => prop_assert_eq!(read.model(), Some(model.as_str())),
            (Ok(read), Value::Null) => prop_assert_eq!(read.model(), None),
            (Err(error), Value::Number(_)) => prop_assert_eq!(error.param(), Some("model")),
            (read, model) => prop_assert!(false, "{body}: {read:?}, {model}"),
        }
        if let Ok(read) = RequestBody::read(COMPLETION, body.as_bytes(), MissingModel::Allow) {
            let rewritten: Value = serde_json::from_slice(&rewrite::with_model(&read, body.as_bytes(), "new")).unwrap();
            let mut expected = value;
            expected["model"] = "new".into();
            prop_assert_eq!(rewritten, expected);
        }
    }
}
