//! Plays any number of model servers to be scraped: every one answers with what a real vLLM under load
//! said, on a port of its own and over connections that stay open.
//!
//! It prints its ports, and answers `/scrapes` with how often it was scraped. What it costs must not
//! weigh on what is measured, so it reads no more of a request than it needs.

use std::net::Ipv4Addr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const EXPOSITION: &str = include_str!("../../data/vllm-0.32.0-under-load.txt");
const MAX_REQUEST_BYTES: usize = 16 << 10;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: usize = match std::env::args().nth(1).map(|count| count.parse()) {
        Some(Ok(count)) => count,
        _ => return Err("usage: bench-expositions COUNT".into()),
    };
    let answer: Arc<str> = answer("text/plain; version=0.0.4", EXPOSITION).into();
    let scrapes = Arc::new(AtomicU64::new(0));
    let mut ports = Vec::with_capacity(count);
    for _ in 0..count {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        ports.push(listener.local_addr()?.port().to_string());
        tokio::spawn(accept(listener, answer.clone(), scrapes.clone()));
    }
    #[allow(clippy::print_stdout, reason = "the driver reads the ports from here")]
    {
        println!("{}", ports.join(" "));
    }
    std::future::pending().await
}

fn answer(content_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {content_type}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

async fn accept(listener: TcpListener, answer: Arc<str>, scrapes: Arc<AtomicU64>) {
    while let Ok((stream, _)) = listener.accept().await {
        tokio::spawn(serve(stream, answer.clone(), scrapes.clone()));
    }
}

/// Ends with the connection, or when it says something that is not HTTP.
async fn serve(mut stream: TcpStream, exposition: Arc<str>, scrapes: Arc<AtomicU64>) {
    let mut request = Vec::with_capacity(1024);
    loop {
        match stream.read_buf(&mut request).await {
            Ok(1..) if request.len() <= MAX_REQUEST_BYTES => {}
            _ => return,
        }
        if !request.ends_with(b"\r\n\r\n") {
            continue;
        }
        let written = if request.starts_with(b"GET /scrapes ") {
            let count = scrapes.load(Ordering::Relaxed).to_string();
            // The driver asks once a connection, and reads to its end.
            let _ = stream
                .write_all(answer("text/plain", &count).as_bytes())
                .await;
            return;
        } else {
            scrapes.fetch_add(1, Ordering::Relaxed);
            stream.write_all(exposition.as_bytes()).await
        };
        if written.is_err() {
            return;
        }
        request.clear();
    }
}
