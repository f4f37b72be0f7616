//! One HTTP request as a state machine: the gateway's messages in, our answers out.
//!
//! When the decision falls depends on how the gateway sends the body. FULL_DUPLEX_STREAMED: headers
//! wait until the body is there. BUFFERED: headers go on at once and the answer to the body still
//! changes them. STREAMED and NONE: headers leave before the body can be read, so the decision knows
//! only headers. A gateway that does not say which it is gets a moment to send body: one that sends it
//! unasked streams in full duplex, and one that waits is answered as in STREAMED.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::head::Head;
use super::modes::{BodyMode, Modes};
use super::pb::{ProcessingRequest, ProcessingResponse, processing_request::Request as Message};
use super::picker::{Picker, Refused, Upload};

mod exchange;
mod request;
mod response;
#[cfg(test)]
mod tests;
mod upload;
use exchange::Exchange;

/// What bounds a request's way in.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// Past this a body is answered with 413.
    pub max_body_bytes: usize,
    /// How long the gateway may leave an upload without a message.
    pub upload_idle: Duration,
    /// How long a gateway of unknown mode may leave us without a body before headers are answered.
    pub unknown_mode_grace: Duration,
}

/// A gateway that does not speak the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ProtocolError {
    /// A message without content.
    #[error("an ext_proc message holds no request: expected headers, a body or trailers")]
    Empty,
    /// Something before the headers.
    #[error("an ext_proc stream began with {0}: expected request headers first")]
    HeadersFirst(&'static str),
    /// Headers twice.
    #[error("an ext_proc stream sent request headers twice: one stream is one HTTP request")]
    HeadersTwice,
}

/// What a session waits for, and how long at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waits {
    /// As long as it takes: responses are never timed.
    Forever,
    /// For more of the request.
    Upload(Duration),
    /// For a first sign of how the gateway sends bodies.
    Mode(Duration),
}

/// One HTTP request.
pub struct Session<P: Picker> {
    picker: Arc<P>,
    bounds: Bounds,
    modes: Modes,
    head: Option<Arc<Head>>,
    upload: Vec<Vec<u8>>,
    uploaded: usize,
    headers_answered: bool,
    started_ms: f64,
    exchange: Option<Exchange<P::Ticket>>,
    /// An immediate response was sent; what still comes in is ignored.
    refused: bool,
    /// The response began, be it one that the gateway made itself before there was a pick.
    responding: bool,
    /// The gateway only watches: it takes no answers.
    observing: bool,
    answers: VecDeque<ProcessingResponse>,
}

impl<P: Picker> Session<P> {
    /// A session that has seen nothing.
    pub fn new(picker: Arc<P>, bounds: Bounds) -> Self {
        let started_ms = picker.now_ms();
        Self {
            picker,
            bounds,
            modes: Modes::UNKNOWN,
            head: None,
            upload: Vec::new(),
            uploaded: 0,
            headers_answered: false,
            started_ms,
            exchange: None,
            refused: false,
            responding: false,
            observing: false,
            answers: VecDeque::new(),
        }
    }

    /// The next answer for the gateway.
    pub fn next_answer(&mut self) -> Option<ProcessingResponse> {
        self.answers.pop_front()
    }

    /// Whether the stream can be closed: the request was refused and the answers are out.
    pub fn is_over(&self) -> bool {
        self.refused && self.answers.is_empty()
    }

    /// What the session waits for.
    pub fn waits(&self) -> Waits {
        let routed = self.exchange.is_some() || self.refused || self.responding;
        match (&self.head, routed) {
            (_, true) => Waits::Forever,
            (Some(_), false)
                if self.modes.request == BodyMode::Unknown && self.upload.is_empty() =>
            {
                Waits::Mode(self.bounds.unknown_mode_grace)
            }
            (_, false) => Waits::Upload(self.bounds.upload_idle),
        }
    }

    /// Nothing came for as long as [`Session::waits`] allows.
    pub fn timed_out(&mut self) {
        match self.waits() {
            Waits::Forever => {}
            Waits::Mode(_) => {
                // A gateway that waits does not stream in full duplex, in either direction.
                self.modes = Modes {
                    request: BodyMode::Streamed,
                    response: BodyMode::Streamed,
                };
                self.route_headers(Upload::Absent);
            }
            Waits::Upload(idle) => self.refuse(Refused {
                status: 408,
                reason: None,
                message: format!(
                    "the request's body stopped coming: nothing for {} s",
                    idle.as_secs()
                ),
            }),
        }
        self.keep_silent();
    }

    /// A gateway that only watches takes no answers.
    fn keep_silent(&mut self) {
        if self.observing {
            self.answers.clear();
        }
    }

    /// Takes one message of the gateway.
    pub fn take(&mut self, message: ProcessingRequest) -> Result<(), ProtocolError> {
        if let Some(config) = &message.protocol_config {
            self.modes = Modes::from(config);
        }
        self.observing |= message.observability_mode;
        if self.refused {
            return Ok(());
        }
        let content = message.request.ok_or(ProtocolError::Empty)?;
        match content {
            Message::RequestHeaders(headers) => {
                if self.head.is_some() {
                    return Err(ProtocolError::HeadersTwice);
                }
                self.head = Some(Arc::new(Head::new(
                    headers.headers,
                    message.metadata_context.as_ref(),
                )));
                self.request_headers(headers.end_of_stream);
            }
            other => self.after_headers(other)?,
        }
        self.keep_silent();
        Ok(())
    }

    fn after_headers(&mut self, content: Message) -> Result<(), ProtocolError> {
        let named = match &content {
            Message::RequestBody(_) => "a request body",
            Message::RequestTrailers(_) => "request trailers",
            Message::ResponseHeaders(_) => "response headers",
            Message::ResponseBody(_) => "a response body",
            Message::ResponseTrailers(_) => "response trailers",
            Message::RequestHeaders(_) => "request headers",
        };
        if self.head.is_none() {
            return Err(ProtocolError::HeadersFirst(named));
        }
        match content {
            Message::RequestBody(body) => self.request_body(body),
            Message::RequestTrailers(_) => self.request_trailers(),
            Message::ResponseHeaders(headers) => self.response_headers(headers),
            Message::ResponseBody(body) => self.response_body(body),
            Message::ResponseTrailers(_) => self.response_trailers(),
            Message::RequestHeaders(_) => {}
        }
        Ok(())
    }

    /// The stream is closed. In NONE mode that is the only end of a response there is.
    pub fn closed(&mut self) {
        let no_body = self.modes.response == BodyMode::None;
        if let Some(exchange) = &mut self.exchange {
            exchange.closed(no_body, self.picker.now_ms());
        }
    }
}

impl<P: Picker> Drop for Session<P> {
    fn drop(&mut self) {
        self.closed();
    }
}
