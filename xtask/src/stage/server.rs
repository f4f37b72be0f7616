//! One program of a stage: started, waited for until it answers, stopped on drop.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{StageError, http};
use crate::children::Running;

/// The picker compiles its plugins on its first start; everything else is up in a second.
const READY_LIMIT: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(20);
const TAIL_LINES: usize = 30;

/// A running program.
#[derive(Debug)]
pub struct Server {
    name: String,
    log: PathBuf,
    running: Running,
}

impl Server {
    /// Starts `command` with its output in `log`, and waits until `probe` answers 200.
    pub fn start(
        name: &str,
        mut command: Command,
        log: &Path,
        probe: &str,
    ) -> Result<Self, StageError> {
        super::write(log, "")?;
        let open = || {
            File::options()
                .append(true)
                .open(log)
                .map_err(|source| StageError::File {
                    path: log.to_path_buf(),
                    source,
                })
        };
        command.stdin(Stdio::null()).stdout(open()?).stderr(open()?);
        let running = Running::start(&mut command).map_err(|source| StageError::Start {
            name: name.to_owned(),
            program: command.get_program().into(),
            source,
        })?;
        let server = Self {
            name: name.to_owned(),
            log: log.to_path_buf(),
            running,
        };
        server.wait_until_ready(probe)?;
        Ok(server)
    }

    fn wait_until_ready(&self, probe: &str) -> Result<(), StageError> {
        let deadline = Instant::now() + READY_LIMIT;
        while http::get(probe).is_err() {
            self.check()?;
            if Instant::now() > deadline {
                return Err(StageError::NotReady {
                    name: self.name.clone(),
                    seconds: READY_LIMIT.as_secs(),
                    probe: probe.to_owned(),
                    log: self.log.clone(),
                    tail: tail(&self.log),
                });
            }
            std::thread::sleep(POLL);
        }
        Ok(())
    }

    /// Fails, with the end of its log, if the program is gone.
    pub fn check(&self) -> Result<(), StageError> {
        let status = match self.running.ended() {
            Ok(None) => return Ok(()),
            Ok(Some(status)) => status.to_string(),
            Err(error) => error.to_string(),
        };
        Err(StageError::Ended {
            name: self.name.clone(),
            status,
            log: self.log.clone(),
            tail: tail(&self.log),
        })
    }

    /// Its name on the stage.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where its output goes.
    pub fn log(&self) -> &Path {
        &self.log
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.running.pid()
    }
}

fn tail(log: &Path) -> String {
    let text = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let lines: Vec<_> = text.lines().collect();
    lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_ends_at_once_is_reported_with_its_last_words() {
        let dir = tempfile::tempdir().unwrap();
        let mut command = Command::new("sh");
        command.args(["-c", "echo no such model; exit 7"]);
        let error = Server::start(
            "server-1",
            command,
            &dir.path().join("logs/server-1.log"),
            "http://127.0.0.1:9/health",
        )
        .unwrap_err()
        .to_string();
        assert!(
            error.starts_with("server-1 ended early (exit status: 7); the end of "),
            "{error}"
        );
        assert!(error.ends_with("no such model"), "{error}");
    }

    #[test]
    fn a_missing_program_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let error = Server::start(
            "gateway",
            Command::new("/no/such/envoy"),
            &dir.path().join("log"),
            "http://127.0.0.1:9/ready",
        )
        .unwrap_err()
        .to_string();
        assert!(
            error.starts_with("gateway could not be started: /no/such/envoy: "),
            "{error}"
        );
    }
}
