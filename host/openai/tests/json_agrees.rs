//! The lazy reader and serde_json never disagree: not on what is JSON, not on what it says.

// The lints know tests, but not what tests call.
#![allow(clippy::panic, clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::{Map, Value};
use switchyard_openai::json::{Cursor, JsonError, Kind};
use switchyard_openai::{BodyError, MissingModel, RequestBody};

/// Builds the tree that the reader itself never builds.
fn tree(cursor: &mut Cursor<'_>) -> Result<Value, JsonError> {
    Ok(match cursor.kind()? {
        Kind::Object => {
            let mut map = Map::new();
            let mut members = cursor.object()?;
            while let Some(key) = members.next(cursor)? {
                let value = tree(cursor)?;
                map.insert(key.to_string(cursor.body()), value);
            }
            Value::Object(map)
        }
        Kind::Array => {
            let mut list = Vec::new();
            let mut items = cursor.array()?;
            while items.next(cursor)? {
                list.push(tree(cursor)?);
            }
            Value::Array(list)
        }
        Kind::String => {
            let text = cursor.string()?;
            let string = text.to_string(cursor.body());
            assert_eq!(string.len(), text.decoded_len());
            Value::String(string)
        }
        _ => {
            let span = cursor.skip()?;
            serde_json::from_slice(&cursor.body()[span]).expect("a scalar that was accepted")
        }
    })
}

fn walked(bytes: &[u8]) -> Result<Value, JsonError> {
    let mut cursor = Cursor::new(bytes)?;
    let value = tree(&mut cursor)?;
    cursor.end()?;
    Ok(value)
}

fn skipped(bytes: &[u8]) -> Result<(), JsonError> {
    let mut cursor = Cursor::new(bytes)?;
    cursor.skip()?;
    cursor.end()
}

fn check(bytes: &[u8]) {
    let shown = String::from_utf8_lossy(bytes);
    let theirs = serde_json::from_slice::<Value>(bytes);
    let skipped = skipped(bytes);
    assert_eq!(
        skipped.is_ok(),
        theirs.is_ok(),
        "{shown}: skipped {skipped:?}, theirs {theirs:?}"
    );
    for path in [
        "/chat/completions",
        "/completions",
        "/responses",
        "/messages",
    ] {
        let read = RequestBody::read(path, bytes, MissingModel::Allow);
        let refused = matches!(read, Err(BodyError::Malformed(_)));
        assert_eq!(refused, theirs.is_err(), "{path} {shown}: {read:?}");
    }
    match (walked(bytes), theirs) {
        (Ok(ours), Ok(theirs)) => assert_eq!(ours, theirs, "{shown}"),
        (Err(_), Err(_)) => {}
        (ours, theirs) => panic!("{shown}: walked {ours:?}, theirs {theirs:?}"),
    }
}

#[test]
fn edge_cases() {
    let long_digits = "9".repeat(400);
    let many_zeros = format!("0.{}1", "0".repeat(400));
    let ok_digits = "9".repeat(300);
    for document in [
        "",
        " ",
        "nul",
        "null",
        " null\n",
        "null x",
        "true",
        "truex",
        "falsy",
        "tru",
        "\u{feff}1",
        "0",
        "-0",
        "-",
        "01",
        "-01",
        "1.",
        ".5",
        "1.5",
        "1e5",
        "1E+5",
        "1e-5",
        "1e",
        "1e+",
        "+1",
        "1_0",
        "1e308",
        "1e309",
        "-1e309",
        "1e999",
        "0e999",
        "0.0e99999999999999999999",
        "1e-999",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        "179769313486231570e291",
        "17976931348623159e292",
        "0.0001e312",
        "NaN",
        "Infinity",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775809",
        &long_digits,
        &many_zeros,
        &ok_digits,
        "\"",
        "\"a",
        "\"a\"",
        "\"\\\"",
        "\"\\",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u12g4\"",
        "\"\\u+123\"",
        "\"\\ud800\"",
        "\"\\udc00\"",
        "\"\\ud800\\ud800\"",
        "\"\\ud800\\n\"",
        "\"\\ud800x\"",
        "\"\\ud83d\\ude00\"",
        "\"\\uD83D\\uDE00\"",
        "\"\\ud800\\u\"",
        "\"\\ud800\\u00e9\"",
        "\"\\u0000\"",
        "\"\u{1}\"",
        "\"\t\"",
        "\"\u{7f}\"",
        "\"\u{1f}\"",
        "[]",
        "[",
        "]",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        "[[]",
        "[[]]",
        "[]]",
        "{}",
        "{",
        "}",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\":1,",
        "{\"a\":1,}",
        "{,}",
        "{1:2}",
        "{\"a\" 1}",
        "{\"a\":1]",
        "{\"a\":1 \"b\":2}",
        "{a:1}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":{\"a\":1},\"\\u0061\":2}",
        "[{\"a\":[{}]},{}]",
        "\u{b}1",
        "\u{a0}1",
        "/*x*/1",
        "1//",
    ] {
        check(document.as_bytes());
    }
    for bytes in [
        &b"\"\xff\""[..],
        b"\"\xc3\\n\"",
        b"\"\xed\xa0\x80\"",
        b"\"\xf0\x9f\x98\x80\"",
        b"\xff",
        b"1\xc3",
        b"[\"\xc3\xa9\"]",
        b"\"\xc0\x80\"",
    ] {
        check(bytes);
    }
}

#[test]
fn nesting_ends_where_serde_json_ends_it() {
    for depth in 120..=132 {
        check(format!("{}{}", "[".repeat(depth), "]".repeat(depth)).as_bytes());
        check(format!("{}1{}", "{\"a\":".repeat(depth), "}".repeat(depth)).as_bytes());
        check(
            format!(
                "{}{}",
                "[{\"a\":".repeat(depth / 2),
                "0}]".repeat(depth / 2)
            )
            .as_bytes(),
        );
        check("[".repeat(depth).as_bytes());
        // Depth counts what is open, not what was opened.
        check(format!("[{}]", "[[]],".repeat(depth) + "1").as_bytes());
    }
    assert!(skipped(format!("{}{}", "[".repeat(127), "]".repeat(127)).as_bytes()).is_ok());
    assert!(skipped(format!("{}{}", "[".repeat(128), "]".repeat(128)).as_bytes()).is_err());
    check("[".repeat(100_000).as_bytes());
}

/// A string as it may stand in a document: plain, escaped, with surrogates, right and wrong.
fn string() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[a-z \u{e9}\u{20ac}\u{1f600}]{0,40}",
        1 => prop::sample::select(vec!["\\n", "\\\"", "\\\\", "\\/", "\\b", "\\u0041", "\\u00e9", "\\ud83d\\ude00", "model"]).prop_map(str::to_owned),
        1 => (0xD780_u32..0xE080).prop_map(|unit| format!("\\u{unit:04x}")),
    ];
    prop::collection::vec(piece, 0..4).prop_map(|pieces| format!("\"{}\"", pieces.concat()))
}

fn scalar() -> impl Strategy<Value = String> {
    prop_oneof![
        prop::sample::select(vec![
            "null",
            "true",
            "false",
            "0",
            "-0",
            "1e999",
            "1e308",
            "\"model\""
        ])
        .prop_map(str::to_owned),
        any::<i64>().prop_map(|number| number.to_string()),
        any::<u64>().prop_map(|number| number.to_string()),
        any::<f64>()
            .prop_filter("finite", |number| number.is_finite())
            .prop_map(|number| format!("{number:e}")),
        "-?(0|[1-9][0-9]{0,25})(\\.[0-9]{1,30})?([eE][+-]?[0-9]{1,4})?",
        string(),
    ]
}

fn document() -> impl Strategy<Value = String> {
    let space = || prop::sample::select(vec!["", "", "", " ", "\n", "\r\n\t"]);
    scalar().prop_recursive(5, 60, 6, move |inner| {
        let key = prop_oneof![
            string(),
            prop::sample::select(vec![
                "\"model\"",
                "\"mod\\u0065l\"",
                "\"messages\"",
                "\"content\"",
                "\"prompt\"",
                "\"input\"",
                "\"system\"",
            ])
            .prop_map(str::to_owned),
        ];
        let member = (space(), key, space(), inner.clone(), space())
            .prop_map(|(a, key, b, value, c)| format!("{a}{key}{b}:{value}{c}"));
        prop_oneof![
            prop::collection::vec(member, 0..6)
                .prop_map(|members| format!("{{{}}}", members.join(","))),
            (prop::collection::vec(inner, 0..6), space())
                .prop_map(|(items, a)| format!("[{a}{}]", items.join(","))),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn on_documents(document in document()) {
        check(document.as_bytes());
    }

    #[test]
    fn on_mutated_documents(
        document in document(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..5_u8), 1..4),
    ) {
        let mut bytes = document.into_bytes();
        for (index, byte, how) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = index.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, byte),
                2 => drop(bytes.remove(at)),
                3 => bytes.truncate(at),
                _ => bytes[at] = b"{}[]\",:\\0-e \x1f\xc3"[usize::from(byte) % 14],
            }
        }
        check(&bytes);
    }

    #[test]
    fn on_bytes_out_of_json_parts(bytes in prop::collection::vec(prop::sample::select(b"{}[]\",:\\u0-1e. ntrfalse\x01\xc3\xa9".to_vec()), 0..24)) {
        check(&bytes);
    }
}
