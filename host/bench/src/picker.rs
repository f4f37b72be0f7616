//! The picker under test, and the model servers it scrapes.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::http::get;
use crate::process::{ProcessError, Running};

/// On its first start the picker compiles its plugins.
const READY_LIMIT: Duration = Duration::from_secs(120);

/// Why there is no picker to measure.
#[derive(Debug, thiserror::Error)]
pub enum PickerError {
    /// A program did not start.
    #[error(transparent)]
    Process(#[from] ProcessError),
    /// A file or port could not be had.
    #[error("the picker's {what} cannot be set up: {source}")]
    SetUp {
        /// Which.
        what: &'static str,
        /// Why.
        source: std::io::Error,
    },
    /// It did not say that it is ready.
    #[error("the picker with {endpoints} endpoints was not ready within {seconds} s")]
    NotReady {
        /// How many it had.
        endpoints: usize,
        /// How long it had.
        seconds: u64,
    },
    /// The model servers answered something strange.
    #[error("the played model servers said {0:?} instead of their ports or a count")]
    Servers(String),
}

/// A running `switchyard-epp` with model servers of its own.
pub struct Picker {
    /// How many model servers it has.
    pub endpoints: usize,
    /// Its process.
    pub running: Running,
    /// Where ext_proc is served.
    pub address: SocketAddr,
    /// The port of its metrics.
    pub metrics: u16,
    /// The port where plugins are changed.
    pub admin: u16,
    servers: Servers,
    _directory: TempDir,
}

/// `bench-expositions`.
struct Servers {
    _running: Running,
    ports: Vec<u16>,
}

impl Picker {
    /// Starts `program` with its default configuration for `endpoints` model servers played by
    /// `expositions`, and waits until it is ready.
    pub fn start(
        program: &Path,
        expositions: &Path,
        endpoints: usize,
    ) -> Result<Self, PickerError> {
        let wrap = |what: &'static str| move |source| PickerError::SetUp { what, source };
        let servers = Servers::start(expositions, endpoints)?;
        let directory = TempDir::new().map_err(wrap("directory"))?;
        let file = directory.path().join("endpoints.yaml");
        std::fs::write(&file, endpoints_file(&servers.ports)).map_err(wrap("endpoints file"))?;
        let [grpc, health, metrics, admin] = free_ports().map_err(wrap("ports"))?;
        let arguments = [
            format!("--endpoints-file={}", file.display()),
            format!("--grpc-port={grpc}"),
            format!("--grpc-health-port={health}"),
            format!("--metrics-port={metrics}"),
            format!("--admin-addr=127.0.0.1:{admin}"),
            "--secure-serving=false".to_owned(),
        ];
        let log = directory.path().join("picker.log");
        let mut running = Running::start(program, &arguments, &log)?;
        let start = Instant::now();
        while !get(metrics, "/readyz").is_some_and(|answer| answer.starts_with("HTTP/1.1 200")) {
            running.check("switchyard-epp")?;
            if start.elapsed() > READY_LIMIT {
                return Err(PickerError::NotReady {
                    endpoints,
                    seconds: READY_LIMIT.as_secs(),
                });
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self {
            endpoints,
            running,
            address: (Ipv4Addr::LOCALHOST, grpc).into(),
            metrics,
            admin,
            servers,
            _directory: directory,
        })
    }

    /// How often its servers were scraped so far, all together.
    pub fn scrapes(&self) -> Result<u64, PickerError> {
        self.servers.scrapes()
    }
}

impl Servers {
    fn start(program: &Path, count: usize) -> Result<Self, PickerError> {
        let (running, line) = Running::start_ready(program, &[count.to_string()])?;
        let ports: Result<Vec<u16>, _> = line.split(' ').map(str::parse).collect();
        match ports {
            Ok(ports) if ports.len() == count => Ok(Self {
                _running: running,
                ports,
            }),
            _ => Err(PickerError::Servers(line)),
        }
    }

    fn scrapes(&self) -> Result<u64, PickerError> {
        let port = self.ports.first().copied().unwrap_or_default();
        let answer = get(port, "/scrapes").unwrap_or_default();
        let count = answer.rsplit("\r\n").next().and_then(|n| n.parse().ok());
        count.ok_or(PickerError::Servers(answer))
    }
}

fn endpoints_file(ports: &[u16]) -> String {
    let line = |(at, port): (usize, &u16)| {
        format!("- {{name: vllm-{at}, address: 127.0.0.1, port: {port}}}\n")
    };
    let lines: String = ports.iter().enumerate().map(line).collect();
    format!("endpoints:\n{lines}")
}

/// Ports that nobody uses, chosen by the system.
fn free_ports() -> std::io::Result<[u16; 4]> {
    let listeners: Vec<TcpListener> = (0..4)
        .map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)))
        .collect::<Result<_, _>>()?;
    let mut ports = [0; 4];
    for (port, listener) in ports.iter_mut().zip(&listeners) {
        *port = listener.local_addr()?.port();
    }
    Ok(ports)
}
