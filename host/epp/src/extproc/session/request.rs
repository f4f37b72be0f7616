//! The way in: the upload up to the decision, and the answers that carry it.

use switchyard_openai::ErrorBody;

use super::exchange::Exchange;
use super::{Session, upload};
use crate::extproc::head::DESTINATION;
use crate::extproc::messages::{self, Direction, HeaderChanges};
use crate::extproc::modes::BodyMode;
use crate::extproc::pb::HttpBody;
use crate::extproc::picker::{Picked, Picker, Refused, Upload};

impl<P: Picker> Session<P> {
    pub(super) fn request_headers(&mut self, end_of_stream: bool) {
        match self.modes.request {
            _ if end_of_stream => self.route_headers(Upload::Absent),
            BodyMode::None | BodyMode::Streamed => self.route_headers(Upload::Absent),
            BodyMode::FullDuplex | BodyMode::Unknown => {}
            BodyMode::Buffered | BodyMode::BufferedPartial => {
                let mut changes = HeaderChanges::default();
                self.remove_control_headers(&mut changes);
                self.headers_answered = true;
                self.answers
                    .push_back(messages::request_headers(changes, false));
            }
        }
    }

    pub(super) fn request_body(&mut self, body: HttpBody) {
        let end = body.end_of_stream || body.end_of_stream_without_message;
        if self.exchange.is_some() {
            return self.pass_request_body(body.body, end);
        }
        self.uploaded += body.body.len();
        if self.uploaded > self.bounds.max_body_bytes {
            let message = format!(
                "the request's body is larger than {} bytes, the most this gateway's picker reads (--max-body-bytes)",
                self.bounds.max_body_bytes
            );
            return self.refuse(Refused {
                status: 413,
                reason: None,
                message,
            });
        }
        self.upload.push(body.body);
        match self.modes.request {
            BodyMode::Buffered | BodyMode::BufferedPartial => self.route_buffered(end),
            _ if end => self.route_held(true),
            _ => {}
        }
    }

    /// A body that comes after the decision: it goes on as it is.
    fn pass_request_body(&mut self, bytes: Vec<u8>, end: bool) {
        match self.modes.request {
            BodyMode::FullDuplex => {
                messages::streamed_body(Direction::Request, bytes, end, |answer| {
                    self.answers.push_back(answer)
                });
            }
            _ => {
                let unchanged =
                    messages::whole_body(Direction::Request, HeaderChanges::default(), None, false);
                self.answers.push_back(unchanged);
            }
        }
    }

    pub(super) fn request_trailers(&mut self) {
        if self.exchange.is_none() && self.headers_answered {
            return self.route_late();
        }
        if self.exchange.is_none() {
            self.route_held(false);
        }
        if !self.refused {
            self.answers
                .push_back(messages::trailers(Direction::Request));
        }
    }

    /// Decides while the headers still wait, and lets headers and body go. `end`: no trailers follow.
    fn route_held(&mut self, end: bool) {
        let upload = std::mem::take(&mut self.upload);
        let picked = upload::whole(&upload, |whole| self.pick(Upload::Whole(whole)));
        let Some(picked) = picked else {
            return;
        };
        let mut changes = self.routing_changes(&picked);
        let length = picked.body.as_ref().map_or(self.uploaded, Vec::len);
        // With trailers to come the length cannot be announced, and the gateway sends chunks.
        if end {
            changes.set("content-length", &length.to_string());
        } else if picked.body.is_some() {
            changes.remove("content-length");
        }
        self.headers_answered = true;
        let mut answer = messages::request_headers(changes, true);
        answer.dynamic_metadata = Some(messages::destination_metadata(&picked.targets));
        self.answers.push_back(answer);
        let pieces = picked.body.map_or(upload, |body| vec![body]);
        let last = pieces.len().saturating_sub(1);
        for (at, piece) in pieces.into_iter().enumerate() {
            let end = end && at == last;
            messages::streamed_body(Direction::Request, piece, end, |answer| {
                self.answers.push_back(answer)
            });
        }
        self.begin(picked.ticket);
    }

    /// Decides on a buffered body, whose answer may still change the headers.
    fn route_buffered(&mut self, end: bool) {
        let upload = std::mem::take(&mut self.upload);
        let cut = !end && self.modes.request == BodyMode::BufferedPartial;
        let picked = upload::whole(&upload, |bytes| {
            self.pick(if cut {
                Upload::Partial(bytes)
            } else {
                Upload::Whole(bytes)
            })
        });
        let Some(picked) = picked else {
            return;
        };
        let mut changes = self.routing_changes(&picked);
        match &picked.body {
            // The rest goes on as it is, and nobody knows how much that is.
            Some(_) if cut => changes.remove("content-length"),
            Some(body) => changes.set("content-length", &body.len().to_string()),
            None => {}
        }
        let mut answer = messages::whole_body(Direction::Request, changes, picked.body, true);
        answer.dynamic_metadata = Some(messages::destination_metadata(&picked.targets));
        self.answers.push_back(answer);
        self.begin(picked.ticket);
    }

    /// Decides with the headers alone.
    pub(super) fn route_headers(&mut self, upload: Upload<'_>) {
        let Some(picked) = self.pick(upload) else {
            return;
        };
        let changes = self.routing_changes(&picked);
        self.headers_answered = true;
        let mut answer = messages::request_headers(changes, true);
        answer.dynamic_metadata = Some(messages::destination_metadata(&picked.targets));
        self.answers.push_back(answer);
        self.begin(picked.ticket);
    }

    /// Decides when neither headers nor body can carry the answer any more: metadata still can.
    fn route_late(&mut self) {
        let Some(picked) = self.pick(Upload::Absent) else {
            return;
        };
        let mut answer = messages::trailers(Direction::Request);
        answer.dynamic_metadata = Some(messages::destination_metadata(&picked.targets));
        self.answers.push_back(answer);
        self.begin(picked.ticket);
    }

    fn pick(&mut self, upload: Upload<'_>) -> Option<Picked<P::Ticket>> {
        let head = self.head.clone()?;
        match self.picker.pick(&head, upload) {
            Ok(picked) => Some(picked),
            Err(refused) => {
                self.answer_refused(&refused);
                None
            }
        }
    }

    fn routing_changes(&self, picked: &Picked<P::Ticket>) -> HeaderChanges {
        let mut changes = HeaderChanges::default();
        changes.set(DESTINATION, &picked.targets);
        for header in &picked.set_headers {
            changes.set(&header.name, &header.value);
        }
        if picked.body.is_some() {
            // The answer's model name is put back, which takes an answer that can be read.
            changes.remove("accept-encoding");
        }
        self.remove_control_headers(&mut changes);
        changes
    }

    fn remove_control_headers(&self, changes: &mut HeaderChanges) {
        for name in self.head.iter().flat_map(|head| head.control_headers()) {
            changes.remove(name);
        }
    }

    fn begin(&mut self, ticket: P::Ticket) {
        self.exchange = Some(Exchange::new(ticket, self.started_ms));
    }

    pub(super) fn refuse(&mut self, refused: Refused) {
        if let Some(head) = &self.head {
            self.picker.refused(head, &refused);
        }
        self.answer_refused(&refused);
    }

    fn answer_refused(&mut self, refused: &Refused) {
        let error = ErrorBody {
            reason: refused.reason,
            ..ErrorBody::new(refused.status, &refused.message)
        };
        self.refused = true;
        self.upload = Vec::new();
        self.answers.push_back(messages::immediate(
            refused.status,
            refused.reason,
            error.to_json(),
            "switchyard",
        ));
    }
}
