//! Why a scrape brought nothing.

use switchyard_scheduler::CallFault;

/// A scrape that brought nothing. The old values stay until they are stale.
#[derive(Debug, thiserror::Error)]
pub enum ScrapeError {
    /// No connection.
    #[error("cannot connect to {address}: {error}; is the model server running?")]
    Connect {
        /// Where to.
        address: std::net::SocketAddr,
        /// Why not.
        error: std::io::Error,
    },
    /// No answer in time.
    #[error("no whole answer within {limit_ms} ms")]
    Timeout {
        /// The time allowed.
        limit_ms: u64,
    },
    /// The connection broke, or what came is not HTTP/1.
    #[error("the answer broke off or is not HTTP/1: {0}")]
    Http(#[from] hyper::Error),
    /// A redirect.
    #[error(
        "answered {0}, a redirect, and those are not followed: name the final path and port in the scraper's settings"
    )]
    Redirect(u16),
    /// More than the host takes.
    #[error("the answer is longer than {limit} bytes, all that is read")]
    TooLarge {
        /// Bytes allowed.
        limit: usize,
    },
    /// The plugin could not read the answer.
    #[error("the plugin did not read the answer (status {status}): {fault}")]
    Parse {
        /// HTTP status of the answer.
        status: u16,
        /// Why not.
        fault: CallFault,
    },
    /// The plugin answered something its plan does not hold.
    #[error("the plugin's answer does not fit its plan: {0}")]
    Unplanned(String),
}

impl ScrapeError {
    /// One word for metrics and tables.
    pub fn cause(&self) -> &'static str {
        match self {
            Self::Connect { .. } => "connect",
            Self::Timeout { .. } => "timeout",
            Self::Http(_) => "http",
            Self::Redirect(_) => "redirect",
            Self::TooLarge { .. } => "too-large",
            Self::Parse { .. } => "parse",
            Self::Unplanned(_) => "unplanned",
        }
    }
}
