//! Takes new certificates as their files change. A pair that does not work, such as one that is half
//! written, leaves the old one in use and says why.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

use super::Current;
use super::certificate::{CertificateError, Contents, Files};

/// Events of one rotation come in a burst; the files are read when it is over.
const SETTLE: Duration = Duration::from_millis(50);

/// Watches until it is dropped.
pub(super) struct Watch {
    /// Holds the sending end; dropping it ends the thread.
    _watcher: RecommendedWatcher,
}

impl Watch {
    /// `contents` is what the files held when the certificate in use was read.
    pub(super) fn start(
        files: Files,
        contents: Contents,
        current: Arc<Current>,
        period: Duration,
    ) -> Result<Self, CertificateError> {
        let failed = |error| CertificateError::Watch {
            path: files.folder().to_owned(),
            error,
        };
        let (sender, events) = channel();
        let mut watcher =
            notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
                // Reading the files makes events, too.
                if !event.is_ok_and(|event| event.kind.is_access()) {
                    let _ = sender.send(());
                }
            })
            .map_err(failed)?;
        watcher
            .watch(files.folder(), RecursiveMode::NonRecursive)
            .map_err(failed)?;
        let thread = std::thread::Builder::new().name("certificate".into());
        let started = files.clone();
        thread
            .spawn(move || follow(&started, contents, &current, &events, period))
            .map_err(|error| failed(notify::Error::io(error)))?;
        Ok(Self { _watcher: watcher })
    }
}

fn follow(
    files: &Files,
    contents: Contents,
    current: &Current,
    events: &Receiver<()>,
    period: Duration,
) {
    let mut tried = Some(contents);
    loop {
        // Before the first wait, too: the files may have changed while the watch was set up.
        match files.read() {
            Ok(contents) if tried.as_ref() == Some(&contents) => {}
            Ok(contents) => {
                take(files, current, &contents);
                tried = Some(contents);
            }
            // Between two renames a file may be missing; it is told once.
            Err(error) if tried.is_some() => {
                tracing::warn!("{error}; the old certificate stays in use");
                tried = None;
            }
            Err(_) => {}
        }
        match events.recv_timeout(period) {
            Ok(()) => while events.recv_timeout(SETTLE).is_ok() {},
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn take(files: &Files, current: &Current, contents: &Contents) {
    match files.parse(contents) {
        Ok(key) => {
            current.0.store(Arc::new(key));
            tracing::info!("new connections get the new certificate");
        }
        Err(error) => tracing::warn!("{error}; the old certificate stays in use"),
    }
}
