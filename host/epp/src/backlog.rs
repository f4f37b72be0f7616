//! Since when a request may have been waiting for this worker.
//!
//! A worker decides on one thread, so while a slow plugin runs there, what the gateway sends waits unread;
//! its time runs all the same. When a request came is known nowhere, but it cannot have come before the
//! slow decisions that it waited behind began, so it is counted from there. The stretch ends when the
//! worker has taken all that had come meanwhile. A request that comes in the moment between is counted too
//! early: better refused too soon than answered too late.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// Decisions longer than this let others wait. Far below any timeout, far above a decision without trouble.
const SLOW: Duration = Duration::from_millis(5);
/// Turns of the event loop after which nothing is left of what came in before them: reading a connection,
/// opening its streams and running them take one each.
const TURNS: usize = 4;

thread_local! {
    static BACKLOG: Backlog = Backlog::default();
}

#[derive(Default)]
struct Backlog {
    since: Cell<Option<Instant>>,
    slow_decisions: Cell<u64>,
    watch: RefCell<Arc<Notify>>,
}

/// When the time of a request began whose decision begins `now`.
pub(crate) fn since(now: Instant) -> Instant {
    BACKLOG.with(|backlog| backlog.since.get().unwrap_or(now))
}

/// A decision that began at `began` is over.
pub(crate) fn decided(began: Instant) {
    if began.elapsed() < SLOW {
        return;
    }
    BACKLOG.with(|backlog| {
        backlog.since.set(backlog.since.get().or(Some(began)));
        backlog.slow_decisions.set(backlog.slow_decisions.get() + 1);
        backlog.watch.borrow().notify_one();
    });
}

/// Notices when a backlog is worked off. One task of every worker.
pub(crate) async fn watch() {
    let woken = Arc::new(Notify::new());
    BACKLOG.with(|backlog| *backlog.watch.borrow_mut() = woken.clone());
    let slow_decisions = || BACKLOG.with(|backlog| backlog.slow_decisions.get());
    loop {
        woken.notified().await;
        let mut seen = u64::MAX;
        while slow_decisions() != seen {
            seen = slow_decisions();
            // On a single-threaded runtime this comes back after all that is ready has run and the sockets
            // were asked again.
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
        }
        BACKLOG.with(|backlog| backlog.since.set(None));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(flavor = "current_thread")]
    async fn a_backlog_lasts_until_the_worker_has_seen_to_what_waits() {
        let watching = tokio::spawn(watch());
        tokio::task::yield_now().await;

        let quick = Instant::now();
        decided(quick);
        let now = Instant::now();
        assert_eq!(since(now), now, "a quick decision lets nobody wait");

        let slow = Instant::now();
        std::thread::sleep(2 * SLOW);
        decided(slow);
        assert_eq!(since(Instant::now()), slow);
        let slower = Instant::now();
        std::thread::sleep(2 * SLOW);
        decided(slower);
        assert_eq!(since(Instant::now()), slow, "the first of several counts");

        for _ in 0..4 * TURNS {
            tokio::task::yield_now().await;
        }
        let now = Instant::now();
        assert_eq!(since(now), now, "nobody waits any more");
        watching.abort();
    }
}
