//! The way back: a picked request's response, up to its one end.

use switchyard_scheduler::{Ended, Ending};

use super::super::head::Head;
use super::super::messages::HeaderChanges;
use super::super::modes::BodyMode;
use super::super::picker::Ticket;

/// A request on its way to a model server and back.
pub(super) struct Exchange<T: Ticket> {
    ticket: T,
    started_ms: f64,
    status: u16,
    first_byte_ms: f64,
    over: bool,
}

impl<T: Ticket> Exchange<T> {
    pub(super) fn new(ticket: T, started_ms: f64) -> Self {
        Self {
            ticket,
            started_ms,
            status: 0,
            first_byte_ms: f64::NAN,
            over: false,
        }
    }

    /// The response's headers are here.
    pub(super) fn started(&mut self, head: &Head, changes: &mut HeaderChanges, mode: BodyMode) {
        self.status = head
            .get(":status")
            .and_then(|status| status.parse().ok())
            .unwrap_or(0);
        // A compressed body cannot be read on its way.
        let plain = head
            .get("content-encoding")
            .is_none_or(|coding| coding == "identity");
        let content_type = head
            .get("content-type")
            .filter(|_| plain)
            .unwrap_or_default();
        for header in self.ticket.response_started(self.status, content_type) {
            changes.set(&header.name, &header.value);
        }
        // A body that changes as it streams has another length, and nobody knows it yet.
        if self.ticket.changes_body() && !matches!(mode, BodyMode::None | BodyMode::Buffered) {
            changes.remove("content-length");
        }
    }

    /// A piece of the body; what goes on in its place, and whether that may differ. The ticket sees one
    /// end, even where trailers follow a body that was whole.
    pub(super) fn body(&mut self, chunk: Vec<u8>, end: bool, now_ms: f64) -> (Vec<u8>, bool) {
        if self.over {
            return (chunk, false);
        }
        if self.first_byte_ms.is_nan() && !chunk.is_empty() {
            self.first_byte_ms = now_ms;
        }
        let changes = self.ticket.changes_body();
        (self.ticket.response_body(chunk, end), changes)
    }

    /// The response is complete.
    pub(super) fn end(&mut self, now_ms: f64) {
        self.over(
            if self.status >= 500 {
                Ending::FailedUpstream
            } else {
                Ending::Complete
            },
            now_ms,
        );
    }

    /// The stream closed. `no_body`: response bodies are not shown to us, so this is how responses end.
    pub(super) fn closed(&mut self, no_body: bool, now_ms: f64) {
        let ending = match self.status {
            500.. => Ending::FailedUpstream,
            1.. if no_body => Ending::Complete,
            _ => Ending::ClientLeft,
        };
        self.over(ending, now_ms);
    }

    fn over(&mut self, ending: Ending, now_ms: f64) {
        if std::mem::replace(&mut self.over, true) {
            return;
        }
        self.ticket.ended(Ended {
            ending,
            status: self.status,
            prompt_tokens: f64::NAN,
            cached_tokens: f64::NAN,
            completion_tokens: f64::NAN,
            first_token_ms: self.first_byte_ms - self.started_ms,
            total_ms: now_ms - self.started_ms,
        });
    }
}
