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
        collect(tasks, start).await
    }

    /// `rate` requests a second, whether they are answered or not, for as long as it is said.
    pub async fn open(
        &self,
        prompts: &Arc<Prompts>,
        rate: u32,
        duration: Duration,
    ) -> Result<Done, ExchangeError> {
        let start = Instant::now();
        let mut tasks = JoinSet::new();
        let mut beats = tokio::time::interval(Duration::from_secs(1) / rate);
        beats.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Burst);
        while start.elapsed() < duration {
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

async fn collect(
    mut tasks: JoinSet<Result<Vec<Duration>, ExchangeError>>,
    start: Instant,
) -> Result<Done, ExchangeError> {
    let mut done = Done::default();
    while let Some(picks) = tasks.join_next().await {
        let picks = picks.map_err(|error| ExchangeError::Broken(error.to_string()))??;
        done.requests += picks.len() as u64;
        done.pick_us
            .extend(picks.iter().map(|pick| pick.as_secs_f64() * 1e6));
    }
    done.elapsed = start.elapsed();
    Ok(done)
}
