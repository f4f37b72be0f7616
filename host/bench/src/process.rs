//! Child processes, and what the operating system says they used.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

/// A child that ends with this value.
pub struct Running {
    child: Child,
    log: PathBuf,
}

/// CPU and memory of a process so far.
#[derive(Debug, Clone, Copy, Default)]
pub struct Usage {
    /// User and system time.
    pub cpu: Duration,
    /// Memory in use now.
    pub resident_bytes: u64,
    /// The most memory that ever was in use.
    pub peak_bytes: u64,
}

/// Why a child cannot be measured.
#[derive(Debug, thiserror::Error)]
pub enum ProcessError {
    /// It is not there, or may not be run.
    #[error("{program} cannot be started: {source}; build it with `cargo bench-epp`")]
    Start {
        /// The program.
        program: String,
        /// Why.
        source: std::io::Error,
    },
    /// It has ended by itself.
    #[error("{program} ended ({status}) before it was ready; the end of its log:\n{tail}")]
    Ended {
        /// The program.
        program: String,
        /// How.
        status: String,
        /// What it wrote last.
        tail: String,
    },
    /// The operating system does not say what it used.
    #[error("the use of process {pid} cannot be read: {reason}")]
    Usage {
        /// The process.
        pid: u32,
        /// Why.
        reason: String,
    },
    /// It cannot be paused or resumed.
    #[error("process {pid} takes no signals: {reason}")]
    Signal {
        /// The process.
        pid: u32,
        /// Why.
        reason: String,
    },
}

impl Running {
    /// Starts a program with its output in `log`.
    pub fn start(program: &Path, arguments: &[String], log: &Path) -> Result<Self, ProcessError> {
        let wrap = |source| ProcessError::Start {
            program: program.display().to_string(),
            source,
        };
        let output = File::create(log).map_err(wrap)?;
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null());
        command.stderr(output.try_clone().map_err(wrap)?);
        let child = command.stdout(output).spawn().map_err(wrap)?;
        Ok(Self {
            child,
            log: log.to_owned(),
        })
    }

    /// Starts a program of ours, which prints one line when it is ready, and returns the line.
    pub fn start_ready(
        program: &Path,
        arguments: &[String],
    ) -> Result<(Self, String), ProcessError> {
        let name = program.display().to_string();
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null());
        let child = command.stdout(Stdio::piped()).spawn();
        let child = child.map_err(|source| ProcessError::Start {
            program: name.clone(),
            source,
        })?;
        let mut running = Self {
            child,
            log: PathBuf::new(),
        };
        let mut line = String::new();
        let read = running
            .child
            .stdout
            .take()
            .map(|output| BufReader::new(output).read_line(&mut line));
        match read {
            Some(Ok(1..)) => Ok((running, line.trim().to_owned())),
            _ => Err(running.ended(&name)),
        }
    }

    /// Fails, with the end of its log, if the program is gone.
    pub fn check(&mut self, name: &str) -> Result<(), ProcessError> {
        match self.child.try_wait() {
            Ok(None) => Ok(()),
            _ => Err(self.ended(name)),
        }
    }

    fn ended(&mut self, name: &str) -> ProcessError {
        let status = self.child.try_wait();
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        ProcessError::Ended {
            program: name.to_owned(),
            status: match status {
                Ok(Some(status)) => status.to_string(),
                _ => "without a status".to_owned(),
            },
            tail: lines[lines.len().saturating_sub(20)..].join("\n"),
        }
    }

    /// What it used so far.
    pub fn usage(&self) -> Result<Usage, ProcessError> {
        usage_of(self.child.id())
    }

    /// Stops it where it is, so that it takes nothing while its peer is measured.
    pub fn pause(&self) -> Result<(), ProcessError> {
        self.signal(Signal::STOP)
    }

    /// Lets it go on.
    pub fn resume(&self) -> Result<(), ProcessError> {
        self.signal(Signal::CONT)
    }

    fn signal(&self, signal: Signal) -> Result<(), ProcessError> {
        let sent = kill_process(Pid::from_child(&self.child), signal);
        sent.map_err(|error| ProcessError::Signal {
            pid: self.child.id(),
            reason: error.to_string(),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn usage_of(pid: u32) -> Result<Usage, ProcessError> {
    let wrong = |reason: String| ProcessError::Usage { pid, reason };
    let read = |name: &str| {
        let file = std::fs::read_to_string(format!("/proc/{pid}/{name}"));
        file.map_err(|error| wrong(error.to_string()))
    };
    let (stat, status) = (read("stat")?, read("status")?);
    // The name, in parentheses, may hold spaces.
    let fields = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let fields: Vec<&str> = fields.split_whitespace().collect();
    let ticks = |at: usize| fields.get(at).and_then(|field| field.parse::<u64>().ok());
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kib = line.trim().strip_suffix("kB")?.trim();
        kib.parse::<u64>().ok().map(|kib| kib * 1024)
    };
    match (ticks(11), ticks(12), bytes("VmRSS:"), bytes("VmHWM:")) {
        (Some(user), Some(system), Some(resident_bytes), Some(peak_bytes)) => Ok(Usage {
            // Clock ticks are hundredths of a second on every Linux this runs on.
            cpu: Duration::from_millis((user + system) * 10),
            resident_bytes,
            peak_bytes,
        }),
        _ => Err(wrong("its files have another form".into())),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn work_and_memory_are_counted() {
        let before = usage_of(std::process::id()).unwrap();
        let start = Instant::now();
        let mut sum = 0_u64;
        while start.elapsed() < Duration::from_millis(300) {
            sum = std::hint::black_box(sum + 1);
        }
        let after = usage_of(std::process::id()).unwrap();
        assert!(after.cpu > before.cpu, "{before:?} {after:?}");
        assert!(after.peak_bytes >= after.resident_bytes && after.resident_bytes > 1 << 20);
    }

    #[test]
    fn a_paused_child_does_nothing() {
        let script = "echo ready; while :; do :; done".to_owned();
        let (child, line) = Running::start_ready(Path::new("sh"), &["-c".into(), script]).unwrap();
        assert_eq!(line, "ready");
        child.pause().unwrap();
        std::thread::sleep(Duration::from_millis(20));
        let before = child.usage().unwrap().cpu;
        std::thread::sleep(Duration::from_millis(200));
        assert_eq!(child.usage().unwrap().cpu, before);
        child.resume().unwrap();
        std::thread::sleep(Duration::from_millis(300));
        assert!(child.usage().unwrap().cpu > before);
    }

    #[test]
    fn children_that_fail_are_told_with_their_words() {
        let error = Running::start_ready(Path::new("/no/such"), &[])
            .err()
            .unwrap();
        assert!(error.to_string().contains("/no/such cannot be started"));
        let dir = tempfile::tempdir().unwrap();
        let arguments = ["-c".to_owned(), "echo no such flag; exit 3".to_owned()];
        let log = dir.path().join("log");
        let mut child = Running::start(Path::new("sh"), &arguments, &log).unwrap();
        let start = Instant::now();
        let error = loop {
            if let Err(error) = child.check("picker") {
                break error.to_string();
            }
            assert!(start.elapsed() < Duration::from_secs(20));
            std::thread::sleep(Duration::from_millis(5));
        };
        assert_eq!(
            error,
            "picker ended (exit status: 3) before it was ready; the end of its log:\nno such flag"
        );
    }
}
