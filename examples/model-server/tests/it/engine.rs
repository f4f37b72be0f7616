//! Cache, queue and clock as a client sees them.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::client::{Client, ask, await_metric, chat, complete, metric, server};

fn cached(answer: &Value) -> u64 {
    answer["usage"]["prompt_tokens_details"]["cached_tokens"]
        .as_u64()
        .unwrap()
}

#[test]
fn repeated_prompts_are_found_and_shared_prefixes_too() {
    let server = server(&[]);
    // 64 bytes are a block of 16 tokens.
    let text = |system: char, user: char| {
        format!(
            "{}{}",
            system.to_string().repeat(128),
            user.to_string().repeat(72)
        )
    };
    for (prompt, tokens) in [
        (text('s', 'u'), 0),
        (text('s', 'u'), 48),
        (text('s', 'v'), 32),
        (text('t', 'u'), 0),
        // Exactly three blocks: the last token is always computed.
        ("s".repeat(128) + &"u".repeat(64), 32),
    ] {
        let answer = complete(&server, &json!({"prompt": prompt, "max_tokens": 1})).json();
        assert_eq!(cached(&answer), tokens, "{prompt}");
    }
    assert_eq!(
        metric(&server, "vllm:prefix_cache_queries_total"),
        50.0 * 4.0 + 48.0
    );
    assert_eq!(
        metric(&server, "vllm:prefix_cache_hits_total"),
        48.0 + 32.0 + 32.0
    );
    assert_eq!(ask(&server, "POST", "/reset_prefix_cache", "").status, 200);
    let answer = complete(&server, &json!({"prompt": text('s', 'u'), "max_tokens": 1})).json();
    assert_eq!(cached(&answer), 0);
}

#[test]
fn a_conversation_finds_its_own_answers() {
    let server = server(&[]);
    let mut messages = vec![json!({"role": "user", "content": "q".repeat(200)})];
    let ask = |messages: &[Value]| {
        chat(
            &server,
            &json!({"messages": messages, "max_tokens": 100, "ignore_eos": true}),
        )
        .json()
    };
    let first = ask(&messages);
    messages.push(first["choices"][0]["message"].clone());
    messages.push(json!({"role": "user", "content": "and then?"}));
    let second = ask(&messages);
    let known = first["usage"]["total_tokens"].as_u64().unwrap();
    assert_eq!(cached(&second), known / 16 * 16);
}

#[test]
fn salts_adapters_and_a_switched_off_cache_share_nothing() {
    let on = server(&["--lora-modules", "l=/x"]);
    let off = server(&["--enable-kvcache=false"]);
    let prompt = "p".repeat(200);
    let base = json!({"prompt": prompt});
    complete(&on, &base);
    complete(&off, &base);
    for (server, body, tokens) in [
        (&on, base.clone(), 48),
        (&on, json!({"prompt": prompt, "cache_salt": "tenant"}), 0),
        (&on, json!({"prompt": prompt, "model": "l"}), 0),
        (&off, base.clone(), 0),
    ] {
        assert_eq!(cached(&complete(server, &body).json()), tokens, "{body}");
    }
    assert_eq!(metric(&off, "vllm:prefix_cache_queries_total"), 0.0);
}

#[test]
fn a_full_cache_evicts_what_was_used_longest_ago() {
    let server = server(&["--kv-cache-size", "8"]);
    let ask = |letter: &str| {
        cached(
            &complete(
                &server,
                &json!({"prompt": letter.repeat(200), "max_tokens": 1}),
            )
            .json(),
        )
    };
    // Three full blocks each, and one for the rest: `c` takes the last two of `b`, the older of the two.
    assert_eq!(
        [ask("a"), ask("b"), ask("a"), ask("c"), ask("a"), ask("b")],
        [0, 0, 48, 0, 48, 16]
    );
}

#[test]
fn slots_then_the_queue_then_a_refusal() {
    let server = server(&[
        "--max-num-seqs",
        "1",
        "--max-waiting-queue-length",
        "1",
        "--time-to-first-token",
        "10m",
    ]);
    let body = json!({"prompt": "p".repeat(640)}).to_string();
    let mut clients: Vec<Client> = (0..2).map(|_| Client::new(server.addr())).collect();
    clients[0].send("POST", "/v1/completions", "", body.as_bytes());
    await_metric(&server, "vllm:num_requests_running", 1.0);
    assert!(metric(&server, "vllm:kv_cache_usage_perc") >= 10.0 / 1024.0);
    clients[1].send("POST", "/v1/completions", "", body.as_bytes());
    await_metric(&server, "vllm:num_requests_waiting", 1.0);
    let refused = ask(&server, "POST", "/v1/completions", &body);
    assert_eq!(refused.status, 429);
    assert_eq!(refused.json()["error"]["type"], "TooManyRequestsError");
    assert_eq!(
        ask(
            &server,
            "POST",
            "/admin/config",
            r#"{"queue-full-status":503}"#
        )
        .status,
        200
    );
    assert_eq!(ask(&server, "POST", "/v1/completions", &body).status, 503);
    assert_eq!(
        metric(
            &server,
            "vllm:admission_rejections_total{model_name=\"m\",reason=\"max_num_queued_reqs\"}"
        ),
        2.0
    );
    // More slots at run time, and clients that leave, are seen at once.
    ask(&server, "POST", "/admin/config", r#"{"max-num-seqs":2}"#);
    await_metric(&server, "vllm:num_requests_running", 2.0);
    clients.clear();
    await_metric(&server, "vllm:num_requests_running", 0.0);
    assert_eq!(metric(&server, "vllm:kv_cache_usage_perc"), 0.0);
    assert_eq!(
        metric(
            &server,
            "vllm:request_success_total{engine=\"0\",finished_reason=\"abort\",model_name=\"m\"}"
        ),
        2.0
    );
}

#[test]
fn time_passes_per_uncached_token_and_per_decoded_one() {
    let server = server(&[
        "--prefill-time-per-token",
        "2ms",
        "--inter-token-latency",
        "10ms",
        "--prefill-overhead",
        "20ms",
    ]);
    let body = json!({"prompt": "p".repeat(404), "max_tokens": 5, "ignore_eos": true});
    let time = |body: &Value| {
        let start = Instant::now();
        assert_eq!(complete(&server, body).status, 200);
        start.elapsed()
    };
    // 20 ms, 101 tokens of 2 ms, 4 gaps of 10 ms.
    let cold = time(&body);
    assert!(cold >= Duration::from_millis(262), "{cold:?}");
    // Six blocks are found: 5 tokens are left.
    let warm = time(&body);
    assert!(warm >= Duration::from_millis(70) && warm < cold, "{warm:?}");
    assert!(metric(&server, "vllm:time_to_first_token_seconds_sum") >= 0.252);
}

#[test]
fn tokens_of_a_stream_come_one_by_one() {
    let server = server(&["--inter-token-latency", "30ms"]);
    let mut client = Client::new(server.addr());
    let body =
        json!({"prompt": "x", "max_tokens": 5, "ignore_eos": true, "stream": true}).to_string();
    let start = Instant::now();
    client.send("POST", "/v1/completions", "", body.as_bytes());
    let mut times = Vec::new();
    loop {
        let line = client.line().unwrap();
        if line.starts_with("data: {") {
            times.push(start.elapsed());
        }
        if line == "data: [DONE]" {
            break;
        }
    }
    assert_eq!(times.len(), 5);
    for (token, time) in times.iter().enumerate() {
        assert!(
            *time >= Duration::from_millis(30) * token as u32,
            "{times:?}"
        );
    }
}

#[test]
fn a_stop_waits_for_streams_in_flight_but_not_for_ever() {
    for (drain_ms, whole) in [(10_000, true), (0, false)] {
        let server = server(&["--inter-token-latency", "40ms", "--workers", "2"]);
        let mut client = Client::new(server.addr());
        let body =
            json!({"prompt": "x", "max_tokens": 6, "ignore_eos": true, "stream": true}).to_string();
        client.send("POST", "/v1/completions", "", body.as_bytes());
        await_metric(&server, "vllm:num_requests_running", 1.0);
        let addr = server.addr();
        server.stop(Duration::from_millis(drain_ms));
        assert_eq!(client.receive().is_ok(), whole);
        assert!(std::net::TcpStream::connect(addr).is_err());
    }
}
