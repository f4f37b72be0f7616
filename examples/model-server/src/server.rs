//! Starts and stops a server: one listener, one or more threads that each accept and serve connections on a
//! runtime of their own, so that no request ever crosses threads.

mod connection;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use bytes::Bytes;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpSocket};
use tokio::runtime::Runtime;
use tokio::sync::watch;

use crate::app::App;
use crate::live::SettingError;
use crate::options::Options;

/// Connections the system may hold for us while we are busy.
const BACKLOG: u32 = 4096;

/// Why a server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// An option has a value it cannot have.
    #[error("{0}")]
    Setting(#[from] SettingError),
    /// The address is taken or not ours.
    #[error(
        "cannot listen on {addr}: {error}; choose another with --address and --port (0 = any free port)"
    )]
    Listen {
        /// The address asked for.
        addr: SocketAddr,
        /// What the system said.
        error: std::io::Error,
    },
    /// `--metrics-file` cannot be read.
    #[error("cannot read the metrics file {}: {error}", path.display())]
    MetricsFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// The system gives us no thread or no poll.
    #[error("cannot start a thread to serve on: {0}")]
    Thread(std::io::Error),
}

/// How a server is to stop: how long requests in flight may take.
type Stop = Option<Duration>;

/// A running server. Dropping it stops it at once.
#[derive(Debug)]
pub struct Server {
    addr: SocketAddr,
    stop: watch::Sender<Stop>,
    workers: Vec<JoinHandle<()>>,
}

impl Server {
    /// Starts a server and returns when it listens.
    pub fn start(options: Options) -> Result<Self, StartError> {
        options.validate()?;
        let metrics_file = match &options.metrics_file {
            None => None,
            Some(path) => Some(Bytes::from(std::fs::read(path).map_err(|error| {
                StartError::MetricsFile {
                    path: path.clone(),
                    error,
                }
            })?)),
        };
        let wanted = SocketAddr::new(options.address, options.port);
        let listen_error = |error| StartError::Listen {
            addr: wanted,
            error,
        };
        let first = runtime().map_err(StartError::Thread)?;
        let listener = {
            let _inside = first.enter();
            listen(wanted)
                .and_then(TcpListener::into_std)
                .map_err(listen_error)?
        };
        let addr = listener.local_addr().map_err(listen_error)?;
        let workers = options.workers;
        let app = Arc::new(App::new(options, metrics_file, addr.port()));
        let (stop, stopped) = watch::channel(None);
        let mut server = Self {
            addr,
            stop,
            workers: Vec::new(),
        };
        let mut first = Some(first);
        for worker in 0..workers {
            let runtime = first
                .take()
                .map_or_else(runtime, Ok)
                .map_err(StartError::Thread)?;
            let listener = listener.try_clone().map_err(StartError::Thread)?;
            let (app, stopped) = (Arc::clone(&app), stopped.clone());
            let thread = std::thread::Builder::new()
                .name(format!("sim-{worker}"))
                .spawn(move || runtime.block_on(serve(listener, app, stopped)))
                .map_err(StartError::Thread)?;
            server.workers.push(thread);
        }
        Ok(server)
    }

    /// Where it listens.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its base address, like `http://127.0.0.1:8000`.
    pub fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Stops accepting, lets requests in flight end for at most `drain`, and returns when all threads have.
    pub fn stop(mut self, drain: Duration) {
        self.halt(drain);
    }

    fn halt(&mut self, drain: Duration) {
        self.stop.send_replace(Some(drain));
        for worker in self.workers.drain(..) {
            // A thread that panicked has already said so.
            let _ = worker.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.halt(Duration::ZERO);
    }
}

fn runtime() -> std::io::Result<Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}

fn listen(addr: SocketAddr) -> std::io::Result<TcpListener> {
    let socket = if addr.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.bind(addr)?;
    socket.listen(BACKLOG)
}

/// One thread's life.
async fn serve(listener: std::net::TcpListener, app: Arc<App>, mut stop: watch::Receiver<Stop>) {
    let Ok(listener) = TcpListener::from_std(listener) else {
        return;
    };
    let graceful = GracefulShutdown::new();
    let drain = loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => connection::serve(stream, &app, &graceful),
                // Out of file descriptors, most likely: waiting is all that helps.
                Err(_) => tokio::time::sleep(Duration::from_millis(20)).await,
            },
            stopped = stop.wait_for(Option::is_some) => {
                break stopped.ok().and_then(|drain| *drain).unwrap_or_default();
            }
        }
    };
    drop(listener);
    // Out of time: what still runs is dropped with the runtime.
    let _ = tokio::time::timeout(drain, graceful.shutdown()).await;
}
