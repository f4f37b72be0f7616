//! The simulated engine: batch slots, a waiting queue with a bound, and the KV cache behind them.
//!
//! A request holds a [`Seat`] while it runs. It starts when a slot, its adapter and all of its KV blocks are
//! free: the blocks of its prompt and of everything it will generate, so that nothing is ever preempted.
//! Requests start in order of arrival, except that one that waits for an adapter's turn lets others pass.

pub(crate) mod cache;
pub(crate) mod pace;
mod seat;

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use arc_swap::ArcSwap;
use tokio::sync::oneshot;

use crate::live::Live;
use crate::stats::{LoraSeries, Stats};
use cache::BlockCache;
pub(crate) use seat::{Seat, Ticket};

/// How many states of the adapters `/metrics` remembers.
const LORA_SERIES: usize = 16;

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Finish {
    /// The answer was complete.
    Stop,
    /// The answer reached the limit of the request.
    Length,
    /// The client left.
    Abort,
    /// It failed; never happens here.
    Error,
    /// It repeated itself; never happens here.
    Repetition,
}

impl Finish {
    /// All of them, in the order of `/metrics`.
    pub(crate) const ALL: [Self; 5] = [
        Self::Stop,
        Self::Length,
        Self::Abort,
        Self::Error,
        Self::Repetition,
    ];

    /// Its name in answers and metrics.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::Abort => "abort",
            Self::Error => "error",
            Self::Repetition => "repetition",
        }
    }
}

/// What the engine must know of a request.
#[derive(Debug)]
pub(crate) struct Job {
    /// Tokens of the prompt.
    pub prompt_tokens: usize,
    /// Most answer tokens the client wants; `None` if it did not say.
    pub max_tokens: Option<usize>,
    /// Choices the client wants of this prompt.
    pub choices: usize,
    /// Chained hashes of all blocks that prompt and answer fill.
    pub chain: Vec<u64>,
    /// How many of them the prompt alone fills.
    pub prompt_blocks: usize,
    /// Blocks that prompt and answer need, partly filled ones included.
    pub total_blocks: usize,
    /// The adapter it runs with.
    pub lora: Option<Arc<str>>,
}

/// The waiting queue is full.
#[derive(Debug, thiserror::Error)]
#[error(
    "the waiting queue is full: {waiting} requests wait and at most {limit} may; try again later"
)]
pub(crate) struct QueueFull {
    waiting: usize,
    limit: usize,
}

/// What a server of this engine is like.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shape {
    /// KV blocks, or `None` without a simulated cache.
    pub blocks: Option<usize>,
    /// Tokens in a block.
    pub block_size: usize,
    /// Adapters that may run at the same time.
    pub max_loras: usize,
    /// Whether adapters are reported at all.
    pub report_loras: bool,
}

/// The engine of one server.
pub(crate) struct Engine {
    /// What may change while it runs.
    pub live: ArcSwap<Live>,
    /// What may not.
    pub shape: Shape,
    state: Mutex<State>,
}

struct Waiting {
    id: u64,
    job: Job,
    arrived: Instant,
    seat: oneshot::Sender<Seat>,
}

struct State {
    cache: BlockCache,
    running: usize,
    running_loras: BTreeMap<Arc<str>, usize>,
    waiting: VecDeque<Waiting>,
    next_id: u64,
    stats: Stats,
    lora_series: VecDeque<LoraSeries>,
}

impl Engine {
    /// An idle engine.
    pub(crate) fn new(shape: Shape, live: Live) -> Self {
        Self {
            live: ArcSwap::from_pointee(live),
            shape,
            state: Mutex::new(State {
                cache: BlockCache::new(shape.blocks.unwrap_or(0)),
                running: 0,
                running_loras: BTreeMap::new(),
                waiting: VecDeque::new(),
                next_id: 0,
                stats: Stats::default(),
                lora_series: VecDeque::new(),
            }),
        }
    }

    /// Brings a request in: it runs at once or waits for its turn.
    pub(crate) fn enter(self: &Arc<Self>, job: Job) -> Result<Ticket, QueueFull> {
        let arrived = Instant::now();
        let limit = self.live.load().max_waiting_queue_length;
        let mut state = self.lock();
        // A newcomer may pass those who wait only for an adapter's turn.
        let first = state
            .waiting
            .iter()
            .all(|waiting| !self.lora_fits(&state, &waiting.job));
        let ticket = if first && self.may_run(&state, &job) {
            match self.start(&mut state, job, arrived) {
                Ok(seat) => Ok(Ticket::running(seat)),
                Err(job) => self.enqueue(&mut state, job, arrived, limit),
            }
        } else {
            self.enqueue(&mut state, job, arrived, limit)
        };
        self.note_loras(&mut state);
        ticket
    }

    /// Requests in batch slots now.
    pub(crate) fn running(&self) -> usize {
        self.lock().running
    }

    /// What `/metrics` tells when nothing is faked.
    pub(crate) fn stats(&self) -> Stats {
        let state = self.lock();
        let mut stats = state.stats.clone();
        stats.running = state.running as f64;
        stats.waiting = state.waiting.len() as f64;
        let deferred = |waiting: &&Waiting| !self.lora_fits(&state, &waiting.job);
        stats.deferred = state.waiting.iter().filter(deferred).count() as f64;
        if state.cache.capacity() > 0 {
            stats.kv_usage = state.cache.held() as f64 / state.cache.capacity() as f64;
        }
        stats.loras = state.lora_series.iter().cloned().collect();
        stats
    }

    /// Forgets all cached blocks that no running request holds.
    pub(crate) fn reset_prefix_cache(&self) {
        self.lock().cache.clear();
    }

    /// Starts whoever may start; to be called when room has come up.
    pub(crate) fn wake(self: &Arc<Self>) {
        let mut seats = Vec::new();
        let mut state = self.lock();
        let mut position = 0;
        while position < state.waiting.len() {
            if state.running >= self.live.load().max_num_seqs {
                break;
            }
            if !self.lora_fits(&state, &state.waiting[position].job) {
                position += 1;
                continue;
            }
            let Some(Waiting {
                id,
                job,
                arrived,
                seat,
            }) = state.waiting.remove(position)
            else {
                break;
            };
            match self.start(&mut state, job, arrived) {
                Ok(started) => seats.push((seat, started)),
                Err(job) => {
                    state.waiting.insert(
                        position,
                        Waiting {
                            id,
                            job,
                            arrived,
                            seat,
                        },
                    );
                    break;
                }
            }
        }
        self.note_loras(&mut state);
        drop(state);
        for (waiting, seat) in seats {
            // Whoever left meanwhile drops the seat, which wakes the next: hence outside the lock.
            drop(waiting.send(seat));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        // No code panics while it holds the lock half-way through a change.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn may_run(&self, state: &State, job: &Job) -> bool {
        state.running < self.live.load().max_num_seqs && self.lora_fits(state, job)
    }

    fn lora_fits(&self, state: &State, job: &Job) -> bool {
        job.lora.as_ref().is_none_or(|lora| {
            state.running_loras.contains_key(lora)
                || state.running_loras.len() < self.shape.max_loras
        })
    }

    fn enqueue(
        self: &Arc<Self>,
        state: &mut State,
        job: Job,
        arrived: Instant,
        limit: usize,
    ) -> Result<Ticket, QueueFull> {
        if state.waiting.len() >= limit {
            state.stats.rejected += 1;
            return Err(QueueFull {
                waiting: state.waiting.len(),
                limit,
            });
        }
        let (seat, turn) = oneshot::channel();
        let id = state.next_id;
        state.next_id += 1;
        state.waiting.push_back(Waiting {
            id,
            job,
            arrived,
            seat,
        });
        Ok(Ticket::waiting(Arc::clone(self), id, turn))
    }

    /// Starts a request, or gives it back when running requests hold too many blocks.
    fn start(self: &Arc<Self>, state: &mut State, job: Job, arrived: Instant) -> Result<Seat, Job> {
        let mut cached_tokens = 0;
        let mut lease = None;
        if self.shape.blocks.is_some() {
            // The last token is always computed: its logits give the first answer token.
            let reusable = job.prompt_tokens.saturating_sub(1) / self.shape.block_size;
            let Some(taken) =
                state
                    .cache
                    .acquire(&job.chain[..job.prompt_blocks], reusable, job.total_blocks)
            else {
                return Err(job);
            };
            cached_tokens = taken.hit_blocks * self.shape.block_size;
            lease = Some(taken);
            state.stats.prefix_queries += job.prompt_tokens as f64;
            state.stats.prefix_hits += cached_tokens as f64;
        }
        state.running += 1;
        if let Some(lora) = &job.lora {
            *state.running_loras.entry(Arc::clone(lora)).or_default() += 1;
        }
        Ok(Seat::new(
            Arc::clone(self),
            job,
            lease,
            cached_tokens,
            arrived,
        ))
    }

    /// Remembers the state of the adapters, if it changed, as the newest series.
    fn note_loras(&self, state: &mut State) {
        if !self.shape.report_loras {
            return;
        }
        let running: Vec<&str> = state.running_loras.keys().map(AsRef::as_ref).collect();
        let mut waiting: Vec<&str> = state
            .waiting
            .iter()
            .filter_map(|waiting| waiting.job.lora.as_deref())
            .collect();
        waiting.sort_unstable();
        waiting.dedup();
        let (running, waiting) = (running.join(","), waiting.join(","));
        let same = |series: &LoraSeries| series.running == running && series.waiting == waiting;
        let newest = state.lora_series.back().map_or(0.0, |series| series.seen);
        if state.lora_series.back().is_some_and(same) {
            return;
        }
        state.lora_series.retain(|series| !same(series));
        if state.lora_series.len() == LORA_SERIES {
            state.lora_series.pop_front();
        }
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0.0, |since| since.as_secs_f64());
        // Two changes within the clock's resolution must still have an order.
        let seen = now.max(newest + 1e-6);
        state.lora_series.push_back(LoraSeries {
            running,
            waiting,
            seen,
        });
    }
}

#[cfg(test)]
mod tests;
