//! What a session asks of whoever decides. A trait, so that the protocol is tested without plugins.

use std::sync::Arc;

use switchyard_scheduler::{Ended, Header};

use super::head::Head;

/// What is known of a request's body when the decision is due.
#[derive(Debug, Clone, Copy)]
pub enum Upload<'a> {
    /// All of it.
    Whole(&'a [u8]),
    /// Its beginning; the proxy's buffer ended before it.
    Partial(&'a [u8]),
    /// None: the request has no body, or the gateway does not send it before headers must leave.
    Absent,
}

/// A request that gets no model server.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Refused {
    pub status: u16,
    /// For `x-llm-d-request-dropped-reason`.
    pub reason: Option<&'static str>,
    pub message: String,
}

/// A request with its destination.
#[derive(Debug)]
pub struct Picked<T> {
    /// `address:port`, several joined by commas, best first.
    pub targets: String,
    /// To set on the request.
    pub set_headers: Vec<Header>,
    /// The body to send on, where it changed.
    pub body: Option<Vec<u8>>,
    /// Follows the request to its end.
    pub ticket: T,
}

/// Who decides.
pub trait Picker {
    /// What follows a request.
    type Ticket: Ticket;
    /// Decides. Called once a request.
    fn pick(&self, head: &Arc<Head>, upload: Upload<'_>) -> Result<Picked<Self::Ticket>, Refused>;
    /// Counts a request that the protocol itself refused, such as a body past the cap.
    fn refused(&self, head: &Head, refused: &Refused);
    /// Milliseconds since some fixed moment, for the times in [`Ended`].
    fn now_ms(&self) -> f64;
}

/// Follows one picked request. Dropped without [`Ticket::ended`] only when the process dies.
pub trait Ticket {
    /// The response's headers are here. Answers headers to set on it.
    fn response_started(&mut self, status: u16, content_type: &str) -> Vec<Header>;
    /// Whether response bodies must be changed (to put the client's model name back).
    fn changes_body(&self) -> bool;
    /// Reads a piece of the response; what comes back goes on to the client in its place.
    fn response_body(&mut self, chunk: Vec<u8>, end: bool) -> Vec<u8>;
    /// The request is over. Called exactly once.
    fn ended(&mut self, ended: Ended);
}
