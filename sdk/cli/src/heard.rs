//! What a plugin logs while it is tested: each line once.
//!
//! A plugin that breaks is asked again by every check, and would say the same each time.

use std::collections::HashSet;
use std::io::{self, IsTerminal, Write};
use std::sync::{Arc, Mutex, PoisonError};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::util::SubscriberInitExt;

/// The lines that were written.
#[derive(Debug, Clone, Default)]
struct Once(Arc<Mutex<HashSet<Vec<u8>>>>);

impl Once {
    fn is_new(&self, line: &[u8]) -> bool {
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.insert(line.to_vec())
    }
}

impl Write for Once {
    /// A whole event, as the subscriber writes them.
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.is_new(line) {
            io::stderr().write_all(line)?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stderr().flush()
    }
}

/// Meanwhile this thread's log is written so, to standard error. `SWITCHYARD_LOG` says how much of it, as it does
/// elsewhere.
pub(crate) fn once<R>(during: impl FnOnce() -> R) -> R {
    let filter = EnvFilter::try_from_env("SWITCHYARD_LOG");
    let once = Once::default();
    let _until_the_end = tracing_subscriber::fmt()
        .with_env_filter(filter.unwrap_or_else(|_| EnvFilter::new("warn")))
        .with_writer(move || once.clone())
        .with_ansi(io::stderr().is_terminal())
        .without_time()
        .with_target(false)
        .finish()
        .set_default();
    during()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_new_once() {
        let once = Once::default();
        assert!(once.is_new(b"a\n"));
        assert!(
            !once.clone().is_new(b"a\n"),
            "writers share what was written"
        );
        assert!(once.is_new(b"b\n"));
    }
}
