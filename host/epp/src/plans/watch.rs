//! Follows edits of the configuration and of the components' files it names.
//!
//! They are few and change rarely, so they are looked at twice a second instead of watched: that sees
//! edits, renames and symlink swaps alike, on every file system.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use super::Plans;
use crate::stamp::Stamp;

/// How often the files are looked at.
const LOOK: Duration = Duration::from_millis(500);
/// How long they must stay as they are before they are read: most writers are done by then.
const SETTLE: Duration = Duration::from_millis(50);

/// The watch. Dropping it ends it, once a change that is under way is done; that one may wait for a registry, so nobody
/// waits for its end.
pub struct Watch {
    _stop: Sender<()>,
}

impl Watch {
    /// Watches `config` and what the plan that runs names.
    ///
    /// # Errors
    /// There is no thread for it.
    pub fn start(config: PathBuf, plans: Arc<Plans>) -> std::io::Result<Self> {
        let (stop, stopped) = channel::<()>();
        let mut seen = stamps(&config, &plans);
        let thread = std::thread::Builder::new().name("configuration".into());
        thread.spawn(move || {
            let wait = |time| stopped.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            while wait(LOOK) {
                let mut now = stamps(&config, &plans);
                if now == seen {
                    continue;
                }
                while wait(SETTLE) {
                    let later = stamps(&config, &plans);
                    if later == now {
                        break;
                    }
                    now = later;
                }
                follow(&config, &plans);
                // Of the files that the new plan names.
                seen = stamps(&config, &plans);
                if seen.get(..1) != now.get(..1) {
                    // Edited while it was read.
                    seen = now;
                }
            }
        })?;
        Ok(Self { _stop: stop })
    }
}

fn stamps(config: &Path, plans: &Plans) -> Vec<(PathBuf, Stamp)> {
    let mut files = vec![config.to_owned()];
    files.extend(plans.files());
    let stamped = files.into_iter().map(|file| {
        let stamp = Stamp::of(&file);
        (file, stamp)
    });
    stamped.collect()
}

fn follow(config: &Path, plans: &Plans) {
    match std::fs::read_to_string(config) {
        // What is wrong with it was logged and counted.
        Ok(text) => drop(plans.edited(&config.display().to_string(), &text)),
        Err(error) => plans.unreadable(format!(
            "the configuration {} cannot be read: {error}",
            config.display()
        )),
    }
}
