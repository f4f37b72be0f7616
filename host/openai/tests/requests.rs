//! What is read of requests, and what is refused.

// The lints know tests, but not what tests call.
#![allow(clippy::panic, clippy::unwrap_used)]

use switchyard_openai::{BodyError, MissingModel, RequestBody};

const CHAT: &str = "/v1/chat/completions";
const COMPLETION: &str = "/v1/completions";

fn read(path: &str, body: &str) -> Result<RequestBody, BodyError> {
    RequestBody::read(path, body.as_bytes(), MissingModel::Refuse)
}

fn prompt(path: &str, body: &str) -> String {
    let read = read(path, body).unwrap_or_else(|error| panic!("{body}: {error}"));
    let mut out = Vec::new();
    read.append_prompt(body.as_bytes(), &mut out);
    assert_eq!(out.len(), read.prompt_bytes(), "{body}");
    String::from_utf8_lossy(&out).into_owned()
}

#[test]
fn prompts_are_normalised() {
    let user = "user\nhi\n";
    for (path, body, expected) in [
        (
            CHAT,
            r#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#,
            user,
        ),
        (
            CHAT,
            r#"{"messages":[{"content":"h\u0069","role":"us\u0065r"}],"model":"m"}"#,
            user,
        ),
        (
            CHAT,
            r#"{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"hi"}]}]}"#,
            user,
        ),
        (
            CHAT,
            r#"{"model":"m","messages":[{"role":"user","content":[{"text":"h","type":"text"},"i"]}]}"#,
            user,
        ),
        (
            CHAT,
            r#"{"model":"m","messages":[{"role":"x","content":"gone","content":"hi","role":"user"}]}"#,
            user,
        ),
        (
            CHAT,
            r#"{"model":"m","messages":"gone","messages":[{"role":"user","content":"hi"}]}"#,
            user,
        ),
        (
            CHAT,
            r#"{"model":"m","messages":[{"content":"hi"}]}"#,
            "\nhi\n",
        ),
        (
            CHAT,
            r#"{"model":"m","messages":[{"role":"assistant","content":null,"tool_calls":[{"id":1}]}]}"#,
            "assistant\n[{\"id\":1}]\n",
        ),
        (
            CHAT,
            r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"tools":[{"t":1}]}"#,
            "[{\"t\":1}]\nuser\nhi\n",
        ),
        (
            CHAT,
            r#"{"model":"m","messages":[{"role":"user","content":[{"type":"thinking","x":1}]}]}"#,
            "user\n{\"type\":\"thinking\",\"x\":1}\n",
        ),
        (
            "/v1/chat/completions/render",
            r#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#,
            user,
        ),
        (COMPLETION, r#"{"model":"m","prompt":"a\nb"}"#, "a\nb"),
        (COMPLETION, r#"{"model":"m","prompt":["a","b"]}"#, "ab"),
        (
            COMPLETION,
            r#"{"model":"m","prompt":[65, 66]}"#,
            "A\0\0\0B\0\0\0",
        ),
        (
            COMPLETION,
            r#"{"model":"m","prompt":[[65],[66 ,67]]}"#,
            "A\0\0\0B\0\0\0C\0\0\0",
        ),
        ("/v1/embeddings", r#"{"model":"m","input":"hi"}"#, "hi"),
        (
            "/v1/embeddings",
            r#"{"model":"m","messages":[{"role":"user","content":"hi"}]}"#,
            user,
        ),
        (
            "/v1/responses",
            r#"{"model":"m","input":"hi","instructions":"be kind"}"#,
            "be kind\nhi",
        ),
        (
            "/v1/responses",
            r#"{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"hi"}]},{"type":"function_call_output","output":"4"}]}"#,
            "user\nhi\n{\"type\":\"function_call_output\",\"output\":\"4\"}",
        ),
        (
            "/v1/messages",
            r#"{"model":"m","messages":[{"role":"user","content":"hi"}],"system":[{"type":"text","text":"s"}]}"#,
            "s\nuser\nhi\n",
        ),
        (
            "/v1/conversations",
            r#"{"items":[{"role":"user","content":"hi"}]}"#,
            user,
        ),
        ("/v1/conversations", "{}", ""),
        (
            "/v1/images/generations",
            r#"{"model":"m","prompt":"a cat"}"#,
            "a cat",
        ),
        (
            "/inference/v1/generate",
            r#"{"token_ids":[65],"sampling_params":{"max_tokens":3}}"#,
            "A\0\0\0",
        ),
        ("/unknown", "not json", ""),
    ] {
        assert_eq!(prompt(path, body), expected, "{body}");
    }
}

#[test]
fn a_longer_conversation_begins_like_the_shorter() {
    let turns = [
        r#"{"role":"system","content":"be kind"}"#,
        r#"{"role":"user","content":[{"type":"image_url","image_url":{"url":"data:a"}},{"type":"text","text":"hi"}]}"#,
        r#"{"role":"assistant","content":"hello","tool_calls":[]}"#,
        r#"{"role":"user","content":"bye"}"#,
    ];
    let prompts: Vec<String> = (1..=turns.len())
        .map(|count| {
            prompt(
                CHAT,
                &format!(
                    r#"{{"model":"m","messages":[{}]}}"#,
                    turns[..count].join(",")
                ),
            )
        })
        .collect();
    for pair in prompts.windows(2) {
        assert!(
            pair[1].starts_with(&pair[0]) && pair[1].len() > pair[0].len(),
            "{pair:?}"
        );
    }
}

#[test]
fn pictures_count_and_tell_prompts_apart() {
    let body = |url: &str| {
        format!(
            r#"{{"model":"m","messages":[{{"role":"user","content":[{{"type":"image_url","image_url":{{"url":"{url}"}}}},{{"type":"input_audio","input_audio":{{}}}},{{"type":"text","text":"hi"}}]}}]}}"#
        )
    };
    assert_eq!(read(CHAT, &body("a")).unwrap().multimodal_parts(), 2);
    assert_ne!(prompt(CHAT, &body("a")), prompt(CHAT, &body("b")));
    assert_eq!(prompt(COMPLETION, r#"{"model":"m","prompt":"p"}"#), "p");
}

#[test]
fn fields_are_read_by_all_their_names() {
    let chat = |members: &str| {
        format!(r#"{{"model":"m","messages":[{{"role":"user","content":"x"}}],{members}}}"#)
    };
    for (members, max_tokens, stream, salt) in [
        (r#""stream":true"#, None, true, None),
        (r#""stream":true,"stream":false"#, None, false, None),
        (r#""stream":"x","stream":null"#, None, false, None),
        (r#""max_tokens":5"#, Some(5), false, None),
        (
            r#""max_completion_tokens":7,"max_tokens":5"#,
            Some(7),
            false,
            None,
        ),
        (r#""max_output_tokens":6"#, Some(6), false, None),
        (r#""max_tokens":-1"#, None, false, None),
        (r#""max_tokens":"5""#, None, false, None),
        (r#""cache_salt":"s\u0061lt""#, None, false, Some("salt")),
    ] {
        let read = read(CHAT, &chat(members)).unwrap();
        assert_eq!(
            (read.max_tokens(), read.stream(), read.cache_salt()),
            (max_tokens, stream, salt),
            "{members}"
        );
    }
    let generate = r#"{"token_ids":[1],"sampling_params":{"max_tokens":3}}"#;
    assert_eq!(
        read("/inference/v1/generate", generate)
            .unwrap()
            .max_tokens(),
        Some(3)
    );
}

#[test]
fn mistakes_are_named() {
    for (path, body, message) in [
        (
            CHAT,
            "",
            "the request body is not valid JSON: unexpected end at byte 0",
        ),
        (
            CHAT,
            "{\"model\":",
            "the request body is not valid JSON: unexpected end at byte 9",
        ),
        (
            CHAT,
            "[]",
            "the request body must be a JSON object, found an array",
        ),
        (
            CHAT,
            "[} ",
            "the request body is not valid JSON: unexpected character, expected a value, at byte 1",
        ),
        (
            CHAT,
            r#"{"model":5,"messages":[{}]}"#,
            "`model` must be a string, found a number",
        ),
        (
            CHAT,
            r#"{"messages":[{"role":"user","content":"x"}]}"#,
            "you must provide `model`: it is missing from the request body",
        ),
        (
            CHAT,
            r#"{"model":null,"messages":[{}]}"#,
            "you must provide `model`: it is missing from the request body",
        ),
        (
            CHAT,
            r#"{"model":"m","model":"","messages":[{}]}"#,
            "you must provide `model`: it is missing from the request body",
        ),
        (
            CHAT,
            r#"{"x":{"model":"m"},"messages":[{}]}"#,
            "you must provide `model`: it is missing from the request body",
        ),
        (
            CHAT,
            r#"{"model":"m"}"#,
            "you must provide `messages`: it is missing from the request body",
        ),
        (
            CHAT,
            r#"{"model":"m","messages":[]}"#,
            "`messages` must not be empty",
        ),
        (
            CHAT,
            r#"{"model":"m","messages":"x"}"#,
            "`messages` must be a list of messages, found a string",
        ),
        (
            CHAT,
            r#"{"model":"m","messages":[{}, 5]}"#,
            "`messages[1]` must be an object, found a number",
        ),
        (
            CHAT,
            r#"{"model":"m","messages":[{}],"stream":1}"#,
            "`stream` must be a boolean, found a number",
        ),
        (
            COMPLETION,
            r#"{"model":"m"}"#,
            "you must provide `prompt`: it is missing from the request body",
        ),
        (
            COMPLETION,
            r#"{"model":"m","prompt":""}"#,
            "`prompt` must not be empty",
        ),
        (
            COMPLETION,
            r#"{"model":"m","prompt":[]}"#,
            "`prompt` must not be empty",
        ),
        (
            COMPLETION,
            r#"{"model":"m","prompt":{}}"#,
            "`prompt` must be a string, a list of strings, or a list of token ids, found an object",
        ),
        (
            COMPLETION,
            r#"{"model":"m","prompt":[1,-2]}"#,
            "`prompt[1]` must be a token id (0 to 4294967295), found a number",
        ),
        (
            COMPLETION,
            r#"{"model":"m","prompt":[4294967296]}"#,
            "`prompt[0]` must be a token id (0 to 4294967295), found a number",
        ),
        (
            COMPLETION,
            r#"{"model":"m","prompt":["a",1]}"#,
            "`prompt[1]` must be a string or a list of token ids, found a number",
        ),
        (
            COMPLETION,
            r#"{"model":"m","prompt":"x","cache_salt":1}"#,
            "`cache_salt` must be a string, found a number",
        ),
        (
            "/v1/responses",
            r#"{"model":"m","input":5}"#,
            "`input` must be a string, found a number",
        ),
        (
            "/inference/v1/generate",
            r#"{"token_ids":"x"}"#,
            "`token_ids` must be a list of token ids, found a string",
        ),
    ] {
        assert_eq!(read(path, body).unwrap_err().to_string(), message, "{body}");
    }
    assert_eq!(
        read(CHAT, r#"{"model":5}"#).unwrap_err().param(),
        Some("model")
    );
}
