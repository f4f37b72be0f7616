//! A session on a gRPC stream: no task and no channel of its own, so that a request costs only its
//! messages. Dropping the stream, which is what a gateway that goes away comes to, ends the session.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_util::Stream;
use tokio::time::{Instant, Sleep, sleep};
use tonic::{Status, Streaming};

use super::pb::{ProcessingRequest, ProcessingResponse};
use super::picker::Picker;
use crate::metrics::OpenStream;

use super::session::{Bounds, Session, Waits};

/// Answers for the gateway.
pub struct Answers<P: Picker> {
    session: Session<P>,
    inbound: Streaming<ProcessingRequest>,
    /// Runs only while something is awaited that may not take for ever.
    timer: Option<(Waits, Pin<Box<Sleep>>)>,
    /// Counts the stream while it is open; `None`: nothing more comes in.
    open: Option<OpenStream>,
}

impl<P: Picker> Answers<P> {
    /// Runs a session on the gateway's messages.
    pub fn new(
        picker: Arc<P>,
        bounds: Bounds,
        inbound: Streaming<ProcessingRequest>,
        open: OpenStream,
    ) -> Self {
        Self {
            session: Session::new(picker, bounds),
            inbound,
            timer: None,
            open: Some(open),
        }
    }

    /// Nothing more comes in.
    fn close(&mut self, code: &'static str) {
        if let Some(open) = self.open.take() {
            open.ended(code);
        }
        self.session.closed();
    }

    /// Ready when nothing came for as long as the session allows.
    fn poll_timer(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let waits = self.session.waits();
        let (Waits::Upload(limit) | Waits::Mode(limit)) = waits else {
            self.timer = None;
            return Poll::Pending;
        };
        let (_, timer) = match &mut self.timer {
            Some(timer) if timer.0 == waits => timer,
            timer => timer.insert((waits, Box::pin(sleep(limit)))),
        };
        timer.as_mut().poll(cx)
    }

    fn message_came(&mut self) {
        if let Some((Waits::Upload(limit) | Waits::Mode(limit), timer)) = &mut self.timer {
            timer.as_mut().reset(Instant::now() + *limit);
        }
    }
}

impl<P: Picker> Stream for Answers<P>
where
    P::Ticket: Unpin,
{
    type Item = Result<ProcessingResponse, Status>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(answer) = self.session.next_answer() {
                return Poll::Ready(Some(Ok(answer)));
            }
            if self.session.is_over() {
                self.close("OK");
            }
            if self.open.is_none() {
                return Poll::Ready(None);
            }
            match Pin::new(&mut self.inbound).poll_next(cx) {
                Poll::Ready(Some(Ok(message))) => {
                    self.message_came();
                    if let Err(error) = self.session.take(message) {
                        self.close("InvalidArgument");
                        return Poll::Ready(Some(Err(Status::invalid_argument(error.to_string()))));
                    }
                }
                // A message that cannot be decoded, or a reset. Nothing can follow it.
                Poll::Ready(Some(Err(status))) => {
                    self.close("Canceled");
                    return Poll::Ready(Some(Err(status)));
                }
                Poll::Ready(None) => self.close("OK"),
                Poll::Pending => {
                    ready!(self.poll_timer(cx));
                    self.timer = None;
                    self.session.timed_out();
                }
            }
        }
    }
}
