//! What reading a request and following a response cost.

#![allow(missing_docs)]

use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use switchyard_openai::json::Cursor;
use switchyard_openai::{Format, MissingModel, ModelRestorer, RequestBody, UsageReader, rewrite};

fn chat_body(bytes: usize, text: &str) -> Vec<u8> {
    let content = text.repeat(bytes / text.len());
    format!(
        r#"{{"model":"tiny","messages":[{{"role":"system","content":"You are a helpful assistant."}},{{"role":"user","content":"{content}"}}],"max_tokens":64,"stream":true}}"#
    )
    .into_bytes()
}

fn requests(criterion: &mut Criterion) {
    let plain = "The licenses for most software are designed to take away your freedom to share. ";
    let lines = r#"The licenses for most software are \"designed\" to take away your freedom.\n"#;
    for (name, bytes, text) in [
        ("2KB", 2_000, plain),
        ("220KB", 220_000, plain),
        ("220KB-escapes", 220_000, lines),
    ] {
        let body = chat_body(bytes, text);
        let mut group = criterion.benchmark_group(format!("request/{name}"));
        group.throughput(Throughput::Bytes(body.len() as u64));
        group.bench_function("validate", |b| {
            b.iter(|| {
                let mut cursor = Cursor::new(black_box(&body)).expect("UTF-8");
                cursor.skip().expect("JSON");
                cursor.end()
            });
        });
        let read = || {
            RequestBody::read(
                "/v1/chat/completions",
                black_box(&body),
                MissingModel::Refuse,
            )
        };
        group.bench_function("read", |b| b.iter(read));
        let known = read().expect("a chat body");
        let mut prompt = Vec::new();
        group.bench_function("append-prompt", |b| {
            b.iter(|| {
                prompt.clear();
                known.append_prompt(black_box(&body), &mut prompt);
            });
        });
        group.bench_function("with-model", |b| {
            b.iter(|| rewrite::with_model(&known, black_box(&body), "other"))
        });
        group.bench_function("serde_json-value", |b| {
            b.iter(|| serde_json::from_slice::<serde_json::Value>(black_box(&body)));
        });
        group.finish();
    }
}

fn responses(criterion: &mut Criterion) {
    let chunk = br#"data: {"id":"chatcmpl-84da8e16190d4e28","object":"chat.completion.chunk","created":1795362252,"model":"tiny","choices":[{"index":0,"delta":{"content":" Corresponding"},"logprobs":null,"finish_reason":null,"token_ids":null}],"usage":{"prompt_tokens":29,"total_tokens":34,"completion_tokens":5,"prompt_tokens_details":null}}

"#;
    let mut group = criterion.benchmark_group("response");
    group.throughput(Throughput::Bytes(chunk.len() as u64));
    let mut reader = UsageReader::new(Format::EventStream);
    group.bench_function("usage-of-a-chunk", |b| {
        b.iter(|| reader.push(black_box(chunk)))
    });
    let mut restorer = ModelRestorer::new(Format::EventStream, "alias");
    let mut out = Vec::new();
    group.bench_function("restore-a-chunk", |b| {
        b.iter(|| {
            out.clear();
            restorer.push(black_box(chunk), &mut out);
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20);
    targets = requests, responses
}
criterion_main!(benches);
