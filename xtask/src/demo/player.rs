//! Plays conversations against a gateway: one thread and one connection per user.

use std::io::{BufRead, BufReader};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::workload::{Conversation, Turn};
use crate::stage::http;
use crate::stage::model_servers::MODEL;

const REQUEST_LIMIT: Duration = Duration::from_secs(30);
/// Where the simulated servers say which of them answered.
pub(super) const SERVER_HEADER: &str = "x-inference-port";

/// Why a play broke off.
#[derive(Debug, thiserror::Error)]
pub enum PlayError {
    /// No connection, or one that broke.
    #[error("a request to {url} failed: {source}")]
    Connection {
        /// The gateway.
        url: String,
        /// Why.
        source: Box<ureq::Error>,
    },
    /// A stream that broke.
    #[error("an answer of {url} broke off: {source}")]
    Stream {
        /// The gateway.
        url: String,
        /// Why.
        source: std::io::Error,
    },
    /// Another status than 200.
    #[error("{url} answered {status} instead of 200: {body}")]
    Status {
        /// The gateway.
        url: String,
        /// What it answered.
        status: u16,
        /// The text with it.
        body: String,
    },
    /// An answer without what the demo measures.
    #[error("an answer of {url} has no {missing}")]
    Incomplete {
        /// The gateway.
        url: String,
        /// What is missing.
        missing: &'static str,
    },
    /// A user's thread ended without a result.
    #[error("a user's thread panicked")]
    Thread,
}

/// What one request came to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Answer {
    /// From sending the request to the first data of the stream.
    pub(super) first_token: Duration,
    pub(super) prompt_tokens: u64,
    pub(super) cached_tokens: u64,
    /// The server's port.
    pub(super) server: u16,
}

/// Plays all conversations at once; returns every answer, and how long it took.
pub(super) fn play(
    gateway: &str,
    conversations: &[Conversation],
) -> Result<(Vec<Answer>, Duration), PlayError> {
    let start = Instant::now();
    let answers = std::thread::scope(|scope| {
        let users: Vec<_> = conversations
            .iter()
            .map(|conversation| scope.spawn(move || converse(gateway, conversation)))
            .collect();
        // All are joined before the first error is returned.
        let results: Vec<_> = users
            .into_iter()
            .map(|user| user.join().unwrap_or(Err(PlayError::Thread)))
            .collect();
        results.into_iter().collect::<Result<Vec<_>, _>>()
    })?;
    Ok((answers.concat(), start.elapsed()))
}

fn converse(gateway: &str, conversation: &Conversation) -> Result<Vec<Answer>, PlayError> {
    let agent = http::agent(REQUEST_LIMIT);
    let url = format!("{gateway}/v1/chat/completions");
    let mut messages = vec![json!({"role": "system", "content": conversation.system})];
    let mut answers = Vec::with_capacity(conversation.turns.len());
    for turn in &conversation.turns {
        std::thread::sleep(turn.pause);
        messages.push(json!({"role": "user", "content": turn.question}));
        answers.push(ask(&agent, &url, &messages, turn)?);
        messages.push(json!({"role": "assistant", "content": turn.answer}));
    }
    Ok(answers)
}

fn ask(
    agent: &ureq::Agent,
    url: &str,
    messages: &[Value],
    turn: &Turn,
) -> Result<Answer, PlayError> {
    let body = json!({
        "model": MODEL,
        "messages": messages,
        "max_tokens": turn.answer_tokens,
        "ignore_eos": true,
        "stream": true,
        "stream_options": {"include_usage": true},
    })
    .to_string();
    let sent = Instant::now();
    let mut response = agent
        .post(url)
        .content_type("application/json")
        .send(body)
        .map_err(|source| PlayError::Connection {
            url: url.to_owned(),
            source: Box::new(source),
        })?;
    let status = response.status().as_u16();
    if status != 200 {
        let body = response.body_mut().read_to_string().unwrap_or_default();
        return Err(PlayError::Status {
            url: url.to_owned(),
            status,
            body,
        });
    }
    let server = response
        .headers()
        .get(SERVER_HEADER)
        .and_then(|value| value.to_str().ok()?.parse().ok())
        .ok_or(PlayError::Incomplete {
            url: url.to_owned(),
            missing: SERVER_HEADER,
        })?;
    let heard = listen(BufReader::new(response.into_body().into_reader()), url)?;
    Ok(Answer {
        first_token: heard.first_data.duration_since(sent),
        prompt_tokens: heard.prompt_tokens,
        cached_tokens: heard.cached_tokens,
        server,
    })
}

/// What a stream told.
struct Heard {
    first_data: Instant,
    prompt_tokens: u64,
    cached_tokens: u64,
}

/// Reads a stream of server-sent events to its end.
fn listen(stream: impl BufRead, url: &str) -> Result<Heard, PlayError> {
    let mut first_data = None;
    let mut usage = Value::Null;
    for line in stream.lines() {
        let line = line.map_err(|source| PlayError::Stream {
            url: url.to_owned(),
            source,
        })?;
        let Some(data) = line.strip_prefix("data:") else {
            continue;
        };
        first_data.get_or_insert_with(Instant::now);
        // Only the last chunks carry usage; the others need no reading.
        if data.contains("\"usage\"")
            && let Ok(mut chunk) = serde_json::from_str::<Value>(data)
            && chunk["usage"].is_object()
        {
            usage = chunk["usage"].take();
        }
    }
    let missing = |missing| PlayError::Incomplete {
        url: url.to_owned(),
        missing,
    };
    Ok(Heard {
        first_data: first_data.ok_or_else(|| missing("data"))?,
        prompt_tokens: usage["prompt_tokens"]
            .as_u64()
            .ok_or_else(|| missing("usage"))?,
        cached_tokens: usage["prompt_tokens_details"]["cached_tokens"]
            .as_u64()
            .unwrap_or(0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(stream: &str, expected: Result<(u64, u64), &str>) {
        let heard = listen(stream.as_bytes(), "URL")
            .map(|heard| (heard.prompt_tokens, heard.cached_tokens))
            .map_err(|error| error.to_string());
        assert_eq!(heard, expected.map_err(str::to_owned), "{stream}");
    }

    #[test]
    fn usage_is_read_from_the_chunk_that_has_it() {
        check(
            "data: {\"choices\":[],\"usage\":null}\n\n\
             data: {\"choices\":[],\"usage\":{\"prompt_tokens\":32,\"prompt_tokens_details\":{\"cached_tokens\":16}}}\n\n\
             data: [DONE]\n\n",
            Ok((32, 16)),
        );
        check(
            "data: {\"usage\":{\"prompt_tokens\":32}}\r\n\r\n",
            Ok((32, 0)),
        );
    }

    #[test]
    fn an_answer_that_cannot_be_measured_is_an_error() {
        check(": only a comment\n\n", Err("an answer of URL has no data"));
        check(
            "data: {\"choices\":[]}\n\ndata: [DONE]\n\n",
            Err("an answer of URL has no usage"),
        );
    }
}
