//! The Endpoint Picker, told of a stage's model servers by a file.

use std::path::Path;
use std::process::Command;

use super::model_servers::ModelServer;
use super::server::Server;
use super::{StageError, ports};

/// A running `switchyard-epp`.
#[derive(Debug)]
pub struct Picker {
    server: Server,
    grpc_port: u16,
    metrics_port: u16,
    admin_port: u16,
}

impl Picker {
    /// Starts `binary` with its default configuration, for `servers`, with its files in `directory`.
    pub fn start(
        binary: &Path,
        servers: &[ModelServer],
        directory: &Path,
    ) -> Result<Self, StageError> {
        let [grpc_port, health_port, metrics_port, admin_port] = ports::free()?;
        let endpoints = directory.join("endpoints.yaml");
        super::write(&endpoints, &endpoints_file(servers))?;
        let mut command = Command::new(binary);
        command
            .arg("--endpoints-file")
            .arg(&endpoints)
            .arg(format!("--grpc-port={grpc_port}"))
            .arg(format!("--grpc-health-port={health_port}"))
            .arg(format!("--metrics-port={metrics_port}"))
            .arg(format!("--admin-addr=127.0.0.1:{admin_port}"))
            .arg("--secure-serving=false");
        let probe = format!("http://127.0.0.1:{metrics_port}/readyz");
        let log = directory.join("picker.log");
        let server = Server::start("switchyard-epp", command, &log, &probe)?;
        Ok(Self {
            server,
            grpc_port,
            metrics_port,
            admin_port,
        })
    }

    /// Where Envoy asks.
    pub fn grpc_port(&self) -> u16 {
        self.grpc_port
    }

    /// Where Prometheus asks.
    pub fn metrics_url(&self) -> String {
        format!("http://127.0.0.1:{}/metrics", self.metrics_port)
    }

    /// Where people ask.
    pub fn admin_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.admin_port)
    }

    /// The process.
    pub fn server(&self) -> &Server {
        &self.server
    }
}

fn endpoints_file(servers: &[ModelServer]) -> String {
    let mut text = String::from("endpoints:\n");
    for server in servers {
        text.push_str(&format!(
            "- {{name: {}, address: 127.0.0.1, port: {}}}\n",
            server.name(),
            server.port()
        ));
    }
    text
}
