//! The watch over a live endpoints file.
//!
//! Events come for whole folders: the one the path names, where files are renamed over each other and
//! symlinks are swapped, and the one the file really stands in, where it is edited. A slow poll stands
//! behind them for what events miss: folders that are replaced, symlinks further up, file systems
//! without events.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use notify::event::{AccessKind, AccessMode, ModifyKind};
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};

use super::content;
use crate::discovery::{EndpointSpec, Membership, Refusal, Status};
use crate::stamp::Stamp;

/// How often the file is looked at when no event comes.
const POLL: Duration = Duration::from_secs(1);
/// How long it must be quiet before the file is read: most writers are done by then.
const SETTLE: Duration = Duration::from_millis(20);
/// How long it may stay unquiet before the file is read all the same.
const SETTLE_AT_MOST: Duration = Duration::from_millis(500);

/// What wakes the watch.
pub(super) enum Signal {
    /// Something happened in a watched folder.
    Touched,
    /// The end.
    Stop,
}

/// A live endpoints file.
pub(super) struct Live {
    path: PathBuf,
    /// Of the file when it was last looked at.
    stamp: Stamp,
    /// What is in use.
    endpoints: Vec<EndpointSpec>,
    membership: Arc<dyn Membership>,
    status: Arc<Mutex<Status>>,
    watcher: Option<RecommendedWatcher>,
    folders: Vec<PathBuf>,
}

impl Live {
    pub(super) fn new(
        path: PathBuf,
        stamp: Stamp,
        endpoints: Vec<EndpointSpec>,
        membership: Arc<dyn Membership>,
        status: Arc<Mutex<Status>>,
        signals: Sender<Signal>,
    ) -> Self {
        let mut live = Self {
            watcher: watcher(&path, signals),
            path,
            stamp,
            endpoints,
            membership,
            status,
            folders: Vec::new(),
        };
        live.watch_folders();
        live
    }

    pub(super) fn run(mut self, signals: &Receiver<Signal>) {
        // What was edited before the folders were watched.
        let mut touched = Stamp::of(&self.path) != self.stamp;
        loop {
            if !touched {
                match signals.recv_timeout(POLL) {
                    Ok(Signal::Touched) => touched = true,
                    Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return,
                    Err(RecvTimeoutError::Timeout) => {
                        touched = Stamp::of(&self.path) != self.stamp;
                    }
                }
                continue;
            }
            if !settle(signals) {
                return;
            }
            let before = Stamp::of(&self.path);
            if before != self.stamp {
                self.stamp = before;
                self.watch_folders();
            }
            self.reload();
            // Edited while it was read.
            touched = Stamp::of(&self.path) != self.stamp;
        }
    }

    /// Watches the folders the file is in by now. Done anew at every change, because a folder of the
    /// same name may be another folder.
    fn watch_folders(&mut self) {
        let Some(watcher) = &mut self.watcher else {
            return;
        };
        for folder in self.folders.drain(..) {
            // Fails where the folder is gone, and with it the watch.
            let _ = watcher.unwatch(&folder);
        }
        let named = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let real = self.stamp.folder();
        for folder in [Some(named), real].into_iter().flatten() {
            if self.folders.iter().any(|watched| watched == folder) {
                continue;
            }
            match watcher.watch(folder, RecursiveMode::NonRecursive) {
                Ok(()) => self.folders.push(folder.to_owned()),
                Err(error) => tracing::warn!(
                    folder = %folder.display(),
                    %error,
                    "no events from this folder; the endpoints file is looked at once a second"
                ),
            }
        }
    }

    /// Reads the file, and applies or refuses what is in it.
    fn reload(&mut self) {
        match content::read(&self.path) {
            Ok(endpoints) if endpoints == self.endpoints => {
                self.with_status(|status| status.refusal = None);
            }
            Ok(endpoints) => {
                self.endpoints = endpoints;
                self.apply();
            }
            Err(error) => self.refuse(error.to_string()),
        }
    }

    fn apply(&self) {
        let endpoints = self.endpoints.clone();
        let count = endpoints.len();
        self.membership.apply(endpoints);
        self.with_status(|status| {
            status.endpoints = count;
            status.applied_at = SystemTime::now();
            status.applied += 1;
            status.refusal = None;
        });
        tracing::info!(file = %self.path.display(), endpoints = count, "endpoints file applied");
    }

    /// Counts and logs a reason once, however often the file is looked at meanwhile.
    fn refuse(&self, reason: String) {
        let in_use = self.endpoints.len();
        let known = self.with_status(|status| {
            let known = status.refusal.as_ref().is_some_and(|r| r.reason == reason);
            if !known {
                status.refused += 1;
                status.refusal = Some(Refusal {
                    reason: reason.clone(),
                    at: SystemTime::now(),
                });
            }
            known
        });
        if !known {
            tracing::warn!(
                reason,
                in_use,
                "endpoints file refused; the last good list stays in use"
            );
        }
    }

    fn with_status<T>(&self, change: impl FnOnce(&mut Status) -> T) -> T {
        let mut status = self.status.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut status)
    }
}

/// A watcher that signals what can have changed a file; `None` where there is none to be had.
fn watcher(path: &Path, signals: Sender<Signal>) -> Option<RecommendedWatcher> {
    let file = path.to_owned();
    let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        if event.is_ok_and(|event| !concerns(&event, &file)) {
            return;
        }
        // Fails only when the watch has ended.
        let _ = signals.send(Signal::Touched);
    });
    watcher
        .inspect_err(|error| {
            tracing::warn!(
                file = %path.display(),
                %error,
                "no file events; the endpoints file is looked at once a second"
            );
        })
        .ok()
}

/// Whether an event may mean another state of the file. Reading it is an event too and does not, nor does what is written
/// into another file beside it, such as a log.
fn concerns(event: &notify::Event, file: &Path) -> bool {
    match event.kind {
        EventKind::Access(AccessKind::Close(AccessMode::Write))
        | EventKind::Modify(ModifyKind::Data(_)) => {}
        EventKind::Access(_) => return false,
        // Files and links take each other's places in many ways.
        _ => return true,
    }
    let real = std::fs::canonicalize(file).ok();
    let names = [Some(file), real.as_deref()].map(|path| path.and_then(Path::file_name));
    let mut written = event.paths.iter().filter_map(|path| path.file_name());
    written.any(|name| names.contains(&Some(name)))
}

/// Waits until it is quiet. False: the watch is over.
fn settle(signals: &Receiver<Signal>) -> bool {
    let end = Instant::now() + SETTLE_AT_MOST;
    while Instant::now() < end {
        match signals.recv_timeout(SETTLE) {
            Ok(Signal::Touched) => {}
            Ok(Signal::Stop) | Err(RecvTimeoutError::Disconnected) => return false,
            Err(RecvTimeoutError::Timeout) => return true,
        }
    }
    true
}
