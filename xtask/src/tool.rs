//! Runs a tool to its end: its output kept and shown whole when it fails, its time limited.

use std::ffi::OsStr;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::children::Running;

/// What went wrong with a tool.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    /// It could not be started.
    #[error("`{line}` could not be started: {source}")]
    Start {
        /// The command line.
        line: String,
        /// Why.
        source: std::io::Error,
    },
    /// Its log could not be written or read.
    #[error("the log {} could not be used: {source}", path.display())]
    Log {
        /// The log.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It failed.
    #[error("`{line}` failed ({status}){}", shown(output))]
    Failed {
        /// The command line.
        line: String,
        /// How it ended.
        status: std::process::ExitStatus,
        /// All it wrote; empty where it wrote to the terminal.
        output: String,
    },
    /// It took longer than it may.
    #[error("`{line}` did not end within {} s{}", limit.as_secs(), shown(output))]
    TooLong {
        /// The command line.
        line: String,
        /// How long it may take.
        limit: Duration,
        /// What it wrote until then.
        output: String,
    },
}

fn shown(output: &str) -> String {
    match output.trim_end() {
        "" => String::new(),
        text => format!("; its output:\n{text}"),
    }
}

/// A tool about to run.
#[derive(Debug)]
pub struct Tool {
    command: Command,
    limit: Option<Duration>,
}

impl Tool {
    /// Runs `program`, found on PATH or by its path.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        let mut command = Command::new(program);
        command.stdin(Stdio::null());
        Self {
            command,
            limit: None,
        }
    }

    /// The cargo that runs this program.
    pub fn cargo() -> Self {
        Self::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// Adds an argument.
    pub fn arg(mut self, arg: impl AsRef<OsStr>) -> Self {
        self.command.arg(arg);
        self
    }

    /// Adds arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, args: impl IntoIterator<Item = A>) -> Self {
        self.command.args(args);
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Runs in `directory`.
    pub fn within(mut self, directory: &Path) -> Self {
        self.command.current_dir(directory);
        self
    }

    /// Stops it after `limit`.
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = Some(limit);
        self
    }

    /// The command line, for people.
    pub fn line(&self) -> String {
        let program = Path::new(self.command.get_program());
        let program = program.file_name().unwrap_or(self.command.get_program());
        let mut line = program.to_string_lossy().into_owned();
        for arg in self.command.get_args() {
            line.push(' ');
            line.push_str(&arg.to_string_lossy());
        }
        line
    }

    /// Runs it with this program's own terminal, where its progress can be watched.
    pub fn run_shown(self) -> Result<(), ToolError> {
        self.finish(None).map(drop)
    }

    /// Runs it with both outputs appended to `log`, and returns what it wrote.
    pub fn run_logged(mut self, log: &Path) -> Result<String, ToolError> {
        let failed = |source| ToolError::Log {
            path: log.to_path_buf(),
            source,
        };
        if let Some(directory) = log.parent() {
            std::fs::create_dir_all(directory).map_err(failed)?;
        }
        let file = File::options()
            .create(true)
            .append(true)
            .open(log)
            .map_err(failed)?;
        let start = file.metadata().map_err(failed)?.len();
        self.command
            .stdout(file.try_clone().map_err(failed)?)
            .stderr(file);
        self.finish(Some((log, start)))
    }

    fn finish(mut self, log: Option<(&Path, u64)>) -> Result<String, ToolError> {
        let line = self.line();
        let deadline = self.limit.map(|limit| Instant::now() + limit);
        let not_started = |source| ToolError::Start {
            line: line.clone(),
            source,
        };
        let running = Running::start(&mut self.command).map_err(not_started)?;
        let ended = running.wait_until(deadline).map_err(not_started)?;
        drop(running);
        let output = log.map_or(Ok(String::new()), |(path, start)| {
            written_since(path, start)
        })?;
        match (ended, self.limit) {
            (Some(status), _) if status.success() => Ok(output),
            (Some(status), _) => Err(ToolError::Failed {
                line,
                status,
                output,
            }),
            (None, limit) => Err(ToolError::TooLong {
                line,
                limit: limit.unwrap_or_default(),
                output,
            }),
        }
    }
}

fn written_since(path: &Path, start: u64) -> Result<String, ToolError> {
    let bytes = std::fs::read(path).map_err(|source| ToolError::Log {
        path: path.to_path_buf(),
        source,
    })?;
    let new = usize::try_from(start)
        .ok()
        .and_then(|start| bytes.get(start..))
        .unwrap_or(&bytes);
    Ok(String::from_utf8_lossy(new).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(script: &str, limit: Duration) -> Result<String, String> {
        let dir = tempfile::tempdir().unwrap();
        Tool::new("sh")
            .args(["-c", script])
            .limit(limit)
            .run_logged(&dir.path().join("log"))
            .map_err(|error| error.to_string())
    }

    #[test]
    fn output_is_returned() {
        let output = run("echo out; echo err >&2", Duration::from_secs(10));
        assert_eq!(output.as_deref(), Ok("out\nerr\n"));
    }

    #[test]
    fn a_failure_shows_the_whole_output() {
        let error = run("echo one; echo two; exit 3", Duration::from_secs(10)).unwrap_err();
        assert_eq!(
            error,
            "`sh -c echo one; echo two; exit 3` failed (exit status: 3); its output:\none\ntwo"
        );
    }

    #[test]
    fn the_limit_fires() {
        let before = Instant::now();
        let error = run("exec sleep 60", Duration::from_secs(1)).unwrap_err();
        assert_eq!(error, "`sh -c exec sleep 60` did not end within 1 s");
        assert!(before.elapsed() < Duration::from_secs(10));
    }

    #[test]
    fn a_missing_program_is_named() {
        let error = Tool::new("no-such-program")
            .run_shown()
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("`no-such-program` could not be started: "),
            "{error}"
        );
    }
}
