//! Follows edits of the configuration and of the components' files it names, also while it is refused: mending what is
//! wrong with it is an edit.
//!
//! They are few and change rarely, so they are looked at twice a second instead of watched: that sees
//! edits, renames and symlink swaps alike, on every file system.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::time::Duration;

use super::Plans;
use super::workshop::Stamps;
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
    /// Watches `config`, which was `read` as the plan was made that runs, and the components' files that count.
    ///
    /// # Errors
    /// There is no thread for it.
    pub fn start(config: PathBuf, mut read: Stamp, plans: Arc<Plans>) -> std::io::Result<Self> {
        let (stop, stopped) = channel::<()>();
        // A state that could not be read is not tried twice.
        let mut tried = None;
        let thread = std::thread::Builder::new().name("configuration".into());
        thread.spawn(move || {
            let wait = |time| stopped.recv_timeout(time) == Err(RecvTimeoutError::Timeout);
            while wait(LOOK) {
                let components = plans.read();
                let mut now = (Stamp::of(&config), again(&components));
                let as_read = now.0 == read && now.1 == components;
                if as_read || tried.as_ref() == Some(&now) {
                    continue;
                }
                while wait(SETTLE) {
                    let later = (Stamp::of(&config), again(&components));
                    if later == now {
                        break;
                    }
                    now = later;
                }
                read = now.0.clone();
                tried = Some(now);
                follow(&config, &plans);
            }
        })?;
        Ok(Self { _stop: stop })
    }
}

/// The same files as they are now.
fn again(files: &Stamps) -> Stamps {
    let files = files.keys();
    files.map(|file| (file.clone(), Stamp::of(file))).collect()
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
