//! How scraping goes, for the admin page and the metrics.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;

use super::failure::ScrapeError;

/// How scraping goes. Shared; the scraping thread writes.
#[derive(Debug, Default)]
pub struct Board {
    targets: ArcSwap<Vec<Arc<TargetStatus>>>,
    counts: Mutex<BTreeMap<(Arc<str>, &'static str), u64>>,
}

/// How often a plugin's scrapes failed for one cause, or succeeded (cause `ok`).
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct FailureCount {
    pub source: Arc<str>,
    pub cause: &'static str,
    pub count: u64,
}

/// One thing that is fetched from one place.
#[derive(Debug)]
pub struct TargetStatus {
    source: Arc<str>,
    fetch: String,
    address: SocketAddr,
    rows: Mutex<Vec<u32>>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    last_success_ms: Option<u64>,
    last_error: Option<(u64, String)>,
    failures: u32,
    duration: Duration,
}

/// A [`TargetStatus`] at one moment.
#[derive(Debug, Clone)]
pub struct TargetView {
    /// The plugin's name.
    pub source: Arc<str>,
    /// What it fetches.
    pub fetch: String,
    /// From where.
    pub address: SocketAddr,
    /// The endpoints it is about.
    pub rows: Vec<u32>,
    /// When a scrape last succeeded, Unix ms.
    pub last_success_ms: Option<u64>,
    /// When and why a scrape last failed; it may have recovered since.
    pub last_error: Option<(u64, String)>,
    /// Failures since the last success.
    pub failures: u32,
    /// How long the last scrape took.
    pub duration: Duration,
}

impl Board {
    /// Every target at this moment.
    pub fn targets(&self) -> Vec<TargetView> {
        self.targets
            .load()
            .iter()
            .map(|target| target.view())
            .collect()
    }

    /// Scrapes by plugin and cause.
    pub fn counts(&self) -> Vec<FailureCount> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let rows = counts.iter().map(|((source, cause), count)| FailureCount {
            source: source.clone(),
            cause,
            count: *count,
        });
        rows.collect()
    }

    pub(super) fn show(&self, targets: Vec<Arc<TargetStatus>>) {
        self.targets.store(Arc::new(targets));
    }

    pub(super) fn count(&self, source: &Arc<str>, cause: &'static str) {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((source.clone(), cause)).or_default() += 1;
    }
}

impl TargetStatus {
    pub(super) fn new(source: Arc<str>, fetch: &str, address: SocketAddr) -> Self {
        Self {
            source,
            fetch: fetch.to_owned(),
            address,
            rows: Mutex::default(),
            state: Mutex::default(),
        }
    }

    pub(super) fn source(&self) -> &Arc<str> {
        &self.source
    }

    pub(super) fn set_rows(&self, rows: Vec<u32>) {
        *self.rows.lock().unwrap_or_else(PoisonError::into_inner) = rows;
    }

    pub(super) fn succeeded(&self, now_ms: u64, duration: Duration) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.last_success_ms = Some(now_ms);
        state.failures = 0;
        state.duration = duration;
    }

    /// Answers how many failures in a row this makes.
    pub(super) fn failed(&self, now_ms: u64, duration: Duration, error: &ScrapeError) -> u32 {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.last_error = Some((now_ms, error.to_string()));
        state.failures = state.failures.saturating_add(1);
        state.duration = duration;
        state.failures
    }

    fn view(&self) -> TargetView {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        TargetView {
            source: self.source.clone(),
            fetch: self.fetch.clone(),
            address: self.address,
            rows: self
                .rows
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
            last_success_ms: state.last_success_ms,
            last_error: state.last_error.clone(),
            failures: state.failures,
            duration: state.duration,
        }
    }
}
