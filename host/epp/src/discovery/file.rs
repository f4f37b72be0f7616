//! Endpoints from a file, and from its later edits.
//!
//! At the start a bad file is an error. A bad edit of a live file is refused whole: the last good list
//! stays in use, and the reason is logged, counted and shown.

mod content;
mod live;

use std::path::PathBuf;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::SystemTime;

use super::{Membership, Status};
use content::ReadError;
use live::{Live, Signal};

/// The endpoints file cannot be used at start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The file cannot be read, or something in it is wrong.
    #[error("{0}")]
    Read(#[from] ReadError),
    /// The operating system gave no thread to watch it.
    #[error("no thread to watch {path}: {error}")]
    Thread {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        error: std::io::Error,
    },
}

/// Discovery from a file. Dropping it ends the watch.
pub struct FileDiscovery {
    status: Arc<Mutex<Status>>,
    watch: Option<(Sender<Signal>, JoinHandle<()>)>,
}

impl FileDiscovery {
    /// Reads the file, tells `membership`, and from then on, if `watch`, of every good edit.
    ///
    /// # Errors
    /// [`StartError`] names the file and every mistake in it.
    pub fn start(
        path: PathBuf,
        watch: bool,
        membership: Arc<dyn Membership>,
    ) -> Result<Self, StartError> {
        // Stamped before it is read: an edit in between is then seen as one.
        let stamp = crate::stamp::Stamp::of(&path);
        let endpoints = content::read(&path)?;
        let status = Arc::new(Mutex::new(Status {
            path: path.clone(),
            watched: watch,
            endpoints: endpoints.len(),
            applied_at: SystemTime::now(),
            applied: 0,
            refused: 0,
            refusal: None,
        }));
        membership.apply(endpoints.clone());
        let watch = if watch {
            let (signals, received) = mpsc::channel();
            let live = Live::new(
                path.clone(),
                stamp,
                endpoints,
                membership,
                Arc::clone(&status),
                signals.clone(),
            );
            let thread = std::thread::Builder::new()
                .name("endpoints-file".to_owned())
                .spawn(move || live.run(&received))
                .map_err(|error| StartError::Thread { path, error })?;
            Some((signals, thread))
        } else {
            None
        };
        Ok(Self { status, watch })
    }

    /// What it has done so far.
    pub fn status(&self) -> Status {
        let status = self.status.lock();
        status.unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for FileDiscovery {
    fn drop(&mut self) {
        if let Some((signals, thread)) = self.watch.take() {
            // Either fails only if the thread has ended already.
            let _ = signals.send(Signal::Stop);
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests;
