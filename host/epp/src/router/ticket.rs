//! A picked request up to its end: in-flight counts, the response's usage, the client's model name,
//! and the plugins' hooks.

use std::sync::Arc;
use std::time::Instant;

use switchyard_openai::{Format, ModelRestorer, RequestBody, UsageReader};
use switchyard_scheduler::{Ended, Header, Lane, Request, hooks};

use super::Router;
use super::routed::Routed;
use crate::active::Active;
use crate::extproc::picker::Ticket;
use crate::inflight::Share;
use crate::lanes;
use crate::metrics::{Metrics, StartedRequest};
use crate::prefix::BYTES_PER_TOKEN;

/// Follows one request.
pub struct RequestTicket {
    /// The plan it was decided by, where some plugin of it wants to hear more. Else a plan that was replaced would keep
    /// its instances for as long as one of its answers streams.
    follows: Option<Arc<Active>>,
    request: Arc<Request>,
    started: StartedRequest,
    /// Taken back when it drops.
    share: Option<Share>,
    /// The same at the server that prefills, which is done when the first token is there.
    prefill_share: Option<Share>,
    streaming: bool,
    usage: Option<UsageReader>,
    restorer: Option<ModelRestorer>,
    /// When the last piece of a streamed answer came.
    last_piece: Option<Instant>,
    metrics: Arc<Metrics>,
    /// What the model server was asked for is not what the client named.
    renamed: bool,
    response_bytes: usize,
}

impl RequestTicket {
    pub(super) fn new(
        router: &Router,
        routed: Routed,
        body: &RequestBody,
        started: StartedRequest,
    ) -> Self {
        let request = routed.record.request.clone();
        let tokens = body.prompt_bytes().div_ceil(BYTES_PER_TOKEN) as f64;
        let share = |row: Option<u32>| {
            let endpoint = routed.record.snapshot.endpoint(row?)?;
            let in_flight = router.pool.in_flight();
            Some(in_flight.begin(endpoint.clone(), tokens))
        };
        let (primary, prefill) = (share(routed.primary()), share(routed.prefill()));
        let renamed = request.model != request.target_model && !request.model.is_empty();
        Self {
            follows: Some(routed.active).filter(|active| !active.plan.hooks.is_empty()),
            request,
            started,
            share: primary,
            prefill_share: prefill,
            streaming: body.stream(),
            usage: None,
            restorer: None,
            last_piece: None,
            metrics: router.metrics.clone(),
            renamed,
            response_bytes: 0,
        }
    }
}

impl RequestTicket {
    /// Reads a piece of the response, and puts the client's model name back where it must.
    fn passed_on(&mut self, chunk: Vec<u8>, end: bool) -> Vec<u8> {
        self.response_bytes += chunk.len();
        if !chunk.is_empty() {
            self.prefill_share = None;
        }
        if let Some(usage) = &mut self.usage {
            usage.push(&chunk);
        }
        let Some(restorer) = &mut self.restorer else {
            return chunk;
        };
        let mut restored = Vec::with_capacity(chunk.len() + 32);
        restorer.push(&chunk, &mut restored);
        if end {
            restorer.finish(&mut restored);
        }
        restored
    }
}

impl Ticket for RequestTicket {
    fn response_started(&mut self, status: u16, content_type: &str) -> Vec<Header> {
        if let Some(format) = Format::of(content_type) {
            self.usage = Some(UsageReader::new(format));
            self.restorer = self
                .renamed
                .then(|| ModelRestorer::new(format, &self.request.model));
        }
        let Some(active) = &self.follows else {
            return Vec::new();
        };
        let asked = lanes::with(active, |lane| {
            let headers = hooks::response_started(&active.plan, &self.request, lane, status);
            lane.take_import_answers();
            headers
        });
        // Too late to refuse anything: the response is under way.
        asked.and_then(Result::ok).unwrap_or_default()
    }

    fn changes_body(&self) -> bool {
        self.restorer.is_some()
    }

    fn response_body(&mut self, chunk: Vec<u8>, end: bool) -> Vec<u8> {
        let began = Instant::now();
        if self.streaming
            && !chunk.is_empty()
            && let Some(last) = self.last_piece.replace(began)
        {
            self.started.token_gap((began - last).as_secs_f64());
        }
        let passed_on = self.passed_on(chunk, end);
        self.metrics
            .response_processed(began.elapsed().as_nanos() as u64);
        passed_on
    }

    fn ended(&mut self, mut ended: Ended) {
        self.share = None;
        self.prefill_share = None;
        if let Some(usage) = self.usage.take().map(|usage| usage.usage()) {
            let known = |tokens: Option<u64>| tokens.map_or(f64::NAN, |tokens| tokens as f64);
            ended.prompt_tokens = known(usage.prompt_tokens);
            ended.cached_tokens = known(usage.cached_tokens);
            ended.completion_tokens = known(usage.completion_tokens);
        }
        self.started
            .ended(&ended, self.response_bytes, self.streaming);
        if let Some(active) = &self.follows {
            lanes::with(active, |lane| {
                hooks::response_ended(&active.plan, &self.request, lane, &ended);
                lane.take_import_answers();
            });
        }
        self.request.release();
    }
}
