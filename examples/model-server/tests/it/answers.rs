//! Shapes of answers, streams and errors.

use serde_json::{Value, json};

use crate::client::{Client, ask, chat, complete, server};

const HI: &str =
    r#"{"model":"m","messages":[{"role":"user","content":"Say hello."}],"max_tokens":5}"#;

#[test]
fn a_chat_answers_in_vllm_s_shape() {
    let server = server(&[]);
    let answer = ask(&server, "POST", "/v1/chat/completions", HI);
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let port = server.addr().port();
    assert_eq!(
        answer.header("x-inference-port"),
        Some(port.to_string().as_str())
    );
    assert_eq!(
        answer.header("x-inference-pod"),
        Some(format!("sim-{port}").as_str())
    );
    let keys = [
        "\"id\":\"chatcmpl-",
        "\"object\":\"chat.completion\"",
        "\"created\":",
        "\"choices\":[",
        "\"system_fingerprint\":",
        "\"usage\":",
    ];
    let places: Vec<usize> = keys
        .iter()
        .map(|key| answer.text().find(key).unwrap())
        .collect();
    assert!(places.is_sorted(), "{}", answer.text());
    let body = answer.json();
    assert_eq!(body["choices"][0]["message"]["role"], "assistant");
    let usage = &body["usage"];
    // <|user|>Say hello.\n<|assistant|> is 32 bytes: 8 tokens.
    assert_eq!(usage["prompt_tokens"], 8);
    let said = body["choices"][0]["message"]["content"].as_str().unwrap();
    assert_eq!(usage["completion_tokens"], said.len() / 4);
    assert_eq!(usage["total_tokens"], 8 + said.len() / 4);
    assert_eq!(usage["prompt_tokens_details"]["cached_tokens"], 0);
}

#[test]
fn answers_depend_on_the_prompt_and_not_on_the_server() {
    let (a, b) = (server(&[]), server(&[]));
    complete(&b, &json!({"prompt": "something else first"}));
    let body = json!({"prompt": "once upon a time", "max_tokens": 40});
    let text = |answer: Value| answer["choices"][0]["text"].clone();
    assert_eq!(
        text(complete(&a, &body).json()),
        text(complete(&b, &body).json())
    );
}

#[test]
fn limits_and_modes_are_kept() {
    let random = server(&[]);
    let echo = server(&["--mode", "echo"]);
    for (server, body, tokens, reason) in [
        (
            &random,
            json!({"prompt": "x", "max_tokens": 7, "ignore_eos": true}),
            7,
            "length",
        ),
        (
            &random,
            json!({"prompt": "x", "max_tokens": 7, "min_tokens": 7}),
            7,
            "length",
        ),
        (
            &echo,
            json!({"prompt": "abcdefgh", "max_tokens": 7}),
            2,
            "stop",
        ),
        (
            &echo,
            json!({"prompt": "abcdefgh", "max_tokens": 1}),
            1,
            "length",
        ),
    ] {
        let answer = complete(server, &body).json();
        assert_eq!(answer["usage"]["completion_tokens"], tokens, "{body}");
        assert_eq!(answer["choices"][0]["finish_reason"], reason, "{body}");
    }
    let answer = chat(
        &echo,
        &json!({"messages": [{"role": "system", "content": "s"}, {"role": "user", "content": [{"type": "text", "text": "ping"}]}]}),
    );
    assert_eq!(answer.json()["choices"][0]["message"]["content"], "ping");
    let several = complete(
        &random,
        &json!({"prompt": ["a", "b"], "n": 2, "max_tokens": 3}),
    )
    .json();
    let indices: Vec<&Value> = several["choices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|choice| &choice["index"])
        .collect();
    assert_eq!(indices, [0, 1, 2, 3]);
}

#[test]
fn a_stream_has_a_role_its_tokens_the_usage_and_an_end() {
    let server = server(&[]);
    let mut body: Value = serde_json::from_str(HI).unwrap();
    body["ignore_eos"] = json!(true);
    let whole = chat(&server, &body).json()["choices"][0]["message"]["content"].clone();
    body["stream"] = json!(true);
    body["stream_options"] = json!({"include_usage": true});
    let answer = chat(&server, &body);
    assert_eq!(
        answer.header("content-type"),
        Some("text/event-stream; charset=utf-8")
    );
    assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
    let events = answer.events();
    assert_eq!(events.len(), 1 + 5 + 1 + 1);
    assert_eq!(events[7], "[DONE]");
    let events: Vec<Value> = events[..7]
        .iter()
        .map(|event| serde_json::from_str(event).unwrap())
        .collect();
    assert_eq!(events[0]["choices"][0]["delta"]["role"], "assistant");
    let said: String = events[1..6]
        .iter()
        .map(|event| event["choices"][0]["delta"]["content"].as_str().unwrap())
        .collect();
    assert_eq!(said, whole.as_str().unwrap());
    let reasons: Vec<&Value> = events[..6]
        .iter()
        .map(|event| &event["choices"][0]["finish_reason"])
        .collect();
    assert_eq!(reasons[5], "length");
    assert!(reasons[..5].iter().all(|reason| reason.is_null()));
    assert_eq!(events[6]["choices"], json!([]));
    assert_eq!(events[6]["usage"]["completion_tokens"], 5);
    assert!(events[6]["usage"]["prompt_tokens_details"]["cached_tokens"].is_number());
}

#[test]
fn a_completion_streams_all_choices_and_continuous_usage() {
    let server = server(&["--inter-token-latency", "1ms"]);
    let body = json!({"prompt": "tell", "n": 2, "max_tokens": 4, "ignore_eos": true, "stream": true,
        "stream_options": {"include_usage": true, "continuous_usage_stats": true}});
    let events = complete(&server, &body).events();
    assert_eq!(events.len(), 2 * 4 + 2);
    let parsed: Vec<Value> = events[..9]
        .iter()
        .map(|event| serde_json::from_str(event).unwrap())
        .collect();
    for index in 0..2 {
        let counts: Vec<u64> = parsed[..8]
            .iter()
            .filter(|event| event["choices"][0]["index"] == index)
            .map(|event| event["usage"]["completion_tokens"].as_u64().unwrap())
            .collect();
        assert_eq!(counts, [1, 2, 3, 4]);
    }
    assert_eq!(parsed[8]["usage"]["completion_tokens"], 8);
}

#[test]
fn errors_have_vllm_s_shape() {
    let server = server(&[
        "--max-model-len",
        "32",
        "--kv-cache-size",
        "1",
        "--max-request-body-size-mb",
        "1",
    ]);
    let long = json!({"prompt": "x".repeat(200)}).to_string();
    let huge = json!({"prompt": "x".repeat(2 << 20)}).to_string();
    let blocks =
        json!({"prompt": "x".repeat(40), "max_tokens": 15, "ignore_eos": true}).to_string();
    for (path, body, status, kind, param, said) in [
        (
            "/v1/completions",
            r#"{"model": "m", "prompt": "#,
            400,
            "Bad Request",
            "body.",
            "json_invalid",
        ),
        (
            "/v1/completions",
            "",
            400,
            "Bad Request",
            "body.",
            "json_invalid",
        ),
        (
            "/v1/completions",
            r#"{"prompt":{}}"#,
            400,
            "Bad Request",
            "body.",
            "a list of token ids",
        ),
        (
            "/v1/completions",
            r#"{"prompt":[]}"#,
            400,
            "Bad Request",
            "body.prompt",
            "not empty",
        ),
        (
            "/v1/completions",
            r#"{"prompt":"x","n":100000000000}"#,
            400,
            "Bad Request",
            "body.prompt",
            "1 to 128 answers",
        ),
        (
            "/v1/completions",
            r#"{"prompt":"x","max_tokens":0}"#,
            400,
            "Bad Request",
            "body.max_tokens",
            "at least 1",
        ),
        (
            "/v1/chat/completions",
            r#"{"model":"m"}"#,
            400,
            "Bad Request",
            "body.messages",
            "Field required",
        ),
        (
            "/v1/completions",
            r#"{"model":"nope","prompt":"x"}"#,
            404,
            "NotFoundError",
            "model",
            "Valid aliases: m.",
        ),
        (
            "/v1/completions",
            &long,
            400,
            "BadRequestError",
            "input_tokens",
            "maximum context length is 32 tokens",
        ),
        (
            "/v1/completions",
            &blocks,
            400,
            "BadRequestError",
            "",
            "KV blocks",
        ),
        (
            "/v1/completions",
            &huge,
            413,
            "RequestEntityTooLargeError",
            "",
            "--max-request-body-size-mb",
        ),
    ] {
        let answer = ask(&server, "POST", path, body);
        assert_eq!(answer.status, status, "{}", answer.text());
        let error = &answer.json()["error"];
        assert_eq!(
            (&error["code"], error["type"].as_str()),
            (&json!(status), Some(kind)),
            "{error}"
        );
        assert!(
            error["param"]
                .as_str()
                .unwrap_or_default()
                .starts_with(param),
            "{error}"
        );
        assert!(error["message"].as_str().unwrap().contains(said), "{error}");
    }
    let wrong = ask(&server, "GET", "/v1/completions", "");
    assert_eq!((wrong.status, wrong.header("allow")), (405, Some("POST")));
    assert_eq!(wrong.json(), json!({"detail": "Method Not Allowed"}));
    let unknown = ask(&server, "POST", "/v1/nope", "{}");
    assert_eq!(
        (unknown.status, unknown.json()),
        (404, json!({"detail": "Not Found"}))
    );
}

#[test]
fn small_endpoints_answer() {
    let server = server(&["--startup-duration", "10m", "--enable-request-id-headers"]);
    for (path, status) in [
        ("/health", 200),
        ("/ping", 200),
        ("/health/ready", 503),
        ("/version", 200),
        ("/v1/models", 200),
    ] {
        assert_eq!(ask(&server, "GET", path, "").status, status, "{path}");
    }
    let mut client = Client::new(server.addr());
    client.send(
        "POST",
        "/v1/completions",
        "x-request-id: abc\r\n",
        br#"{"prompt":"x"}"#,
    );
    let answer = client.receive().unwrap();
    assert_eq!(answer.header("x-request-id"), Some("abc"));
    assert_eq!(answer.json()["id"], "cmpl-abc");
    client.send(
        "POST",
        "/v1/completions",
        "x-return-error: 418\r\n",
        br#"{"prompt":"x"}"#,
    );
    assert_eq!(client.receive().unwrap().status, 418);
}
