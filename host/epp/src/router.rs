//! From a request's headers and body to its destination: everything between the protocol and the
//! scheduler.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use switchyard_engine::EngineLane;
use switchyard_scheduler::record::Record;
use switchyard_scheduler::{
    Decision, Ended, Ending, Gathered, Header, Lane, Refusal, Request, Snapshot, hooks, schedule,
};

use crate::active::Active;
use crate::backlog;
use crate::clock::{self, Clock};
use crate::decisions::Decisions;
use crate::extproc::head::{Head, REQUEST_ID};
use crate::extproc::picker::{Picked, Picker, Refused, Upload};
use crate::lanes;
use crate::metrics::Metrics;
use crate::pool::Pool;
use crate::prefix::{self, Hashed, Prefix};
use crate::shadows::Shadows;

mod headers;
mod reading;
mod routed;
mod ticket;
use reading::Read;
use routed::Routed;
pub use ticket::RequestTicket;

/// The end of a request that was picked and then refused.
const REFUSED: Ended = Ended {
    ending: Ending::Refused,
    status: 0,
    prompt_tokens: f64::NAN,
    cached_tokens: f64::NAN,
    completion_tokens: f64::NAN,
    first_token_ms: f64::NAN,
    total_ms: f64::NAN,
};

/// What an operator can set about requests.
#[derive(Debug, Clone, Copy)]
pub struct RouterOptions {
    /// Measured values older than this are unknown.
    pub staleness: Duration,
    /// From the last byte of the body to the pick.
    pub decision_timeout: Duration,
    /// Whether a header may name another model.
    pub model_rewrite_header: bool,
    /// Whether the gateway's subset hint counts.
    pub subset_hint: bool,
}

/// Decides for every worker thread.
pub struct Router {
    pool: Arc<Pool>,
    active: ArcSwap<Active>,
    prefix: ArcSwap<Prefix>,
    decisions: Arc<Decisions>,
    shadows: Arc<Shadows>,
    metrics: Arc<Metrics>,
    clock: Clock,
    options: RouterOptions,
}

impl Router {
    /// A router on these endpoints and this plan.
    pub fn new(
        pool: Arc<Pool>,
        active: Arc<Active>,
        decisions: Arc<Decisions>,
        shadows: Arc<Shadows>,
        metrics: Arc<Metrics>,
        options: RouterOptions,
    ) -> Arc<Self> {
        let prefix = Prefix::new(active.resolved.prefix.clone());
        Arc::new(Self {
            pool,
            active: ArcSwap::new(active),
            prefix: ArcSwap::from_pointee(prefix),
            decisions,
            shadows,
            metrics,
            clock: Clock::default(),
            options,
        })
    }

    /// The plan that new requests run on.
    pub fn active(&self) -> Arc<Active> {
        self.active.load_full()
    }

    /// Moves new requests to another plan; those in flight finish on the old one. The prefix index stays
    /// unless its settings changed.
    pub fn activate(&self, active: Arc<Active>) {
        if *self.prefix.load().settings() != active.resolved.prefix {
            self.prefix
                .store(Arc::new(Prefix::new(active.resolved.prefix.clone())));
        }
        self.active.store(active);
    }

    /// The series it counts in.
    pub fn metrics(&self) -> &Arc<Metrics> {
        &self.metrics
    }

    /// How many blocks the approximate prefix index holds.
    pub fn prefix_blocks(&self) -> usize {
        self.prefix.load().blocks()
    }

    /// Forgets what was known of servers that are gone.
    pub fn forget(&self, row: u32) {
        self.prefix.load().forget(row);
    }

    fn candidates(&self, head: &Head, snapshot: &Snapshot) -> Vec<u32> {
        let hint = head.subset.as_ref().filter(|_| self.options.subset_hint);
        match hint {
            None => snapshot.rows().to_vec(),
            Some(allowed) => snapshot
                .endpoints
                .iter()
                .filter(|endpoint| {
                    allowed
                        .iter()
                        .any(|entry| entry.allows(endpoint.address, endpoint.port))
                })
                .map(|endpoint| endpoint.row)
                .collect(),
        }
    }

    fn request(&self, head: &Arc<Head>, read: &Read<'_>, active: &Active, now_ms: u64) -> Request {
        let seed = self.clock.seed();
        let id = head
            .get(REQUEST_ID)
            .map_or_else(|| format!("{seed:016x}"), str::to_owned);
        let headers = Box::new(headers::Shared(head.clone()));
        let mut request = Request::new(id, now_ms, seed, headers);
        request.path = head.path().to_owned();
        request.model.clone_from(&read.model);
        request.target_model.clone_from(&read.target_model);
        request.profiles = active.profile_names.clone();
        request.note_body(read.bytes);
        if active.reads_body {
            request.keep_body(read.bytes.to_vec());
        }
        request
    }

    /// Hashes the prompt, if some plugin reads what the index knows and there is a prompt.
    fn hashed(&self, active: &Active, read: &Read<'_>, rows: &[u32]) -> Option<Hashed> {
        let wanted = active.reads_prefix && read.body.prompt_bytes() > 0;
        wanted.then(|| {
            let block_tokens = prefix::reported_block_tokens(self.pool.columns(), rows);
            self.prefix
                .load()
                .hash(&read.target_model, &read.body, read.bytes, block_tokens)
        })
    }

    fn pick_until(
        self: &Arc<Self>,
        due: Instant,
        head: &Arc<Head>,
        upload: Upload<'_>,
    ) -> Result<Picked<RequestTicket>, Refused> {
        let read = Read::new(head, upload, self.options.model_rewrite_header)
            .inspect_err(|refused| self.refused(head, refused))?;
        let started =
            self.metrics
                .request_started(&read.model, &read.target_model, read.bytes.len());
        let routed = match self.route(head, &read, due) {
            Ok(routed) => routed,
            Err(refused) => {
                started.refused(refused.status);
                return Err(refused);
            }
        };
        Ok(Picked {
            targets: routed.targets(),
            set_headers: routed.headers(head),
            body: read.changed_body(),
            ticket: RequestTicket::new(self, routed, &read.body, started),
        })
    }

    /// Asks the plugins, and teaches the prefix index what they decided.
    fn route(&self, head: &Arc<Head>, read: &Read<'_>, due: Instant) -> Result<Routed, Refused> {
        let (active, snapshot) = (self.active(), self.pool.snapshot());
        let now_ms = clock::now_ms();
        let rows = self.candidates(head, &snapshot);
        let mut values = read.values(rows.len());
        let mut hashed = self.hashed(&active, read, &rows);
        if let Some(hashed) = &mut hashed {
            self.prefix.load().produce(hashed, &rows, &mut values);
        }
        let oldest_ms = now_ms.saturating_sub(self.options.staleness.as_millis() as u64);
        let gathered = Gathered::take(
            &active.plan,
            rows,
            &values,
            &read.target_model,
            now_ms,
            oldest_ms,
        );
        let request = Arc::new(self.request(head, read, &active, now_ms));
        let routed = self
            .schedule(active, &snapshot, &request, gathered, due)
            .inspect_err(|_| request.release())?;
        if let Some(hashed) = &hashed {
            self.learn(hashed, &routed);
        }
        Ok(routed)
    }

    /// One scheduling cycle with the hooks after it, on this thread's lane.
    fn schedule(
        &self,
        active: Arc<Active>,
        snapshot: &Arc<Snapshot>,
        request: &Arc<Request>,
        gathered: Gathered,
        due: Instant,
    ) -> Result<Routed, Refused> {
        let started = Instant::now();
        if started >= due {
            return Err(refused(&self.too_late()));
        }
        let scheduled = lanes::with(&active, |lane| {
            lane.set_deadline(Some(due));
            let mut record = schedule(&active.plan, snapshot, lane, request, gathered);
            record.cycle_ns = started.elapsed().as_nanos() as u64;
            let decided = self.told_hooks(&mut record, lane, due);
            lane.take_import_answers();
            lane.set_deadline(None);
            (record, decided)
        });
        let Some((record, decided)) = scheduled else {
            return Err(no_lane());
        };
        let record = Arc::new(record);
        self.metrics.cycle(&record);
        self.decisions.push(record.clone());
        self.shadows.offer(&active, &record);
        let (decision, hook_headers) = decided.map_err(|refusal| refused(&refusal))?;
        Ok(Routed {
            active,
            record,
            decision,
            hook_headers,
        })
    }

    /// Tells the hooks of a decision that fell in time. Where one refuses it or the time is over, all of them
    /// hear of its end, because there will be no response.
    fn told_hooks(
        &self,
        record: &mut Record,
        lane: &mut EngineLane,
        due: Instant,
    ) -> Result<(Decision, Vec<Header>), Refusal> {
        let late = || (Instant::now() > due).then(|| self.too_late());
        let told = match (late(), record.outcome.clone()) {
            // Whatever a plugin says that had no time: this is why.
            (Some(late), _) => Err(late),
            (None, Err(refusal)) => return Err(refusal),
            (None, Ok(decision)) => {
                let told = hooks::picked(record, lane, &decision);
                let told = told.and_then(|headers| late().map_or(Ok((decision, headers)), Err));
                if told.is_err() {
                    // The end has a time of its own, as for every request.
                    lane.set_deadline(None);
                    hooks::response_ended(&record.plan, &record.request, lane, &REFUSED);
                }
                told
            }
        };
        record.overruled = told.as_ref().err().cloned();
        told
    }

    fn too_late(&self) -> Refusal {
        Refusal::Late {
            limit_ms: self.options.decision_timeout.as_millis() as u64,
        }
    }

    /// Teaches the prefix index where the prompt is about to be: at the destination, and where it is
    /// prefilled.
    fn learn(&self, hashed: &Hashed, routed: &Routed) {
        let prefix = self.prefix.load();
        if let Some(row) = routed.primary() {
            let (ratio, bytes) = hashed.hit(&routed.record.gathered.rows, row);
            self.metrics.prefix_hit(ratio, bytes);
        }
        for row in routed.primary().into_iter().chain(routed.prefill()) {
            prefix.learn(hashed, row);
        }
    }
}

impl Picker for Arc<Router> {
    type Ticket = RequestTicket;

    fn pick(&self, head: &Arc<Head>, upload: Upload<'_>) -> Result<Picked<RequestTicket>, Refused> {
        let began = Instant::now();
        let due = backlog::since(began) + self.options.decision_timeout;
        let picked = self.pick_until(due, head, upload);
        if picked.is_ok() {
            self.metrics
                .request_processed(began.elapsed().as_nanos() as u64);
        }
        backlog::decided(began);
        picked
    }

    fn refused(&self, _head: &Head, refused: &Refused) {
        self.metrics
            .request_started("", "", 0)
            .refused(refused.status);
    }

    fn now_ms(&self) -> f64 {
        self.clock.monotonic_ms()
    }
}

fn refused(refusal: &Refusal) -> Refused {
    Refused {
        status: refusal.status(),
        reason: refusal.reason(),
        message: refusal.to_string(),
    }
}

fn no_lane() -> Refused {
    let message = "no plugin instances on this worker: see the picker's log".to_owned();
    Refused {
        status: 503,
        reason: None,
        message,
    }
}
