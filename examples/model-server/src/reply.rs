//! Answers: whole bodies, streams, and the ones that break off on purpose.

use std::pin::Pin;

use bytes::Bytes;
use futures_util::Stream;
use http_body_util::{Either, Full, StreamBody};
use hyper::body::Frame;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;

/// The connection is to be cut here.
#[derive(Debug, thiserror::Error)]
#[error("the connection is reset on purpose")]
pub(crate) struct Cut;

/// The parts of a streamed body.
pub(crate) type Parts = Pin<Box<dyn Stream<Item = Result<Frame<Bytes>, Cut>> + Send>>;

/// An answer to a request.
pub(crate) type Reply = Response<Either<Full<Bytes>, StreamBody<Parts>>>;

/// An answer that is known as a whole.
pub(crate) fn whole(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Reply {
    let mut reply = Response::new(Either::Left(Full::new(body.into())));
    *reply.status_mut() = status;
    reply
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}

/// An answer in JSON.
pub(crate) fn json(status: StatusCode, value: &impl Serialize) -> Reply {
    // Only maps with keys that are no strings can fail, and none of ours has such.
    whole(
        status,
        "application/json",
        serde_json::to_vec(value).unwrap_or_default(),
    )
}

/// An answer that comes in parts.
pub(crate) fn stream(content_type: &'static str, parts: Parts) -> Reply {
    let mut reply = Response::new(Either::Right(StreamBody::new(parts)));
    reply
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    reply
}
