//! From a request's headers and body to its destination: everything between the protocol and the
//! scheduler.

use std::sync::Arc;
use std::time::{Duration, Instant};

use arc_swap::ArcSwap;
use switchyard_openai::{MissingModel, RequestBody};
use switchyard_scheduler::record::Record;
use switchyard_scheduler::{
    Decision, Gathered, Header, Lane, Outcome, Refusal, Request, RequestValues, Snapshot, hooks,
    schedule,
};

use crate::active::Active;
use crate::clock::Clock;
use crate::decisions::Decisions;
use crate::extproc::head::{Head, REQUEST_ID};
use crate::extproc::picker::{Picked, Picker, Refused, Upload};
use crate::lanes;
use crate::metrics::Metrics;
use crate::pool::Pool;
use crate::prefix::{self, Hashed, Prefix};

mod headers;
mod ticket;
pub use ticket::RequestTicket;

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
    metrics: Arc<Metrics>,
    clock: Clock,
    options: RouterOptions,
}

/// A request as far as it was read.
struct Read<'a> {
    body: RequestBody,
    bytes: &'a [u8],
    model: String,
    target_model: String,
}

impl Router {
    /// A router on these endpoints and this plan.
    pub fn new(
        pool: Arc<Pool>,
        active: Arc<Active>,
        decisions: Arc<Decisions>,
        metrics: Arc<Metrics>,
        options: RouterOptions,
    ) -> Arc<Self> {
        let prefix = Prefix::new(active.resolved.prefix.clone());
        Arc::new(Self {
            pool,
            active: ArcSwap::new(active),
            prefix: ArcSwap::from_pointee(prefix),
            decisions,
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

    fn read<'a>(&self, head: &Head, upload: Upload<'a>) -> Result<Read<'a>, Refused> {
        let rewrite = head
            .model_rewrite()
            .filter(|_| self.options.model_rewrite_header);
        let missing = if rewrite.is_some() {
            MissingModel::Allow
        } else {
            MissingModel::Refuse
        };
        let (body, bytes) = match upload {
            Upload::Whole(bytes) => (
                RequestBody::read(head.path(), bytes, missing).map_err(refused_body)?,
                bytes,
            ),
            // What was cut off cannot be judged: it is routed by load.
            Upload::Partial(bytes) => (
                RequestBody::read(head.path(), bytes, missing)
                    .unwrap_or_else(|_| RequestBody::load_only()),
                bytes,
            ),
            Upload::Absent => (RequestBody::load_only(), &[][..]),
        };
        let model = body.model().unwrap_or_default().to_owned();
        let target_model = rewrite.map_or_else(|| model.clone(), str::to_owned);
        Ok(Read {
            body,
            bytes,
            model,
            target_model,
        })
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
        let mut request = Request::new(id, now_ms, seed, Box::new(headers::Shared(head.clone())));
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

    fn values(&self, read: &Read<'_>, candidates: usize) -> RequestValues {
        let prompt_bytes = read.body.prompt_bytes();
        let number = |number: usize| number as f64;
        RequestValues {
            columns: Vec::new(),
            scalars: vec![
                ("prompt-bytes", number(prompt_bytes)),
                (
                    "prompt-tokens",
                    number(prompt_bytes.div_ceil(prefix::BYTES_PER_TOKEN)),
                ),
                ("body-bytes", number(read.bytes.len())),
                ("stream", f64::from(u8::from(read.body.stream()))),
                ("priority", 0.0),
                (
                    "max-tokens",
                    read.body
                        .max_tokens()
                        .map_or(f64::NAN, |tokens| tokens as f64),
                ),
                ("multimodal-parts", number(read.body.multimodal_parts())),
                ("candidates", number(candidates)),
            ],
        }
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

    /// One scheduling cycle with everything before and after it on this thread's lane.
    fn schedule(
        &self,
        active: &Arc<Active>,
        snapshot: &Arc<Snapshot>,
        request: &Arc<Request>,
        gathered: Gathered,
        deadline: Instant,
    ) -> Result<(Arc<Record>, Decision, Vec<Header>), Refused> {
        let started = Instant::now();
        let scheduled = lanes::with(active, |lane| {
            lane.set_deadline(Some(deadline));
            let mut record = schedule(&active.plan, snapshot, lane, request, gathered);
            record.cycle_ns = started.elapsed().as_nanos() as u64;
            let outcome = record.outcome.clone();
            let decided = outcome.and_then(|decision| {
                let headers = hooks::picked(&record, lane, &decision)?;
                Ok((decision, headers))
            });
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
        if Instant::now() > deadline {
            return Err(self.too_late());
        }
        let (decision, headers) = decided.map_err(|refusal| refused(&refusal))?;
        Ok((record, decision, headers))
    }

    fn too_late(&self) -> Refused {
        let limit = self.options.decision_timeout.as_millis();
        let message = format!(
            "no decision within {limit} ms (--decision-timeout); the slowest plugins are in /debug/plugins"
        );
        Refused {
            status: 503,
            reason: None,
            message,
        }
    }

    /// Teaches the prefix index where the prompt is about to be: at the destination, and where it is
    /// prefilled.
    fn learn(&self, hashed: &Hashed, record: &Record, decision: &Decision) {
        let prefix = self.prefix.load();
        let primary = decision.targets.first().map(|target| target.row);
        if let Some(row) = primary {
            let (ratio, bytes) = hashed.hit(&record.gathered.rows, row);
            self.metrics.prefix_hit(ratio, bytes);
            prefix.learn(hashed, row);
        }
        let prefill = record
            .profiles
            .iter()
            .find(|profile| profile.profile == "prefill");
        let prefill = prefill.filter(|profile| profile.outcome == Outcome::Picked);
        if let Some(row) = prefill.and_then(|profile| profile.picked.first())
            && Some(*row) != primary
        {
            prefix.learn(hashed, *row);
        }
    }
}

impl Picker for Arc<Router> {
    type Ticket = RequestTicket;

    fn pick(&self, head: &Arc<Head>, upload: Upload<'_>) -> Result<Picked<RequestTicket>, Refused> {
        let began = Instant::now();
        let due = began + self.options.decision_timeout;
        let read = self
            .read(head, upload)
            .inspect_err(|refused| self.refused(head, refused))?;
        let (active, snapshot) = (self.active(), self.pool.snapshot());
        let now_ms = self.clock.unix_ms();
        let rows = self.candidates(head, &snapshot);
        let mut values = self.values(&read, rows.len());
        let mut hashed = self.hashed(&active, &read, &rows);
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
        let request = Arc::new(self.request(head, &read, &active, now_ms));
        let started =
            self.metrics
                .request_started(&read.model, &read.target_model, read.bytes.len());
        let scheduled = self.schedule(&active, &snapshot, &request, gathered, due);
        let (record, decision, mut set_headers) = match scheduled {
            Ok(scheduled) => scheduled,
            Err(refused) => {
                started.refused(refused.status);
                return Err(refused);
            }
        };
        if let Some(hashed) = &hashed {
            self.learn(hashed, &record, &decision);
        }
        set_headers.splice(0..0, decision.set_headers.iter().cloned());
        if head.get(REQUEST_ID).is_none() {
            set_headers.push(Header {
                name: REQUEST_ID.into(),
                value: request.id.clone(),
            });
        }
        let endpoints = decision
            .targets
            .iter()
            .filter_map(|target| snapshot.endpoint(target.row).map(|e| (e, target.port)));
        let targets: Vec<String> = endpoints
            .map(|(endpoint, port)| {
                let port = if port == 0 { endpoint.port } else { port };
                std::net::SocketAddr::new(endpoint.address, port).to_string()
            })
            .collect();
        let body = (read.target_model != read.model && !read.bytes.is_empty()).then(|| {
            switchyard_openai::rewrite::with_model(&read.body, read.bytes, &read.target_model)
        });
        let ticket = RequestTicket::new(
            self, active, request, &snapshot, &decision, &record, &read.body, started,
        );
        self.metrics
            .request_processed(began.elapsed().as_nanos() as u64);
        Ok(Picked {
            targets: targets.join(","),
            set_headers,
            body,
            ticket,
        })
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

fn refused_body(error: switchyard_openai::BodyError) -> Refused {
    Refused {
        status: 400,
        reason: None,
        message: error.to_string(),
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
