//! The life of one target: wait for the tick, fetch, let the plugin read, write the columns, again.

use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use switchyard_scheduler::Endpoint;
use tokio::time::{Instant, sleep_until, timeout};

use super::board::{Board, TargetStatus};
use super::client::Client;
use super::failure::ScrapeError;
use super::filter::{Families, Kept};
use super::pace;
use super::parser::Parser;
use super::shelf::Shelf;
use super::targets::TargetKey;
use crate::clock;

/// A new endpoint is first asked within this time, however long its interval.
const FIRST_WITHIN: Duration = Duration::from_millis(50);

/// What the targets of one fetch share.
pub(super) struct FetchPlan {
    pub(super) families: Families,
    pub(super) shelf: Shelf,
    pub(super) interval: Duration,
    pub(super) limit: Duration,
}

/// The endpoints a target is about. Holding them keeps their rows from being given to others while
/// an answer of theirs may still be written.
pub(super) type Members = Rc<RefCell<Vec<Arc<Endpoint>>>>;

/// One target with all it needs.
pub(super) struct Task {
    pub(super) key: TargetKey,
    pub(super) plan: Rc<FetchPlan>,
    pub(super) parser: Rc<RefCell<Box<dyn Parser>>>,
    pub(super) members: Members,
    pub(super) client: Client,
    pub(super) status: Arc<TargetStatus>,
    pub(super) board: Arc<Board>,
    /// When the thread began; ticks are counted from it.
    pub(super) start: Instant,
}

impl Task {
    /// Runs until it is dropped. Only one scrape is in flight at a time, by construction.
    pub(super) async fn run(mut self) {
        let (row, interval) = (self.key.row, self.plan.interval);
        let phase = pace::phase(row, interval);
        let mut kept = Kept::default();
        let mut due = Instant::now() + pace::phase(row, interval.min(FIRST_WITHIN));
        loop {
            sleep_until(due).await;
            let pause = self.scrape(&mut kept).await;
            let earliest = self.start.elapsed() + pause;
            due = self.start + pace::next_tick(earliest, interval, phase);
        }
    }

    /// Scrapes once; answers how long to leave the target alone beyond the next tick.
    async fn scrape(&mut self, kept: &mut Kept) -> Duration {
        let began = Instant::now();
        kept.clear();
        let limit = self.plan.limit;
        let fetched = match timeout(limit, self.client.get(&self.plan.families, kept)).await {
            Ok(fetched) => fetched,
            Err(_) => Err(ScrapeError::Timeout {
                limit_ms: limit.as_millis() as u64,
            }),
        };
        let took = began.elapsed();
        let now_ms = clock::now_ms();
        match fetched.and_then(|status| self.read(status, took, kept.bytes(), now_ms)) {
            Ok(()) => {
                self.board.count(self.status.source(), "ok");
                self.status.succeeded(now_ms, took);
                Duration::ZERO
            }
            Err(error) => {
                self.board.count(self.status.source(), error.cause());
                let failures = self.status.failed(now_ms, took, &error);
                if failures == 1 {
                    let plugin: &str = self.status.source();
                    tracing::warn!(plugin, address = %self.key.address, "scrape failed: {error}");
                }
                pace::backoff(self.key.row, failures, self.plan.interval)
            }
        }
    }

    fn read(
        &self,
        status: u16,
        took: Duration,
        body: &[u8],
        now_ms: u64,
    ) -> Result<(), ScrapeError> {
        let elapsed_ms = u32::try_from(took.as_millis()).unwrap_or(u32::MAX);
        let samples = self
            .parser
            .borrow_mut()
            .parse(
                self.key.fetch as u32,
                self.key.row,
                status,
                elapsed_ms,
                body,
            )
            .map_err(|fault| ScrapeError::Parse { status, fault })?;
        self.plan.shelf.put(&self.members.borrow(), samples, now_ms)
    }
}
