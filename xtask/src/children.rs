//! No process outlives the task that started it: not at its end, not on an error, not on Ctrl-C.
//!
//! Every child stands in one list. Dropping its [`Running`] stops it; a signal stops all of them and
//! keeps new ones from starting.

use std::process::{Child, Command, ExitStatus};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a child may take over an orderly end before it is killed.
const GRACE: Duration = Duration::from_secs(3);
const POLL: Duration = Duration::from_millis(10);

static RUNNING: Mutex<Vec<Arc<Mutex<Child>>>> = Mutex::new(Vec::new());
static STOPPING: AtomicBool = AtomicBool::new(false);
/// 130 is what shells report for a program that Ctrl-C ended.
static EXIT_CODE: AtomicI32 = AtomicI32::new(130);

/// A child process, stopped when this is dropped.
#[derive(Debug)]
pub struct Running {
    child: Arc<Mutex<Child>>,
}

impl Running {
    /// Starts `command`. Fails with `Interrupted` once a signal asked this program to end.
    pub fn start(command: &mut Command) -> std::io::Result<Self> {
        let mut running = locked(&RUNNING);
        if STOPPING.load(Ordering::SeqCst) {
            return Err(std::io::ErrorKind::Interrupted.into());
        }
        let child = Arc::new(Mutex::new(command.spawn()?));
        running.push(Arc::clone(&child));
        Ok(Self { child })
    }

    /// The process id.
    pub fn pid(&self) -> u32 {
        locked(&self.child).id()
    }

    /// How it ended, or `None` while it runs.
    pub fn ended(&self) -> std::io::Result<Option<ExitStatus>> {
        locked(&self.child).try_wait()
    }

    /// Waits for its end, at most until `deadline`; `None` if it still runs then.
    pub fn wait_until(&self, deadline: Option<Instant>) -> std::io::Result<Option<ExitStatus>> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(Some(status));
            }
            if deadline.is_some_and(|deadline| Instant::now() >= deadline) {
                return Ok(None);
            }
            std::thread::sleep(POLL);
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        stop(std::slice::from_ref(&self.child));
        locked(&RUNNING).retain(|other| !Arc::ptr_eq(other, &self.child));
    }
}

/// From now on SIGINT, SIGTERM and SIGHUP stop every child and then this program.
pub fn stop_all_on_signal() -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(|| {
        // Held until the end, so that no child starts any more and none is missed.
        let running = locked(&RUNNING);
        STOPPING.store(true, Ordering::SeqCst);
        stop(&running);
        std::process::exit(EXIT_CODE.load(Ordering::SeqCst));
    })
}

/// Waits for the signal that ends this program with `exit_code`; used where Ctrl-C is the regular end.
pub fn wait_for_signal(exit_code: i32) -> ! {
    EXIT_CODE.store(exit_code, Ordering::SeqCst);
    loop {
        std::thread::park();
    }
}

/// Asks all of them to end, waits for [`GRACE`], kills what is left.
fn stop(children: &[Arc<Mutex<Child>>]) {
    for child in children {
        ask_to_end(&mut locked(child));
    }
    let deadline = Instant::now() + GRACE;
    for child in children {
        let mut child = locked(child);
        while Instant::now() < deadline && matches!(child.try_wait(), Ok(None)) {
            std::thread::sleep(POLL);
        }
        if matches!(child.try_wait(), Ok(None)) {
            // Both fail only where the process is gone already.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn ask_to_end(child: &mut Child) {
    // A process that was waited for has given its id back, so only one that still runs gets the signal.
    if !matches!(child.try_wait(), Ok(None)) {
        return;
    }
    if let Some(pid) = i32::try_from(child.id())
        .ok()
        .and_then(rustix::process::Pid::from_raw)
    {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::TERM);
    }
}

fn locked<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exists(pid: u32) -> bool {
        std::path::Path::new(&format!("/proc/{pid}")).exists()
    }

    fn check_dropping_stops(script: &str) {
        let running = Running::start(Command::new("sh").args(["-c", script])).unwrap();
        let pid = running.pid();
        assert!(exists(pid));
        drop(running);
        assert!(!exists(pid), "`{script}` is still there");
    }

    #[test]
    fn dropping_stops_a_child() {
        check_dropping_stops("exec sleep 60");
    }

    #[test]
    fn dropping_kills_a_child_that_ignores_the_signal() {
        check_dropping_stops("trap '' TERM; while :; do sleep 1; done");
    }

    #[test]
    fn a_child_that_runs_past_the_deadline_is_reported() {
        let running = Running::start(Command::new("sleep").arg("60")).unwrap();
        let soon = Instant::now() + Duration::from_millis(30);
        assert!(running.wait_until(Some(soon)).unwrap().is_none());
    }
}
