//! A gateway's load: streams as Envoy opens them, as fast as they are answered or at a fixed rate.

mod exchange;
mod prompts;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use envoy_types::pb::envoy::service::ext_proc::v3::external_processor_client::ExternalProcessorClient;
use tokio::task::JoinSet;
use tonic::transport::{Channel, Endpoint};

pub use exchange::ExchangeError;
pub use prompts::Prompts;

/// Windows as large as Envoy's, so that flow control never waits for us.
const STREAM_WINDOW: u32 = 16 << 20;
const CONNECTION_WINDOW: u32 = 24 << 20;

/// A gateway with its connections.
pub struct Gateway {
    clients: Vec<ExternalProcessorClient<Channel>>,
    /// Numbers requests, so that no two are alike.
    next: Arc<AtomicU64>,
}

/// What a load came to.
#[derive(Debug, Default)]
pub struct Done {
    /// Requests answered to their end.
    pub requests: u64,
    /// From the first to the last.
    pub elapsed: Duration,
    /// From the end of each request's body to its destination, in microseconds.
    pub pick_us: Vec<f64>,
    /// Why the others were not.
    pub failures: Vec<ExchangeError>,
}

impl Gateway {
    /// Connects.
    pub async fn new(address: SocketAddr, connections: usize) -> Result<Self, ExchangeError> {
        let mut clients = Vec::with_capacity(connections);
        for _ in 0..connections {
            let endpoint = Endpoint::from_shared(format!("http://{address}"))?
                .initial_stream_window_size(STREAM_WINDOW)
                .initial_connection_window_size(CONNECTION_WINDOW)
                .tcp_nodelay(true);
            let client = ExternalProcessorClient::new(endpoint.connect().await?);
            clients.push(client.max_decoding_message_size(64 << 20));
        }
        Ok(Self {
            clients,
            next: Arc::default(),
        })
    }

    /// `streams` at a time, each followed at once by the next, for as long as it is said.
    pub async fn closed(
        &self,
        prompts: &Arc<Prompts>,
        streams: usize,
        duration: Duration,
    ) -> Result<Done, ExchangeError> {
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        for stream in 0..streams {
            let mut client = self.clients[stream % self.clients.len()].clone();
            let (prompts, next) = (prompts.clone(), self.next.clone());
            tasks.spawn(async move {
                let mut picks = Vec::new();
                while start.elapsed() < duration {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    picks.push(exchange::run(&mut client, &prompts, number).await?);
                }
                Ok(picks)
            });
        }
        collect(tasks, start).await.whole()
    }

    /// `rate` requests a second, whether they are answered or not, for as long as it is said.
    pub async fn open(
        &self,
        prompts: &Arc<Prompts>,
        rate: u32,
        duration: Duration,
    ) -> Result<Done, ExchangeError> {
        let start = Instant::now();
        let on = || start.elapsed() < duration;
        self.open_while(prompts, rate, on).await.whole()
    }

    /// `rate` requests a second while `on` says so. Those that fail are told among the rest.
    pub async fn open_while(
        &self,
        prompts: &Arc<Prompts>,
        rate: u32,
        on: impl Fn() -> bool,
    ) -> Done {
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        let mut beats = tokio::time::interval(Duration::from_secs(1) / rate);
        beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
        while on() {
            beats.tick().await;
            let number = self.next.fetch_add(1, Ordering::Relaxed);
            let mut client = self.clients[number as usize % self.clients.len()].clone();
            let prompts = prompts.clone();
            tasks.spawn(async move {
                let pick = exchange::run(&mut client, &prompts, number).await?;
                Ok(vec![pick])
            });
        }
        collect(tasks, start).await
    }
}

async fn collect(mut tasks: JoinSet<Result<Vec<Duration>, ExchangeError>>, start: Instant) -> Done {
    let mut done = Done::default();
    while let Some(task) = tasks.join_next().await {
        let broken = |error: tokio::task::JoinError| ExchangeError::Broken(error.to_string());
        match task.map_err(broken).and_then(|picks| picks) {
            Ok(picks) => {
                done.requests += picks.len() as u64;
                let micros = picks.iter().map(|pick| pick.as_secs_f64() * 1e6);
                done.pick_us.extend(micros);
            }
            Err(error) => done.failures.push(error),
        }
    }
    done.elapsed = start.elapsed();
    done
}

impl Done {
    /// All requests, those that failed too.
    pub fn sent(&self) -> u64 {
        self.requests + self.failures.len() as u64
    }

    /// Adds what another load came to.
    pub fn extend(&mut self, other: Self) {
        self.requests += other.requests;
        self.elapsed += other.elapsed;
        self.pick_us.extend(other.pick_us);
        self.failures.extend(other.failures);
    }

    /// An error where any request failed.
    fn whole(mut self) -> Result<Self, ExchangeError> {
        match self.failures.pop() {
            Some(error) => Err(error),
            None => Ok(self),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_told_among_the_rest() {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let done = runtime.unwrap().block_on(async {
            let mut tasks = JoinSet::new();
            tasks.spawn(async { Ok(vec![Duration::from_micros(3)]) });
            tasks.spawn(async { Err(ExchangeError::Refused("429: full".into())) });
            collect(tasks, Instant::now()).await
        });
        assert_eq!((done.requests, done.pick_us.as_slice()), (1, &[3.0][..]));
        assert_eq!(done.failures.len(), 1);
        let error = done.whole().unwrap_err().to_string();
        assert_eq!(error, "the request was refused: 429: full");
        assert!(Done::default().whole().is_ok());
    }
}
