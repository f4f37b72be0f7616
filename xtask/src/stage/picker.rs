//! The Endpoint Picker, told of a stage's model servers by a file.

use std::path::Path;
use std::process::Command;

use super::model_servers::ModelServer;
use super::server::Server;
use super::{StageError, ports};

/// The labels of one server.
pub type Labels = Vec<(&'static str, String)>;

/// What a stage's picker is told beside where the servers are.
#[derive(Debug, Clone, Copy, Default)]
pub struct Setting<'a> {
    /// The labels of the servers, in their order; servers beyond the end have none.
    pub labels: &'a [Labels],
    /// The configuration; without one, the defaults.
    pub config: Option<&'a str>,
    /// Whether it has a folder, empty at the start, for its records and the history of plans.
    pub keeps_data: bool,
}

/// A running `switchyard-epp`.
#[derive(Debug)]
pub struct Picker {
    server: Server,
    grpc_port: u16,
    metrics_port: u16,
    admin_port: u16,
}

impl Picker {
    /// Starts `binary` for `servers`, with its files in `directory`.
    pub fn start(
        binary: &Path,
        servers: &[ModelServer],
        setting: Setting<'_>,
        directory: &Path,
    ) -> Result<Self, StageError> {
        let [grpc_port, health_port, metrics_port, admin_port] = ports::free()?;
        let endpoints = directory.join("endpoints.yaml");
        super::write(&endpoints, &endpoints_file(servers, setting.labels))?;
        let mut command = Command::new(binary);
        command
            .arg("--endpoints-file")
            .arg(&endpoints)
            .arg(format!("--grpc-port={grpc_port}"))
            .arg(format!("--grpc-health-port={health_port}"))
            .arg(format!("--metrics-port={metrics_port}"))
            .arg(format!("--admin-addr=127.0.0.1:{admin_port}"))
            .arg("--secure-serving=false");
        if let Some(text) = setting.config {
            let file = directory.join("config.yaml");
            super::write(&file, text)?;
            command.arg("--config-file").arg(file);
        }
        if setting.keeps_data {
            command
                .arg("--data-dir")
                .arg(super::empty(&directory.join("data"))?);
        }
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

fn endpoints_file(servers: &[ModelServer], labels: &[Labels]) -> String {
    let labels = labels.iter().map(Vec::as_slice);
    let labels = labels.chain(std::iter::repeat(&[] as &[_]));
    let mut text = String::from("endpoints:\n");
    for (server, labels) in servers.iter().zip(labels) {
        text.push_str(&entry(server.name(), server.port(), labels));
    }
    text
}

fn entry(name: &str, port: u16, labels: &[(&str, String)]) -> String {
    let labels: Vec<_> = labels
        .iter()
        .map(|(name, value)| format!("{name}: {value:?}"))
        .collect();
    let labels = labels.join(", ");
    format!("- {{name: {name}, address: 127.0.0.1, port: {port}, labels: {{{labels}}}}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_text_whatever_they_look_like() {
        let labels = [("price", "2.40".to_owned()), ("track", "stable".to_owned())];
        assert_eq!(
            entry("server-1", 81, &labels),
            "- {name: server-1, address: 127.0.0.1, port: 81, labels: {price: \"2.40\", track: \"stable\"}}\n"
        );
        assert_eq!(
            entry("server-2", 82, &[]),
            "- {name: server-2, address: 127.0.0.1, port: 82, labels: {}}\n"
        );
    }
}
