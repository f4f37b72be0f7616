//! Streams: an answer as server-sent events, one token each, at the time they would come.
//!
//! Tokens that come at the same time travel in one write; a client that leaves drops the stream, and with it
//! the request's seat.

use std::fmt::Write;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream::{self, SelectAll, Stream, StreamExt};
use hyper::body::Frame;
use tokio::time::Instant;

use crate::app::App;
use crate::engine::{Engine, Seat, Ticket, pace};
use crate::reply::{self, Cut, Reply};

use super::request::StreamOptions;
use super::sequence::Sequence;
use super::wire::{FINGERPRINT, Head, Kind, Totals, Usage};

/// Events written at once when no time passes between them.
const BATCH_BYTES: usize = 16 * 1024;

/// From the first part of a stream to its reset.
const CUT_DELAY: Duration = Duration::from_millis(20);

/// Events of one sequence, and its tokens with the last of them.
struct Part {
    events: String,
    totals: Option<Totals>,
}

type PartStream = Pin<Box<dyn Stream<Item = Part> + Send>>;

/// The answer as a stream. With `cut`, its connection is reset after the first part.
pub(super) fn stream(
    app: &App,
    head: Head,
    options: StreamOptions,
    entered: Vec<(Sequence, Ticket)>,
    cut: Option<Arc<AtomicBool>>,
) -> Reply {
    let head = Arc::new(head);
    let options = Arc::new(options);
    let parts: SelectAll<PartStream> = entered
        .into_iter()
        .map(|(sequence, ticket)| {
            let writer = Writer {
                engine: Arc::clone(&app.engine),
                head: Arc::clone(&head),
                options: Arc::clone(&options),
                sequence,
                ticket: Some(ticket),
                seat: None,
                sent: 0,
                due: Instant::now(),
                gap: Duration::ZERO,
            };
            Box::pin(stream::unfold(writer, Writer::next)) as PartStream
        })
        .collect();
    let whole = Whole {
        head,
        options,
        parts,
        totals: Totals::default(),
        cut,
        first: true,
        over: false,
    };
    reply::stream(
        "text/event-stream; charset=utf-8",
        Box::pin(stream::unfold(whole, Whole::next)),
    )
}

/// All sequences of a request, and the end of its stream.
struct Whole {
    head: Arc<Head>,
    options: Arc<StreamOptions>,
    parts: SelectAll<PartStream>,
    totals: Totals,
    cut: Option<Arc<AtomicBool>>,
    first: bool,
    over: bool,
}

impl Whole {
    async fn next(mut self) -> Option<(Result<Frame<Bytes>, Cut>, Self)> {
        if self.over {
            return None;
        }
        if !self.first
            && let Some(reset) = &self.cut
        {
            // The first part must be on its way, or it would be lost with the connection.
            tokio::time::sleep(CUT_DELAY).await;
            reset.store(true, Ordering::Relaxed);
            self.over = true;
            return Some((Err(Cut), self));
        }
        self.first = false;
        let mut events = match self.parts.next().await {
            Some(part) => {
                if let Some(totals) = part.totals {
                    self.totals = self.totals.and(totals);
                }
                part.events
            }
            None => String::new(),
        };
        // The end goes with the last part, unless the connection is to break off before it.
        if self.parts.is_empty() && self.cut.is_none() {
            self.over = true;
            self.end(&mut events);
        } else if events.is_empty() {
            return None;
        }
        Some((Ok(Frame::data(Bytes::from(events))), self))
    }

    fn end(&self, events: &mut String) {
        if self.options.include_usage {
            open(&self.head, events);
            events.push_str("\"choices\":[]");
            usage(self.totals, events);
            let _ = write!(events, ",\"system_fingerprint\":\"{FINGERPRINT}\"}}\n\n");
        }
        events.push_str("data: [DONE]\n\n");
    }
}

/// One sequence as it is written.
struct Writer {
    engine: Arc<Engine>,
    head: Arc<Head>,
    options: Arc<StreamOptions>,
    sequence: Sequence,
    ticket: Option<Ticket>,
    seat: Option<Seat>,
    sent: usize,
    due: Instant,
    gap: Duration,
}

impl Writer {
    async fn next(mut self) -> Option<(Part, Self)> {
        let mut events = String::new();
        if let Some(ticket) = self.ticket.take() {
            self.seat = Some(self.sequence.prefill(&self.engine, ticket).await?);
            self.due = Instant::now();
            self.role(&mut events);
        } else {
            // The gap was drawn when the token before was written.
            tokio::time::sleep_until(self.due).await;
        }
        let seat = self.seat.as_mut()?;
        let live = self.engine.live.load_full();
        let total = self.sequence.answer.len();
        let before = self.sent;
        while self.sent < total {
            let totals = self
                .options
                .continuous_usage_stats
                .then(|| self.sequence.totals(seat, self.sent + 1));
            token(
                &self.head,
                &self.sequence,
                self.sent,
                self.options.include_usage,
                totals,
                &mut events,
            );
            self.sent += 1;
            let running = if live.inter_token_latency.is_zero() {
                1
            } else {
                self.engine.running()
            };
            let gap = pace::token(&live, running, &mut self.sequence.rng);
            if self.sent < total && (!gap.is_zero() || events.len() > BATCH_BYTES) {
                // The first token was counted with the prefill.
                let news = self.sent - before - usize::from(before == 0);
                seat.more_tokens(news, self.gap);
                self.gap = gap;
                self.due += gap;
                return Some((
                    Part {
                        events,
                        totals: None,
                    },
                    self,
                ));
            }
        }
        if total == 0 {
            token(
                &self.head,
                &self.sequence,
                0,
                self.options.include_usage,
                None,
                &mut events,
            );
        }
        seat.more_tokens(
            (self.sent - before).saturating_sub(usize::from(before == 0)),
            self.gap,
        );
        let totals = self.sequence.totals(seat, total);
        if let Some(seat) = self.seat.take() {
            seat.finish(self.sequence.finish);
        }
        Some((
            Part {
                events,
                totals: Some(totals),
            },
            self,
        ))
    }

    /// A chat's first event tells who speaks.
    fn role(&self, events: &mut String) {
        if self.head.kind == Kind::Chat {
            open(&self.head, events);
            let _ = write!(
                events,
                "\"choices\":[{{\"index\":{},\"delta\":{{\"role\":\"assistant\",\"content\":\"\"}},\"logprobs\":null,\
                 \"finish_reason\":null}}],\"prompt_token_ids\":null,\"prompt_text\":null}}\n\n",
                self.sequence.index,
            );
        }
    }
}

/// The beginning of every event.
fn open(head: &Head, events: &mut String) {
    let object = match head.kind {
        Kind::Chat => "chat.completion.chunk",
        Kind::Completion => "text_completion",
    };
    // Writing to a string cannot fail.
    let _ = write!(
        events,
        "data: {{\"id\":{},\"object\":\"{object}\",\"created\":{},\"model\":{},",
        quoted(&head.id),
        head.created,
        quoted(&head.model),
    );
}

/// The event of token `at`; of the end, if it is the last.
fn token(
    head: &Head,
    sequence: &Sequence,
    at: usize,
    usage_follows: bool,
    totals: Option<Totals>,
    events: &mut String,
) {
    let Sequence {
        index,
        answer,
        finish,
        ..
    } = sequence;
    let last = at + 1 >= answer.len();
    let text = quoted(if answer.is_empty() {
        ""
    } else {
        answer.token(at)
    });
    open(head, events);
    let reason = if last {
        format!("\"{}\"", finish.label())
    } else {
        "null".to_owned()
    };
    let _ = match head.kind {
        Kind::Chat => {
            let stop = if last { "\"stop_reason\":null," } else { "" };
            write!(
                events,
                "\"choices\":[{{\"index\":{index},\"delta\":{{\"content\":{text}}},\"logprobs\":null,\
                 \"finish_reason\":{reason},{stop}\"token_ids\":null}}]",
            )
        }
        Kind::Completion => write!(
            events,
            "\"choices\":[{{\"index\":{index},\"text\":{text},\"logprobs\":null,\"finish_reason\":{reason},\
             \"stop_reason\":null,\"prompt_token_ids\":null,\"token_ids\":null}}]",
        ),
    };
    if let Some(totals) = totals {
        usage(totals, events);
    }
    if last && !usage_follows {
        let _ = write!(events, ",\"system_fingerprint\":\"{FINGERPRINT}\"");
    }
    events.push_str("}\n\n");
}

fn usage(totals: Totals, events: &mut String) {
    let usage = serde_json::to_string(&Usage::from(totals)).unwrap_or_default();
    let _ = write!(events, ",\"usage\":{usage}");
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
