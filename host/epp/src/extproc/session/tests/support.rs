//! A picker that notes everything, the gateway's messages, and our answers in a short form.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use switchyard_scheduler::{Ended, Ending, Header};

use crate::extproc::head::Head;
use crate::extproc::pb::{
    CommonResponse, HeaderMap, HeaderMutation, HeaderValue, HttpBody, HttpHeaders, HttpTrailers,
    ProcessingRequest, ProcessingResponse, ProtocolConfiguration, body_mutation::Mutation,
    processing_request::Request as Message, processing_response::Response, value::Kind,
};
use crate::extproc::picker::{Picked, Picker, Refused, Ticket, Upload};
use crate::extproc::session::{Bounds, Session};

pub(super) const NONE: i32 = 0;
pub(super) const STREAMED: i32 = 1;
pub(super) const BUFFERED: i32 = 2;
pub(super) const PARTIAL: i32 = 3;
pub(super) const DUPLEX: i32 = 4;
pub(super) const MODES: [i32; 5] = [NONE, STREAMED, BUFFERED, PARTIAL, DUPLEX];

pub(super) const TARGET: &str = "10.0.0.1:8000";
pub(super) const BOUNDS: Bounds = Bounds {
    max_body_bytes: 200_000,
    upload_idle: Duration::from_secs(30),
    unknown_mode_grace: Duration::from_millis(20),
};

/// What a picker was asked and told.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Notes {
    /// `whole`, `partial` or `absent`, and the bytes.
    pub(super) picks: Vec<(&'static str, Vec<u8>)>,
    pub(super) refused: Vec<u16>,
    pub(super) started: Vec<(u16, String)>,
    pub(super) response: Vec<u8>,
    pub(super) response_ends: usize,
    pub(super) ended: Vec<(Ending, u16)>,
}

/// Picks as it is told to.
#[derive(Default)]
pub(super) struct Fake {
    pub(super) notes: Arc<Mutex<Notes>>,
    pub(super) refuses: Option<Refused>,
    pub(super) set_headers: Vec<Header>,
    pub(super) body: Option<Vec<u8>>,
    /// Responses get every `b` doubled, and one byte is held back until more or the end comes.
    pub(super) changes_responses: bool,
}

pub(super) struct FakeTicket {
    notes: Arc<Mutex<Notes>>,
    changes: bool,
    held: Vec<u8>,
}

impl Picker for Fake {
    type Ticket = FakeTicket;

    fn pick(&self, _: &Arc<Head>, upload: Upload<'_>) -> Result<Picked<FakeTicket>, Refused> {
        self.notes.lock().unwrap().picks.push(match upload {
            Upload::Whole(bytes) => ("whole", bytes.to_vec()),
            Upload::Partial(bytes) => ("partial", bytes.to_vec()),
            Upload::Absent => ("absent", Vec::new()),
        });
        match &self.refuses {
            Some(refused) => Err(refused.clone()),
            None => Ok(Picked {
                targets: TARGET.into(),
                set_headers: self.set_headers.clone(),
                body: self.body.clone(),
                ticket: FakeTicket {
                    notes: self.notes.clone(),
                    changes: self.changes_responses,
                    held: Vec::new(),
                },
            }),
        }
    }

    fn refused(&self, _: &Head, refused: &Refused) {
        self.notes.lock().unwrap().refused.push(refused.status);
    }

    fn now_ms(&self) -> f64 {
        1.0
    }
}

impl Ticket for FakeTicket {
    fn response_started(&mut self, status: u16, content_type: &str) -> Vec<Header> {
        self.notes
            .lock()
            .unwrap()
            .started
            .push((status, content_type.to_owned()));
        vec![Header {
            name: "x-served".into(),
            value: "yes".into(),
        }]
    }

    fn changes_body(&self) -> bool {
        self.changes
    }

    fn response_body(&mut self, chunk: Vec<u8>, end: bool) -> Vec<u8> {
        let mut notes = self.notes.lock().unwrap();
        notes.response.extend_from_slice(&chunk);
        notes.response_ends += usize::from(end);
        if !self.changes {
            return chunk;
        }
        self.held.extend(doubled(&chunk));
        let goes = if end {
            self.held.len()
        } else {
            self.held.len().saturating_sub(1)
        };
        self.held.drain(..goes).collect()
    }

    fn ended(&mut self, ended: Ended) {
        self.notes
            .lock()
            .unwrap()
            .ended
            .push((ended.ending, ended.status));
    }
}

/// What the fake makes of a response.
pub(super) fn doubled(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(2 * bytes.len());
    for byte in bytes {
        out.extend_from_slice(if *byte == b'b' {
            b"bb"
        } else {
            std::slice::from_ref(byte)
        });
    }
    out
}

pub(super) fn session(fake: Fake) -> (Session<Fake>, Arc<Mutex<Notes>>) {
    let notes = fake.notes.clone();
    (Session::new(Arc::new(fake), BOUNDS), notes)
}

fn message(content: Message) -> ProcessingRequest {
    ProcessingRequest {
        request: Some(content),
        ..ProcessingRequest::default()
    }
}

fn http_headers(headers: &[(&str, &str)], end_of_stream: bool) -> HttpHeaders {
    let headers = headers.iter().map(|(key, value)| HeaderValue {
        key: (*key).into(),
        raw_value: value.as_bytes().to_vec(),
        ..HeaderValue::default()
    });
    let headers = Some(HeaderMap {
        headers: headers.collect(),
    });
    HttpHeaders {
        headers,
        end_of_stream,
        ..HttpHeaders::default()
    }
}

/// Request headers, with the modes of both directions unless the gateway does not say.
pub(super) fn headers_with(
    modes: Option<(i32, i32)>,
    headers: &[(&str, &str)],
    end: bool,
) -> ProcessingRequest {
    let protocol_config =
        modes.map(
            |(request_body_mode, response_body_mode)| ProtocolConfiguration {
                request_body_mode,
                response_body_mode,
                ..ProtocolConfiguration::default()
            },
        );
    let content = Message::RequestHeaders(http_headers(headers, end));
    ProcessingRequest {
        protocol_config,
        ..message(content)
    }
}

pub(super) fn headers(request: i32, response: i32) -> ProcessingRequest {
    headers_with(
        Some((request, response)),
        &[(":path", "/v1/completions")],
        false,
    )
}

pub(super) fn only_headers(request: i32, response: i32) -> ProcessingRequest {
    headers_with(Some((request, response)), &[(":path", "/v1/models")], true)
}

fn http_body(bytes: &[u8], end_of_stream: bool) -> HttpBody {
    HttpBody {
        body: bytes.to_vec(),
        end_of_stream,
        ..HttpBody::default()
    }
}

pub(super) fn body(bytes: &[u8], end: bool) -> ProcessingRequest {
    message(Message::RequestBody(http_body(bytes, end)))
}

pub(super) fn trailers() -> ProcessingRequest {
    message(Message::RequestTrailers(HttpTrailers::default()))
}

pub(super) fn response(status: &str, end: bool) -> ProcessingRequest {
    let headers = [
        (":status", status),
        ("content-type", "application/json"),
        ("content-length", "99"),
    ];
    message(Message::ResponseHeaders(http_headers(&headers, end)))
}

pub(super) fn response_body(bytes: &[u8], end: bool) -> ProcessingRequest {
    message(Message::ResponseBody(http_body(bytes, end)))
}

pub(super) fn response_trailers() -> ProcessingRequest {
    message(Message::ResponseTrailers(HttpTrailers::default()))
}

fn mutation(mutation: Option<HeaderMutation>, said: &mut Vec<String>) {
    let mutation = mutation.unwrap_or_default();
    for set in mutation.set_headers {
        let header = set.header.unwrap();
        assert!(
            !mutation.remove_headers.contains(&header.key),
            "{} is set and removed",
            header.key
        );
        assert_eq!(
            set.append_action, 2,
            "{} is overwritten, not added to",
            header.key
        );
        said.push(format!(
            "{}={}",
            header.key,
            String::from_utf8(header.raw_value).unwrap()
        ));
    }
    said.extend(
        mutation
            .remove_headers
            .into_iter()
            .map(|name| format!("-{name}")),
    );
}

fn common(response: Option<CommonResponse>, said: &mut Vec<String>) {
    let response = response.unwrap_or_default();
    mutation(response.header_mutation, said);
    match response.body_mutation.and_then(|body| body.mutation) {
        None => {}
        Some(Mutation::Body(bytes)) => said.push(format!("body:{}", short(&bytes))),
        Some(Mutation::ClearBody(_)) => said.push("body:".into()),
        Some(Mutation::StreamedResponse(piece)) => {
            assert!(
                piece.body.len() <= 62_000,
                "a piece of {} bytes",
                piece.body.len()
            );
            said.push(format!(
                "piece:{}{}",
                short(&piece.body),
                if piece.end_of_stream { "." } else { "" }
            ));
        }
    }
    if response.clear_route_cache {
        said.push("reroute".into());
    }
}

fn short(bytes: &[u8]) -> String {
    match bytes.len() {
        0..100 => String::from_utf8_lossy(bytes).into_owned(),
        more => format!("[{more}]"),
    }
}

/// An answer as one line: its kind, header changes (`name=value`, `-name`), body (`body:` for a whole one,
/// `piece:` with a final `.` at the end of the stream), `reroute`, and `meta=` for dynamic metadata.
pub(super) fn line(answer: ProcessingResponse) -> String {
    let mut said = Vec::new();
    let kind = match answer.response.unwrap() {
        Response::RequestHeaders(headers) => {
            common(headers.response, &mut said);
            "request-headers"
        }
        Response::ResponseHeaders(headers) => {
            common(headers.response, &mut said);
            "response-headers"
        }
        Response::RequestBody(body) => {
            common(body.response, &mut said);
            "request-body"
        }
        Response::ResponseBody(body) => {
            common(body.response, &mut said);
            "response-body"
        }
        Response::RequestTrailers(trailers) => {
            mutation(trailers.header_mutation, &mut said);
            "request-trailers"
        }
        Response::ResponseTrailers(trailers) => {
            mutation(trailers.header_mutation, &mut said);
            "response-trailers"
        }
        Response::ImmediateResponse(immediate) => {
            said.push(immediate.status.unwrap().code.to_string());
            mutation(immediate.headers, &mut said);
            said.push(String::from_utf8(immediate.body).unwrap());
            "immediate"
        }
        other => panic!("{other:?}"),
    };
    if let Some(metadata) = answer.dynamic_metadata {
        let Some(Kind::StructValue(inner)) = &metadata.fields["envoy.lb"].kind else {
            panic!("{metadata:?}")
        };
        let Some(Kind::StringValue(targets)) = &inner.fields["x-gateway-destination-endpoint"].kind
        else {
            panic!("{inner:?}")
        };
        said.push(format!("meta={targets}"));
    }
    said.insert(0, kind.into());
    said.join(" ")
}

pub(super) fn answers(session: &mut Session<Fake>) -> Vec<String> {
    std::iter::from_fn(|| session.next_answer())
        .map(line)
        .collect()
}

/// Sends messages; the answers to each.
pub(super) fn converse(
    session: &mut Session<Fake>,
    messages: Vec<ProcessingRequest>,
) -> Vec<Vec<String>> {
    let answered = messages.into_iter().map(|message| {
        session.take(message).unwrap();
        answers(session)
    });
    answered.collect()
}

/// The bytes of all streamed pieces, and the end mark of each.
pub(super) fn streamed(session: &mut Session<Fake>) -> (Vec<u8>, Vec<bool>) {
    let (mut bytes, mut ends) = (Vec::new(), Vec::new());
    while let Some(answer) = session.next_answer() {
        let (Some(Response::RequestBody(body)) | Some(Response::ResponseBody(body))) =
            answer.response
        else {
            continue;
        };
        let mutation = body.response.unwrap().body_mutation.unwrap().mutation;
        let Some(Mutation::StreamedResponse(piece)) = mutation else {
            panic!("{mutation:?}")
        };
        assert!(
            piece.body.len() <= 62_000,
            "a piece of {} bytes",
            piece.body.len()
        );
        bytes.extend(piece.body);
        ends.push(piece.end_of_stream);
    }
    (bytes, ends)
}
