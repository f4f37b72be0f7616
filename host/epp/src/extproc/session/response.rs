//! The way back: the response as the gateway shows it, changed where the ticket wants it.

use super::Session;
use crate::extproc::head::Head;
use crate::extproc::messages::{self, Direction, HeaderChanges};
use crate::extproc::modes::BodyMode;
use crate::extproc::pb::{HttpBody, HttpHeaders};
use crate::extproc::picker::Picker;

impl<P: Picker> Session<P> {
    pub(super) fn response_headers(&mut self, headers: HttpHeaders) {
        self.responding = true;
        let mut changes = HeaderChanges::default();
        if let Some(exchange) = &mut self.exchange {
            let head = Head::new(headers.headers, None);
            exchange.started(&head, &mut changes, self.modes.response);
            if headers.end_of_stream {
                exchange.end(self.picker.now_ms());
            }
        }
        self.answers.push_back(messages::response_headers(changes));
    }

    pub(super) fn response_body(&mut self, body: HttpBody) {
        let end = body.end_of_stream || body.end_of_stream_without_message;
        let mode = self.modes.response;
        let mut changes = HeaderChanges::default();
        let (bytes, changed) = match &mut self.exchange {
            Some(exchange) => {
                // A buffered body is whole, whether trailers follow it or not.
                let last = end || mode == BodyMode::Buffered;
                let answer = exchange.body(body.body, last, self.picker.now_ms());
                if last {
                    exchange.end(self.picker.now_ms());
                }
                answer
            }
            None => (body.body, false),
        };
        if messages::answers_streamed(mode) {
            messages::streamed_body(Direction::Response, bytes, end, |answer| {
                self.answers.push_back(answer)
            });
        } else {
            // Of a body that was cut off nobody knows how long it will be.
            if changed && (mode == BodyMode::Buffered || mode == BodyMode::BufferedPartial && end) {
                changes.set("content-length", &bytes.len().to_string());
            }
            let answer = messages::whole_body(
                Direction::Response,
                changes,
                changed.then_some(bytes),
                false,
            );
            self.answers.push_back(answer);
        }
    }

    pub(super) fn response_trailers(&mut self) {
        if let Some(exchange) = &mut self.exchange {
            let (rest, _) = exchange.body(Vec::new(), true, self.picker.now_ms());
            if !rest.is_empty() && messages::answers_streamed(self.modes.response) {
                messages::streamed_body(Direction::Response, rest, false, |answer| {
                    self.answers.push_back(answer)
                });
            }
            exchange.end(self.picker.now_ms());
        }
        self.answers
            .push_back(messages::trailers(Direction::Response));
    }
}
