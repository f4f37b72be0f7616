//! The answers we send the gateway.

use super::head::DESTINATION;
use super::modes::BodyMode;
use super::pb::{
    BodyMutation, BodyResponse, CommonResponse, HeaderMutation, HeaderValue, HeaderValueOption,
    HeadersResponse, HttpStatus, ImmediateResponse, ProcessingResponse, StreamedBodyResponse,
    Struct, TrailersResponse, Value, body_mutation, processing_response::Response, value,
};

/// The largest piece of a body in one answer: gateways refuse larger ones (their limit is 64 KiB a
/// message, framing included).
pub const MAX_CHUNK: usize = 62_000;
/// Why a request was dropped.
pub const DROPPED_REASON: &str = "x-llm-d-request-dropped-reason";

const OVERWRITE: i32 = 2;

/// Changes to headers: collected first, sent once.
#[derive(Debug, Default)]
pub struct HeaderChanges {
    set: Vec<HeaderValueOption>,
    remove: Vec<String>,
}

impl HeaderChanges {
    /// Sets a header, whatever it was. Of two values for one name the last wins.
    pub fn set(&mut self, name: &str, value: &str) {
        self.remove.retain(|removed| removed != name);
        self.set
            .retain(|set| set.header.as_ref().is_none_or(|header| header.key != name));
        let header = HeaderValue {
            key: name.to_owned(),
            value: String::new(),
            raw_value: value.as_bytes().to_vec(),
        };
        self.set.push(HeaderValueOption {
            header: Some(header),
            append_action: OVERWRITE,
            ..HeaderValueOption::default()
        });
    }

    /// Removes a header, unless it is set.
    pub fn remove(&mut self, name: &str) {
        let set = self
            .set
            .iter()
            .any(|set| set.header.as_ref().is_some_and(|header| header.key == name));
        if !set && !self.remove.iter().any(|removed| removed == name) {
            self.remove.push(name.to_owned());
        }
    }

    fn into_mutation(self) -> Option<HeaderMutation> {
        let changes = !self.set.is_empty() || !self.remove.is_empty();
        changes.then_some(HeaderMutation {
            set_headers: self.set,
            remove_headers: self.remove,
        })
    }
}

fn answer(response: Response) -> ProcessingResponse {
    ProcessingResponse {
        response: Some(response),
        ..ProcessingResponse::default()
    }
}

fn common(changes: HeaderChanges) -> CommonResponse {
    CommonResponse {
        header_mutation: changes.into_mutation(),
        ..CommonResponse::default()
    }
}

/// Request headers that go on, perhaps changed. `routed`: a destination was set, so that the gateway
/// must choose its route anew.
pub fn request_headers(changes: HeaderChanges, routed: bool) -> ProcessingResponse {
    let response = CommonResponse {
        clear_route_cache: routed,
        ..common(changes)
    };
    answer(Response::RequestHeaders(HeadersResponse {
        response: Some(response),
    }))
}

/// Response headers that go on, perhaps changed.
pub fn response_headers(changes: HeaderChanges) -> ProcessingResponse {
    answer(Response::ResponseHeaders(HeadersResponse {
        response: Some(common(changes)),
    }))
}

/// Which direction a body goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Direction {
    Request,
    Response,
}

fn body(direction: Direction, response: CommonResponse) -> ProcessingResponse {
    let response = BodyResponse {
        response: Some(response),
    };
    answer(match direction {
        Direction::Request => Response::RequestBody(response),
        Direction::Response => Response::ResponseBody(response),
    })
}

/// A body in the modes where each message of it gets one answer. `changed`: the new bytes.
pub fn whole_body(
    direction: Direction,
    changes: HeaderChanges,
    changed: Option<Vec<u8>>,
    routed: bool,
) -> ProcessingResponse {
    let mutation = changed.map(|bytes| match bytes.is_empty() {
        true => body_mutation::Mutation::ClearBody(true),
        false => body_mutation::Mutation::Body(bytes),
    });
    let body_mutation = mutation.map(|mutation| BodyMutation {
        mutation: Some(mutation),
    });
    body(
        direction,
        CommonResponse {
            body_mutation,
            clear_route_cache: routed,
            ..common(changes)
        },
    )
}

/// A body in FULL_DUPLEX_STREAMED mode, in pieces the gateway takes. An end without bytes is a piece too.
pub fn streamed_body(
    direction: Direction,
    bytes: Vec<u8>,
    end: bool,
    mut send: impl FnMut(ProcessingResponse),
) {
    let mut piece = |bytes: Vec<u8>, end_of_stream: bool| {
        let streamed = StreamedBodyResponse {
            body: bytes,
            end_of_stream,
            ..StreamedBodyResponse::default()
        };
        let mutation = Some(body_mutation::Mutation::StreamedResponse(streamed));
        let body_mutation = Some(BodyMutation { mutation });
        send(body(
            direction,
            CommonResponse {
                body_mutation,
                ..CommonResponse::default()
            },
        ));
    };
    if bytes.len() <= MAX_CHUNK {
        if end || !bytes.is_empty() {
            piece(bytes, end);
        }
        return;
    }
    let pieces = bytes.len().div_ceil(MAX_CHUNK);
    for (at, chunk) in bytes.chunks(MAX_CHUNK).enumerate() {
        piece(chunk.to_vec(), end && at + 1 == pieces);
    }
}

/// Trailers that go on.
pub fn trailers(direction: Direction) -> ProcessingResponse {
    let unchanged = TrailersResponse {
        header_mutation: None,
    };
    answer(match direction {
        Direction::Request => Response::RequestTrailers(unchanged),
        Direction::Response => Response::ResponseTrailers(unchanged),
    })
}

/// An answer to the client instead of a model server's.
pub fn immediate(
    status: u16,
    reason: Option<&str>,
    body: Vec<u8>,
    details: &str,
) -> ProcessingResponse {
    let mut headers = HeaderChanges::default();
    headers.set("content-type", "application/json");
    if let Some(reason) = reason {
        headers.set(DROPPED_REASON, reason);
    }
    answer(Response::ImmediateResponse(ImmediateResponse {
        status: Some(HttpStatus {
            code: i32::from(status),
        }),
        headers: headers.into_mutation(),
        body,
        grpc_status: None,
        details: details.to_owned(),
    }))
}

/// Dynamic metadata that names the destination, for gateways that route by it.
pub fn destination_metadata(targets: &str) -> Struct {
    let inner = Struct {
        fields: [(DESTINATION.to_owned(), string(targets))].into(),
    };
    let inner = Value {
        kind: Some(value::Kind::StructValue(inner)),
    };
    Struct {
        fields: [("envoy.lb".to_owned(), inner)].into(),
    }
}

fn string(text: &str) -> Value {
    Value {
        kind: Some(value::Kind::StringValue(text.to_owned())),
    }
}

/// Whether a body in this mode is answered in pieces of our own.
pub fn answers_streamed(mode: BodyMode) -> bool {
    matches!(mode, BodyMode::FullDuplex | BodyMode::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_pieces(bytes: usize, end: bool, expected: &[(usize, bool)]) {
        let mut pieces = Vec::new();
        streamed_body(Direction::Request, vec![b'x'; bytes], end, |message| {
            let Some(Response::RequestBody(body)) = message.response else {
                panic!("no body")
            };
            let mutation = body
                .response
                .and_then(|common| common.body_mutation)
                .and_then(|body| body.mutation);
            let Some(body_mutation::Mutation::StreamedResponse(piece)) = mutation else {
                panic!("not streamed")
            };
            pieces.push((piece.body.len(), piece.end_of_stream));
        });
        assert_eq!(pieces, expected);
    }

    #[test]
    fn bodies_are_cut_into_pieces_the_gateway_takes() {
        check_pieces(0, false, &[]);
        check_pieces(0, true, &[(0, true)]);
        check_pieces(MAX_CHUNK, true, &[(MAX_CHUNK, true)]);
        check_pieces(MAX_CHUNK + 1, false, &[(MAX_CHUNK, false), (1, false)]);
        check_pieces(
            2 * MAX_CHUNK,
            true,
            &[(MAX_CHUNK, false), (MAX_CHUNK, true)],
        );
    }

    #[test]
    fn a_header_that_is_set_is_not_removed() {
        let mut changes = HeaderChanges::default();
        changes.remove("a");
        changes.set("a", "1");
        changes.set("a", "2");
        changes.remove("a");
        let mutation = changes.into_mutation().unwrap_or_default();
        assert_eq!(mutation.set_headers.len(), 1);
        assert!(mutation.remove_headers.is_empty());
    }
}
