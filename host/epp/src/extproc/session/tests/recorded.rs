//! What a real Envoy (1.40) sent and how it was answered then, against a session.

use std::sync::Arc;

use prost::Message as _;
use serde::Deserialize;

use super::support::*;
use crate::extproc::messages::{DROPPED_REASON, MAX_CHUNK};
use crate::extproc::pb::{
    ProcessingRequest, ProcessingResponse, body_mutation::Mutation,
    processing_request::Request as Message, processing_response::Response,
};
use crate::extproc::picker::Refused;
use crate::extproc::session::{Bounds, Session};

const TRACE: &str = include_str!("../../../../tests/data/extproc_trace.jsonl");

#[derive(Deserialize)]
struct Line {
    stream: usize,
    dir: String,
    kind: String,
    /// Absent where the message is too large to be kept.
    hex: Option<String>,
    size: usize,
}

impl Line {
    fn bytes(&self) -> Option<Vec<u8>> {
        let digits = self.hex.as_ref()?.as_bytes();
        let byte =
            |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
        Some(digits.chunks(2).map(byte).collect())
    }

    /// What Envoy sent; a body that was not kept is made up at the size it had.
    fn request(&self) -> ProcessingRequest {
        match self.bytes() {
            Some(bytes) => ProcessingRequest::decode(&bytes[..]).unwrap(),
            None => {
                assert_eq!(self.kind, "request_body");
                let filler = body(&vec![b'x'; self.size - FRAMING], false);
                assert_eq!(filler.encoded_len() + EMPTY_METADATA, self.size);
                filler
            }
        }
    }
}

/// Tags and lengths around a body of 300,000 bytes, and the empty metadata that Envoy adds to each message.
const FRAMING: usize = 10;
const EMPTY_METADATA: usize = 2;

fn kind(answer: &ProcessingResponse) -> &'static str {
    match &answer.response {
        Some(Response::RequestHeaders(_)) => "request_headers",
        Some(Response::RequestBody(_)) => "request_body",
        Some(Response::ResponseHeaders(_)) => "response_headers",
        Some(Response::ResponseBody(_)) => "response_body",
        Some(Response::ImmediateResponse(_)) => "immediate_response",
        other => panic!("{other:?}"),
    }
}

/// The bytes an answer puts in a body's place.
fn piece(answer: &ProcessingResponse) -> Option<Vec<u8>> {
    let (Some(Response::RequestBody(body)) | Some(Response::ResponseBody(body))) = &answer.response
    else {
        return None;
    };
    match body
        .response
        .as_ref()?
        .body_mutation
        .as_ref()?
        .mutation
        .as_ref()?
    {
        Mutation::StreamedResponse(piece) => Some(piece.body.clone()),
        other => panic!("{other:?}"),
    }
}

/// Plays one recorded stream. `denied`: the picker of the recording refused it with 429.
fn check(stream: usize, denied: bool) {
    let lines = TRACE
        .lines()
        .map(|line| serde_json::from_str::<Line>(line).unwrap());
    let lines: Vec<Line> = lines.filter(|line| line.stream == stream).collect();
    assert!(!lines.is_empty());
    let refuses = denied.then(|| Refused {
        status: 429,
        reason: Some("rejected-saturated"),
        message: "shed".into(),
    });
    let fake = Fake {
        refuses,
        ..Fake::default()
    };
    let notes = fake.notes.clone();
    let bounds = Bounds {
        max_body_bytes: 1 << 20,
        ..BOUNDS
    };
    let mut session = Session::new(Arc::new(fake), bounds);
    // Bodies as Envoy sent them and as they go on, the request's and the response's.
    let (mut came, mut goes, mut kinds) = ([vec![], vec![]], [vec![], vec![]], Vec::new());
    for line in lines.iter().filter(|line| line.dir == "envoy->epp") {
        let message = line.request();
        match &message.request {
            Some(Message::RequestBody(body)) => came[0].extend_from_slice(&body.body),
            Some(Message::ResponseBody(body)) => came[1].extend_from_slice(&body.body),
            _ => {}
        }
        session.take(message).unwrap();
        while let Some(answer) = session.next_answer() {
            kinds.push(kind(&answer));
            if let Some(piece) = piece(&answer) {
                assert!(piece.len() <= MAX_CHUNK);
                goes[usize::from(kind(&answer) == "response_body")].extend(piece);
            }
            if let Some(Response::ImmediateResponse(immediate)) = &answer.response {
                let headers = &immediate.headers.as_ref().unwrap().set_headers;
                assert!(
                    headers
                        .iter()
                        .any(|set| set.header.as_ref().unwrap().key == DROPPED_REASON)
                );
            }
        }
    }
    let mut expected: Vec<&str> = lines
        .iter()
        .filter(|line| line.dir == "epp->envoy")
        .map(|line| line.kind.as_str())
        .collect();
    // The picker of the recording joined or split bodies as it liked.
    expected.dedup();
    kinds.dedup();
    // The recording of the last stream stops before the answer.
    expected.extend((stream == 7).then_some("request_headers"));
    assert_eq!(kinds, expected, "stream {stream}");
    drop(session);
    let notes = notes.lock().unwrap();
    assert_eq!(
        (notes.picks.len(), notes.ended.len()),
        (1, usize::from(!denied)),
        "stream {stream}"
    );
    assert!(
        notes.picks[0].1 == came[0],
        "stream {stream}: the picker sees the body whole"
    );
    assert!(
        notes.response == came[1],
        "stream {stream}: and the ticket the response"
    );
    let streams = stream < 6 && !denied;
    assert!(
        goes == if streams { came } else { Default::default() },
        "stream {stream}: bodies go on as they came"
    );
}

#[test]
fn streams_of_a_real_envoy_are_answered_as_they_were() {
    for stream in [0, 1, 3, 4, 5, 6, 7] {
        check(stream, false);
    }
    check(2, true);
}
