//! A program with its output in a file, stopped when it is dropped.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use xtask::children::Running;

use super::wait;

pub(crate) struct Process {
    running: Running,
    log: PathBuf,
}

impl Process {
    pub(crate) fn start(mut command: Command, log: &Path) -> Self {
        let out = File::create(log).unwrap();
        let err = out.try_clone().unwrap();
        command.stdin(Stdio::null()).stdout(out).stderr(err);
        let running = Running::start(&mut command);
        Self {
            running: running.unwrap_or_else(|error| panic!("{command:?}: {error}")),
            log: log.to_owned(),
        }
    }

    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(&self.log).unwrap_or_default()).into_owned()
    }

    /// Waits until `ready` finds what it looks for; fails with the log if the program ends.
    pub(crate) fn wait_for<T>(&self, what: &str, mut ready: impl FnMut() -> Option<T>) -> T {
        let found = wait::until(Duration::from_secs(60), || match ready() {
            Some(found) => Some(Ok(found)),
            None => self.running.ended().unwrap().map(Err),
        });
        match found {
            Some(Ok(found)) => found,
            Some(Err(status)) => panic!("{status} before {what}:\n{}", self.log()),
            None => panic!("no {what}:\n{}", self.log()),
        }
    }

    pub(crate) fn terminate(&self) {
        let pid = rustix::process::Pid::from_raw(self.running.pid().cast_signed()).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::TERM).unwrap();
    }

    pub(crate) fn ended_within(&self, limit: Duration) -> ExitStatus {
        let ended = self.running.wait_until(Some(Instant::now() + limit));
        let ended = ended.unwrap();
        ended.unwrap_or_else(|| panic!("still runs after {limit:?}:\n{}", self.log()))
    }

    pub(crate) fn runs(&self) -> bool {
        self.running.ended().unwrap().is_none()
    }
}
