//! A request's way through the engine: a [`Ticket`] while it waits, a [`Seat`] while it runs. Dropping
//! either gives back what it holds, so a client that leaves at any moment frees its slot and blocks.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use super::cache::Lease;
use super::{Engine, Finish, Job};
use crate::stats::{Hist, Stats};

/// A place in the queue, or a seat already.
pub(crate) struct Ticket(Place);

enum Place {
    Running(Option<Seat>),
    Waiting {
        engine: Arc<Engine>,
        id: u64,
        turn: oneshot::Receiver<Seat>,
    },
}

impl Ticket {
    pub(super) fn running(seat: Seat) -> Self {
        Self(Place::Running(Some(seat)))
    }

    pub(super) fn waiting(engine: Arc<Engine>, id: u64, turn: oneshot::Receiver<Seat>) -> Self {
        Self(Place::Waiting { engine, id, turn })
    }

    /// Waits for the request's turn. `None` only when the server is going away.
    pub(crate) async fn seat(mut self) -> Option<Seat> {
        match &mut self.0 {
            Place::Running(seat) => seat.take(),
            Place::Waiting { turn, .. } => turn.await.ok(),
        }
    }
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if let Place::Waiting { engine, id, .. } = &self.0 {
            let mut state = engine.lock();
            if let Some(position) = state.waiting.iter().position(|waiting| waiting.id == *id) {
                let left = state.waiting.remove(position);
                engine.note_loras(&mut state);
                drop(state);
                drop(left);
            }
        }
    }
}

/// A batch slot with the KV blocks of the request in it.
pub(crate) struct Seat {
    engine: Arc<Engine>,
    job: Job,
    lease: Option<Lease>,
    /// Prompt tokens found in the prefix cache.
    pub cached_tokens: usize,
    arrived: Instant,
    started: Instant,
    first: Option<Instant>,
    generated: usize,
    finish: Finish,
}

impl Seat {
    pub(super) fn new(
        engine: Arc<Engine>,
        job: Job,
        lease: Option<Lease>,
        cached_tokens: usize,
        arrived: Instant,
    ) -> Self {
        Self {
            engine,
            job,
            lease,
            cached_tokens,
            arrived,
            started: Instant::now(),
            first: None,
            generated: 0,
            finish: Finish::Abort,
        }
    }

    /// Prompt tokens that must be computed.
    pub(crate) fn uncached_tokens(&self) -> usize {
        self.job.prompt_tokens - self.cached_tokens
    }

    /// Full blocks of the prompt that were not in the cache and are now, in tokens.
    pub(crate) fn created_tokens(&self) -> usize {
        let blocks = self
            .lease
            .as_ref()
            .map_or(0, |lease| self.job.prompt_blocks - lease.hit_blocks);
        blocks * self.engine.shape.block_size
    }

    /// Notes the first token.
    pub(crate) fn first_token(&mut self) {
        let now = Instant::now();
        self.first = Some(now);
        self.generated = 1;
        let mut state = self.engine.lock();
        let stats = &mut state.stats;
        stats.prompt_tokens += self.job.prompt_tokens as f64;
        stats.generation_tokens += 1.0;
        stats.observe(
            Hist::TimeToFirstToken,
            (now - self.arrived).as_secs_f64(),
            1,
        );
        stats.observe(Hist::IterationTokens, self.uncached_tokens() as f64, 1);
    }

    /// Notes `tokens` more, that came `gap` apart.
    pub(crate) fn more_tokens(&mut self, tokens: usize, gap: Duration) {
        if tokens == 0 {
            return;
        }
        self.generated += tokens;
        let mut state = self.engine.lock();
        let running = state.running as f64;
        state.stats.generation_tokens += tokens as f64;
        state
            .stats
            .observe(Hist::InterToken, gap.as_secs_f64(), tokens as u64);
        // A step computes one token for each running request; so each of them counts its share of steps.
        let steps = (tokens as f64 / running.max(1.0)).ceil() as u64;
        state.stats.observe(Hist::IterationTokens, running, steps);
    }

    /// Ends the request; without this call it counts as aborted.
    pub(crate) fn finish(mut self, finish: Finish) {
        self.finish = finish;
    }

    /// Blocks that are full by now, decoded ones included.
    fn filled_blocks(&self) -> usize {
        let full = (self.job.prompt_tokens + self.generated) / self.engine.shape.block_size;
        full.min(self.job.chain.len())
    }

    fn count(&self, stats: &mut Stats) {
        stats.finished[self.finish as usize] += 1;
        let now = Instant::now();
        let Some(first) = self.first else {
            return;
        };
        let decode = (now - first).as_secs_f64();
        for (hist, value) in [
            (Hist::PromptTokens, self.job.prompt_tokens as f64),
            (Hist::GenerationTokens, self.generated as f64),
            (Hist::MaxGenerationTokens, self.generated as f64),
            (Hist::ParamsN, self.job.choices as f64),
            (Hist::EndToEnd, (now - self.arrived).as_secs_f64()),
            (Hist::Queue, (self.started - self.arrived).as_secs_f64()),
            (Hist::Inference, (now - self.started).as_secs_f64()),
            (Hist::Prefill, (first - self.started).as_secs_f64()),
            (Hist::Decode, decode),
            (
                Hist::TimePerOutputToken,
                decode / (self.generated.max(2) - 1) as f64,
            ),
            (Hist::Preemptions, 0.0),
            (Hist::ComputedTokens, self.uncached_tokens() as f64),
        ] {
            stats.observe(hist, value, 1);
        }
        if let Some(max_tokens) = self.job.max_tokens {
            stats.observe(Hist::ParamsMaxTokens, max_tokens as f64, 1);
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let waiting = {
            let mut state = self.engine.lock();
            state.running -= 1;
            if let Some(lease) = self.lease.take() {
                state
                    .cache
                    .release(lease, &self.job.chain[..self.filled_blocks()]);
            }
            if let Some(lora) = &self.job.lora
                && let Some(count) = state.running_loras.get_mut(lora)
            {
                *count -= 1;
                if *count == 0 {
                    state.running_loras.remove(lora);
                }
            }
            self.count(&mut state.stats);
            self.engine.note_loras(&mut state);
            !state.waiting.is_empty()
        };
        if waiting {
            self.engine.wake();
        }
    }
}
