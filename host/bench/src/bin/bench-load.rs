//! The benches' load on one server for as long as it is said: to see under a profiler where time goes.
#![allow(clippy::print_stdout, reason = "a command for people")]

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use switchyard_bench::load::{Gateway, Prompts};
use switchyard_bench::rate::percentile;

/// Puts the benches' load on one ext_proc server in plain text.
#[derive(Debug, Parser)]
struct Options {
    /// Where the server listens
    address: SocketAddr,
    /// The size of a request's body
    #[arg(long, default_value_t = 2_048)]
    bytes: usize,
    /// Streams at a time
    #[arg(long, default_value_t = 16)]
    streams: usize,
    /// Connections they share
    #[arg(long, default_value_t = 1)]
    connections: usize,
    /// How long
    #[arg(long, default_value_t = 10)]
    seconds: u64,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse();
    let prompts = Arc::new(Prompts::new(options.bytes, 64));
    let gateway = Gateway::new(options.address, options.connections).await?;
    let duration = Duration::from_secs(options.seconds);
    let mut done = gateway.closed(&prompts, options.streams, duration).await?;
    println!(
        "{} requests, {:.0} /s, pick p50 {:.0} us, p99 {:.0} us",
        done.requests,
        done.requests as f64 / done.elapsed.as_secs_f64(),
        percentile(&mut done.pick_us, 0.5),
        percentile(&mut done.pick_us, 0.99),
    );
    Ok(())
}
