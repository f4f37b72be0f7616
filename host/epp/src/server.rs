//! Worker threads: each one runs its own single-threaded runtime, serves the connections handed to it,
//! and decides on its own lanes, so that a request never changes threads.

use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::transport::Server;

use crate::backlog;
use crate::extproc::pb::external_processor_server::ExternalProcessorServer;
use crate::extproc::service::Service;
use crate::extproc::session::Bounds;
use crate::router::Router;
use crate::tls::ServerTls;

mod connection;
use connection::Connection;

/// Flow-control windows: a large prompt must not wait for window updates.
const STREAM_WINDOW: u32 = 1 << 20;
const CONNECTION_WINDOW: u32 = 16 << 20;
/// A client that opens a connection and says nothing is let go.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// What the ext_proc server is told.
#[derive(Clone)]
pub struct ServerOptions {
    /// Worker threads.
    pub workers: usize,
    /// The largest message taken.
    pub max_recv_bytes: usize,
    /// The bounds of a request.
    pub bounds: Bounds,
    /// `None`: plain text.
    pub tls: Option<ServerTls>,
}

/// The running server.
pub struct ExtProcServer {
    /// Where it listens.
    pub address: SocketAddr,
    stop: watch::Sender<bool>,
    workers: Vec<JoinHandle<()>>,
}

/// One worker as the acceptor sees it.
struct Worker {
    connections: mpsc::UnboundedSender<TcpStream>,
    open: Arc<AtomicUsize>,
}

impl ExtProcServer {
    /// Listens and starts the threads.
    pub fn start(
        listener: TcpListener,
        router: &Arc<Router>,
        options: &ServerOptions,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let stop = watch::Sender::new(false);
        let mut threads = Vec::new();
        let mut workers = Vec::new();
        for number in 0..options.workers.max(1) {
            let (connections, handed) = mpsc::unbounded_channel();
            let open = Arc::new(AtomicUsize::new(0));
            workers.push(Worker {
                connections,
                open: open.clone(),
            });
            let (router, options, stop) = (router.clone(), options.clone(), stop.subscribe());
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()?;
            let thread = std::thread::Builder::new().name(format!("worker-{number}"));
            threads.push(
                thread
                    .spawn(move || runtime.block_on(serve(handed, open, router, options, stop)))?,
            );
        }
        let stopped = stop.subscribe();
        listener.set_nonblocking(true)?;
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let thread = std::thread::Builder::new().name("accept".into());
        threads.push(thread.spawn(move || runtime.block_on(accept(listener, workers, stopped)))?);
        Ok(Self {
            address,
            stop,
            workers: threads,
        })
    }

    /// Takes no more connections, lets the streams that are open finish, and ends. `limit` ends it anyway.
    pub fn drain(self, limit: Duration) {
        self.stop.send_replace(true);
        let until = std::time::Instant::now() + limit;
        while std::time::Instant::now() < until
            && self.workers.iter().any(|worker| !worker.is_finished())
        {
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Hands each connection to the worker that has the fewest.
async fn accept(listener: TcpListener, workers: Vec<Worker>, mut stop: watch::Receiver<bool>) {
    let listener = match tokio::net::TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return tracing::error!(%error, "the ext_proc listener cannot be used"),
    };
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        match accepted.and_then(|(stream, _)| stream.into_std()) {
            Ok(stream) => {
                let idlest = workers
                    .iter()
                    .min_by_key(|worker| worker.open.load(Ordering::Relaxed));
                let Some(worker) = idlest else { return };
                worker.open.fetch_add(1, Ordering::Relaxed);
                if worker.connections.send(stream).is_err() {
                    return;
                }
            }
            // Out of file descriptors, most likely: let some close.
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn serve(
    mut handed: mpsc::UnboundedReceiver<TcpStream>,
    open: Arc<AtomicUsize>,
    router: Arc<Router>,
    options: ServerOptions,
    mut stop: watch::Receiver<bool>,
) {
    tokio::spawn(backlog::watch());
    let (ready, connections) = mpsc::unbounded_channel();
    let tls = options.tls.clone();
    // Handshakes run beside each other: a slow one holds up nobody.
    tokio::spawn(async move {
        while let Some(stream) = handed.recv().await {
            let (ready, open, tls) = (ready.clone(), open.clone(), tls.clone());
            tokio::spawn(async move {
                let connection = Connection::open(stream, tls.as_ref(), open);
                match tokio::time::timeout(HANDSHAKE_TIMEOUT, connection).await {
                    Ok(Ok(connection)) => drop(ready.send(Ok::<_, io::Error>(connection))),
                    Ok(Err(error)) => tracing::debug!(%error, "a connection was not established"),
                    Err(_) => tracing::debug!("a connection was not established in time"),
                }
            });
        }
    });
    let service = ExternalProcessorServer::new(Service::new(
        Arc::new(router.clone()),
        options.bounds,
        router.metrics().clone(),
    ))
    .max_decoding_message_size(options.max_recv_bytes)
    .max_encoding_message_size(usize::MAX);
    let served = Server::builder()
        .initial_stream_window_size(STREAM_WINDOW)
        .initial_connection_window_size(CONNECTION_WINDOW)
        .max_concurrent_streams(None)
        .add_service(service)
        .serve_with_incoming_shutdown(UnboundedReceiverStream::new(connections), async move {
            let _ = stop.wait_for(|stop| *stop).await;
        });
    if let Err(error) = served.await {
        tracing::error!(%error, "a worker stopped");
    }
}
