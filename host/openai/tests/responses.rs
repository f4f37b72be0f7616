//! Responses in chunks of every size: the usage read and the model restored are always the same.

// The lints know tests, but not what tests call.
#![allow(clippy::panic, clippy::unwrap_used)]

use proptest::prelude::*;
use switchyard_openai::{Format, ModelRestorer, Usage, UsageReader};

/// As vLLM 0.32.0 answered.
const CHAT: &str = r#"{"id":"chatcmpl-9a5abd2ea0deb9cc","object":"chat.completion","created":1795362473,"model":"tiny","choices":[{"index":0,"message":{"role":"assistant","content":" \"model\":\"tiny\"","refusal":null},"logprobs":null,"finish_reason":"length"}],"usage":{"prompt_tokens":139,"total_tokens":141,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":128},"completion_tokens_details":null},"prompt_logprobs":null}"#;
const CHAT_STREAM: &str = "data: {\"id\":\"chatcmpl-b9fd\",\"model\":\"tiny\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}]}\n\ndata: {\"id\":\"chatcmpl-b9fd\",\"model\":\"tiny\",\"choices\":[],\"usage\":{\"prompt_tokens\":29,\"total_tokens\":34,\"completion_tokens\":5,\"prompt_tokens_details\":{\"cached_tokens\":16}}}\n\ndata: [DONE]\n\n";
const RESPONSES: &str = r#"{"id":"resp_b24af908330a62ed","model":"tiny","output":[{"usage":{"input_tokens":99}}],"usage":{"input_tokens":13,"input_tokens_details":{"cached_tokens":0,"input_tokens_per_turn":[]},"output_tokens":4}}"#;
const RESPONSES_STREAM: &str = "event: response.completed\r\ndata: {\"type\":\"response.completed\",\"response\":{\"model\":\"tiny\",\"usage\":{\"input_tokens\":13,\"input_tokens_details\":{\"cached_tokens\":8},\"output_tokens\":4}}}\r\n\r\n";
const MESSAGES_STREAM: &str = "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"model\":\"tiny\",\"usage\":{\"input_tokens\":10,\"cache_read_input_tokens\":30,\"cache_creation_input_tokens\":2,\"output_tokens\":1}}}\n\nevent: message_delta\ndata: {\"type\":\"message_delta\",\"usage\":{\"output_tokens\":15}}\n\n";

fn usage(prompt: Option<u64>, cached: Option<u64>, completion: Option<u64>) -> Usage {
    Usage {
        prompt_tokens: prompt,
        cached_tokens: cached,
        completion_tokens: completion,
    }
}

fn read<'a>(format: Format, chunks: impl IntoIterator<Item = &'a [u8]>) -> Usage {
    let mut reader = UsageReader::new(format);
    chunks.into_iter().for_each(|chunk| reader.push(chunk));
    reader.usage()
}

fn restore<'a>(format: Format, chunks: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut restorer = ModelRestorer::new(format, "my \"alias\"");
    let mut out = Vec::new();
    chunks
        .into_iter()
        .for_each(|chunk| restorer.push(chunk, &mut out));
    restorer.finish(&mut out);
    String::from_utf8(out).unwrap()
}

/// Whole, byte by byte, and in two at every place.
fn check_usage(format: Format, body: &str, expected: Usage) {
    let bytes = body.as_bytes();
    assert_eq!(read(format, [bytes]), expected, "{body}");
    assert_eq!(
        read(format, bytes.chunks(1)),
        expected,
        "byte by byte: {body}"
    );
    for at in 0..bytes.len() {
        assert_eq!(
            read(format, [&bytes[..at], &bytes[at..]]),
            expected,
            "cut at {at}: {body}"
        );
    }
}

fn check_restored(format: Format, body: &str, expected: &str) {
    let bytes = body.as_bytes();
    assert_eq!(restore(format, [bytes]), expected);
    assert_eq!(restore(format, bytes.chunks(1)), expected, "byte by byte");
    for at in 0..bytes.len() {
        assert_eq!(
            restore(format, [&bytes[..at], &bytes[at..]]),
            expected,
            "cut at {at}"
        );
    }
}

#[test]
fn usage_is_read_however_it_is_cut() {
    for (format, body, expected) in [
        (Format::Json, CHAT, usage(Some(139), Some(128), Some(2))),
        (Format::Json, RESPONSES, usage(Some(13), Some(0), Some(4))),
        (
            Format::EventStream,
            CHAT_STREAM,
            usage(Some(29), Some(16), Some(5)),
        ),
        (
            Format::EventStream,
            RESPONSES_STREAM,
            usage(Some(13), Some(8), Some(4)),
        ),
        (
            Format::EventStream,
            MESSAGES_STREAM,
            usage(Some(42), Some(30), Some(15)),
        ),
        (
            Format::Json,
            r#"{"usage":{"input_tokens":13,"output_tokens":4}}"#,
            usage(Some(13), None, Some(4)),
        ),
        (
            Format::Json,
            r#"{"us\u0061ge":{"prompt_tokens":1}}"#,
            usage(Some(1), None, None),
        ),
        // Of another type: ignored.
        (Format::Json, r#"{"usage":null}"#, Usage::default()),
        (
            Format::Json,
            r#"{"usage":[{"prompt_tokens":1}]}"#,
            Usage::default(),
        ),
        (
            Format::Json,
            r#"{"usage":"prompt_tokens"}"#,
            Usage::default(),
        ),
        (
            Format::Json,
            r#"{"usage":{"prompt_tokens":"1","completion_tokens":-1}}"#,
            Usage::default(),
        ),
        (
            Format::Json,
            r#"{"usage":{"prompt_tokens":1.5,"completion_tokens":{"prompt_tokens":3}}}"#,
            Usage::default(),
        ),
        (
            Format::Json,
            r#"{"usage":{"prompt_tokens":18446744073709551616,"completion_tokens":18446744073709551615}}"#,
            usage(None, None, Some(u64::MAX)),
        ),
        (
            Format::Json,
            r#"{"usage":{"prompt_tokens":100000000000000000000000}}"#,
            Usage::default(),
        ),
        (
            Format::Json,
            r#"{"usage":{"prompt_tokens_details":null,"prompt_tokens":3}}"#,
            usage(Some(3), None, None),
        ),
        // Not JSON, or only so far.
        (
            Format::Json,
            r#"{"usage" {"prompt_tokens":1}}"#,
            Usage::default(),
        ),
        (
            Format::Json,
            r#"{"usage":{"prompt_tokens":12"#,
            Usage::default(),
        ),
        (Format::Json, "<html>", Usage::default()),
        (
            Format::EventStream,
            "data: {\"usage\":{\"prompt_tokens\n\ndata:{\"usage\":{\"prompt_tokens\":2}}\n\n",
            usage(Some(2), None, None),
        ),
        (
            Format::EventStream,
            "data: {\"us\\u0061ge\":{\"prompt_tokens\":2}}\n\ndata: {\"a\":\"\\n\"}\n\n",
            usage(Some(2), None, None),
        ),
        (
            Format::EventStream,
            "data: {\"usage\":{\ndata: \"prompt_tokens\":3\ndata: }}\n\ndata: }\n\ndata: {\"prompt_tokens\":2}\n\n",
            usage(Some(3), None, None),
        ),
        (
            Format::EventStream,
            ": {\"usage\":{\"prompt_tokens\":2}}\nid: {\"usage\":{\"prompt_tokens\":2}}\n\n",
            Usage::default(),
        ),
        (
            Format::EventStream,
            "data: {\"usage\":\rdata: {\"prompt_tokens\":\r\ndata:2\ndata:}}\n\n",
            usage(Some(2), None, None),
        ),
        (
            Format::EventStream,
            "data: {\"usage\":{\"prompt_tokens\":1}}\n\ndata: {\"usage\":null}\n\n",
            usage(Some(1), None, None),
        ),
    ] {
        check_usage(format, body, expected);
    }
}

#[test]
fn the_models_name_is_restored_and_nothing_else() {
    let alias = r#""model":"my \"alias\"""#;
    for (format, body) in [
        (Format::EventStream, CHAT_STREAM),
        (Format::EventStream, RESPONSES_STREAM),
        (Format::EventStream, MESSAGES_STREAM),
        (Format::Json, RESPONSES),
    ] {
        check_restored(format, body, &body.replace(r#""model":"tiny""#, alias));
    }
    check_restored(
        Format::Json,
        CHAT,
        &CHAT.replacen(r#""model":"tiny""#, alias, 1),
    );
    for (body, expected) in [
        (
            "{\"model\" : \"a\\\"b\\\\\" }\n{\"model\":\"b\"}",
            "{\"model\" : \"my \\\"alias\\\"\" }\n{\"model\":\"my \\\"alias\\\"\"}",
        ),
        (
            r#"{"a":{"model":"b"},"models":"c","list":[{"model":"d"}]}"#,
            r#"{"a":{"model":"b"},"models":"c","list":[{"model":"d"}]}"#,
        ),
        (r#"{"model":null}"#, r#"{"model":null}"#),
        (r#"{"model":"cut of"#, r#"{"model":"cut of"#),
        ("{\"model\":\"a\nb\"}", "{\"model\":\"a\nb\"}"),
        (
            r#"{"error":{"message":"no"}}"#,
            r#"{"error":{"message":"no"}}"#,
        ),
    ] {
        check_restored(Format::Json, body, expected);
    }
    check_restored(
        Format::EventStream,
        "data: {\"model\":\"a\n\n",
        "data: {\"model\":\"a\n\n",
    );
    check_restored(
        Format::EventStream,
        "data: {\"a\":1}\n\ndata: {\"mod\\u0065l\":\"a\",\"b\":2}\n\ndata: {\"model\":\"a\",\"model\":\"b\"}\n\n",
        "data: {\"a\":1}\n\ndata: {\"mod\\u0065l\":\"my \\\"alias\\\"\",\"b\":2}\n\ndata: {\"model\":\"my \\\"alias\\\"\",\"model\":\"my \\\"alias\\\"\"}\n\n",
    );
    check_restored(
        Format::EventStream,
        "model\n\ndata: {\"model\":\"a\"}\n\n",
        "model\n\ndata: {\"model\":\"my \\\"alias\\\"\"}\n\n",
    );
}

#[test]
fn a_name_without_end_is_let_through() {
    let at_the_limit = format!(r#"{{"model":"{}"}}"#, "x".repeat(4094));
    let past_it = format!(r#"{{"model":"{}"}}"#, "x".repeat(4095));
    for size in [1, 1000, 10_000] {
        assert_eq!(
            restore(Format::Json, at_the_limit.as_bytes().chunks(size)),
            r#"{"model":"my \"alias\""}"#
        );
        assert_eq!(
            restore(Format::Json, past_it.as_bytes().chunks(size)),
            past_it
        );
    }
    // Let through at once, not at the end.
    let mut restorer = ModelRestorer::new(Format::Json, "a");
    let mut out = Vec::new();
    restorer.push(&past_it.as_bytes()[..4200.min(past_it.len())], &mut out);
    restorer.push(b"", &mut out);
    assert!(out.len() >= past_it.len());
}

fn body() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        prop::sample::select(vec![
            CHAT,
            CHAT_STREAM,
            RESPONSES,
            RESPONSES_STREAM,
            MESSAGES_STREAM
        ])
        .prop_map(str::to_owned),
        prop::sample::select(vec![
            "data:",
            "data: ",
            "\n",
            "\r\n",
            "\r",
            "\n\n",
            "{",
            "}",
            "\"model\":",
            "\"usage\":",
            "\"us\\u0061ge\":{",
            "{\"mod\\u0065l\":",
            "data: {\"a\":0}\n\n",
            "\"prompt_tokens\":",
            "\"",
            "\\",
            "12",
            "\"tiny\"",
            ",",
            "[",
            "]",
            "null",
            "é"
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn cuts_make_no_difference(body in body(), stream: bool, mut cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8)) {
        let format = if stream { Format::EventStream } else { Format::Json };
        let bytes = body.as_bytes();
        let mut cuts: Vec<usize> = cuts.drain(..).map(|cut| cut.index(bytes.len() + 1)).collect();
        cuts.extend([0, bytes.len()]);
        cuts.sort_unstable();
        let chunks = || cuts.windows(2).map(|pair| &bytes[pair[0]..pair[1]]);
        prop_assert_eq!(restore(format, chunks()), restore(format, [bytes]));
        prop_assert_eq!(read(format, chunks()), read(format, [bytes]));
        // No event lies whole in a chunk, so none is passed over.
        prop_assert_eq!(restore(format, bytes.chunks(1)), restore(format, [bytes]));
        prop_assert_eq!(read(format, bytes.chunks(1)), read(format, [bytes]));
    }
}
