//! A steady load on a gateway, from the first plugin to the last: who answered each request is noted,
//! and so is every request that failed.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::demo::player::SERVER_HEADER;
use crate::stage::http;
use crate::stage::model_servers::MODEL;

/// Fifty requests in a second.
const INTERVAL: Duration = Duration::from_millis(20);
/// So many can be under way at once; at this rate and these answers it is a quarter of them.
const WORKERS: usize = 48;
const REQUEST_LIMIT: Duration = Duration::from_secs(30);

/// What a request is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Short, like no other.
    Plain,
    /// Of one tenant, whose requests begin with the same text and run for long.
    Tenant,
    /// With the header that asks for a canary.
    Canary,
    /// A long prompt, like no other.
    Long,
}

/// Ten requests, and again from the start.
const ROUND: [Kind; 10] = [
    Kind::Plain,
    Kind::Tenant,
    Kind::Canary,
    Kind::Plain,
    Kind::Tenant,
    Kind::Long,
    Kind::Plain,
    Kind::Tenant,
    Kind::Canary,
    Kind::Long,
];

impl Kind {
    /// For people.
    pub(super) fn told(self) -> &'static str {
        match self {
            Self::Plain => "plain requests",
            Self::Tenant => "requests of the tenant",
            Self::Canary => "requests with the header",
            Self::Long => "long requests",
        }
    }

    fn of(number: u64) -> Self {
        ROUND[(number % ROUND.len() as u64) as usize]
    }

    fn header(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Plain | Self::Long => None,
            Self::Tenant => Some(("x-tenant", "acme")),
            Self::Canary => Some(("x-canary", "always")),
        }
    }

    /// The prompt of the request with this number. A token is four bytes.
    fn prompt(self, number: u64) -> String {
        match self {
            Self::Plain | Self::Canary => format!("{number}: what is the time?"),
            Self::Tenant => format!("{}{number}", "All employees of Acme know. ".repeat(72)),
            Self::Long => format!("{number}: sum this up. ").repeat(100),
        }
    }

    fn answer_tokens(self) -> u32 {
        match self {
            Self::Plain | Self::Canary | Self::Long => 8,
            Self::Tenant => 60,
        }
    }
}

/// A request that was answered with 200.
#[derive(Debug, Clone, Copy)]
struct Served {
    sent: Instant,
    kind: Kind,
    /// The server's port.
    server: u16,
}

#[derive(Debug)]
struct Shared {
    url: String,
    start: Instant,
    next: AtomicU64,
    over: AtomicBool,
    served: Mutex<Vec<Served>>,
    failures: Mutex<Vec<String>>,
}

/// The load; it ends when this is dropped.
#[derive(Debug)]
pub(super) struct Load {
    shared: Arc<Shared>,
    workers: Vec<JoinHandle<()>>,
}

impl Load {
    /// Starts it on `gateway`.
    pub(super) fn start(gateway: &str) -> Self {
        let shared = Arc::new(Shared {
            url: format!("{gateway}/v1/chat/completions"),
            start: Instant::now(),
            next: AtomicU64::new(0),
            over: AtomicBool::new(false),
            served: Mutex::default(),
            failures: Mutex::default(),
        });
        let workers = (0..WORKERS)
            .map(|_| {
                let shared = Arc::clone(&shared);
                std::thread::spawn(move || shared.work())
            })
            .collect();
        Self { shared, workers }
    }

    /// How many of `kind` each of the servers with these ports got, of those sent in the time that
    /// `from` and `to` enclose.
    pub(super) fn counts<const N: usize>(
        &self,
        kind: Kind,
        (from, to): (Instant, Instant),
        ports: [u16; N],
    ) -> [u64; N] {
        let served = locked(&self.shared.served);
        let of = |port| {
            let fits = |one: &&Served| {
                one.server == port && one.kind == kind && one.sent >= from && one.sent < to
            };
            served.iter().filter(fits).count() as u64
        };
        ports.map(of)
    }

    /// How many were answered.
    pub(super) fn answered(&self) -> usize {
        locked(&self.shared.served).len()
    }

    /// Why requests failed; empty is what should be.
    pub(super) fn failures(&self) -> Vec<String> {
        locked(&self.shared.failures).clone()
    }

    /// Sends nothing more, and waits for what is under way.
    pub(super) fn end(&mut self) {
        self.shared.over.store(true, Ordering::Relaxed);
        for worker in self.workers.drain(..) {
            if worker.join().is_err() {
                let reason = "a thread that sends requests panicked".to_owned();
                locked(&self.shared.failures).push(reason);
            }
        }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.end();
    }
}

impl Shared {
    /// Sends one request after the other, each when its time has come.
    fn work(&self) {
        let agent = http::agent(REQUEST_LIMIT);
        loop {
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let due = INTERVAL.mul_f64(number as f64);
            std::thread::sleep(due.saturating_sub(self.start.elapsed()));
            if self.over.load(Ordering::Relaxed) {
                return;
            }
            let (kind, sent) = (Kind::of(number), Instant::now());
            match self.ask(&agent, kind, number) {
                Ok(server) => locked(&self.served).push(Served { sent, kind, server }),
                Err(reason) => locked(&self.failures).push(reason),
            }
        }
    }

    /// The port of the server that answered; else why it did not.
    fn ask(&self, agent: &ureq::Agent, kind: Kind, number: u64) -> Result<u16, String> {
        let body = json!({
            "model": MODEL,
            "messages": [{"role": "user", "content": kind.prompt(number)}],
            "max_tokens": kind.answer_tokens(),
            "ignore_eos": true,
        });
        let mut request = agent.post(&self.url).content_type("application/json");
        if let Some((name, value)) = kind.header() {
            request = request.header(name, value);
        }
        let told = |reason: String| format!("request {number}: {reason}");
        let mut answer = request
            .send(body.to_string())
            .map_err(|error| told(error.to_string()))?;
        let status = answer.status();
        let server = answer.headers().get(SERVER_HEADER).cloned();
        let text = answer
            .body_mut()
            .read_to_string()
            .map_err(|error| told(error.to_string()))?;
        if status != 200 {
            return Err(told(format!("status {status}: {text}")));
        }
        server
            .and_then(|value| value.to_str().ok()?.parse().ok())
            .ok_or_else(|| told(format!("an answer without {SERVER_HEADER}")))
    }
}

fn locked<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_comes_in_a_round_and_only_tenants_share_a_prompt() {
        for kind in [Kind::Plain, Kind::Tenant, Kind::Canary, Kind::Long] {
            assert!(ROUND.contains(&kind), "{kind:?}");
            let begins = |number| kind.prompt(number).chars().take(256).collect::<String>();
            assert_eq!(begins(1) == begins(2), kind == Kind::Tenant, "{kind:?}");
        }
        assert!(Kind::Long.prompt(0).len() / 4 > 256);
        assert!(Kind::Plain.prompt(u64::MAX).len() / 4 < 64);
    }

    #[test]
    fn a_gateway_that_is_not_there_fails_requests() {
        let mut load = Load::start("http://127.0.0.1:9");
        while load.failures().is_empty() {
            std::thread::sleep(INTERVAL);
        }
        load.end();
        assert_eq!(load.answered(), 0);
        let reason = &load.failures()[0];
        assert!(reason.starts_with("request "), "{reason}");
    }
}
