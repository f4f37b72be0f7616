//! The picker's own binary on ports of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use super::http::{self, Answer};
use super::process::Process;
use super::wait;

/// One line of an endpoints file.
#[derive(Debug, Clone)]
pub(crate) struct Endpoint {
    pub(crate) name: String,
    pub(crate) port: u16,
    /// As YAML, like `{role: decode}`.
    pub(crate) labels: String,
}

/// What a picker is started with.
#[derive(Default)]
pub(crate) struct PickerOptions {
    /// An EndpointPickerConfig; empty: the default one.
    pub(crate) config: String,
    pub(crate) endpoints: Vec<Endpoint>,
    /// More flags; a later one goes before an earlier one.
    pub(crate) flags: Vec<String>,
}

pub(crate) struct Picker {
    pub(crate) process: Process,
    pub(crate) grpc: SocketAddr,
    pub(crate) health: SocketAddr,
    pub(crate) admin: SocketAddr,
    pub(crate) metrics: SocketAddr,
    pub(crate) endpoints_file: PathBuf,
}

/// The binary with what every test wants: no fixed ports, compiled plugins shared.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchyard-epp"));
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join("e2e-plugins");
    command
        .arg(format!("--plugin-cache={}", cache.display()))
        .args(["--grpc-port=0", "--grpc-health-port=0", "--metrics-port=0"])
        .args(["--admin-addr=127.0.0.1:0", "--secure-serving=false"])
        .args(["--drain-timeout=2s", "--zap-encoder=json"]);
    command
}

impl Picker {
    pub(crate) fn start(directory: &Path, options: &PickerOptions) -> Self {
        let endpoints_file = directory.join("endpoints.yaml");
        std::fs::write(&endpoints_file, endpoints_yaml(&options.endpoints)).unwrap();
        let mut command = command();
        command.arg("--endpoints-file").arg(&endpoints_file);
        if !options.config.is_empty() {
            let config = directory.join("config.yaml");
            std::fs::write(&config, &options.config).unwrap();
            command.arg("--config-file").arg(&config);
        }
        command.args(&options.flags);
        let process = Process::start(command, &directory.join("picker.log"));
        let told = process.wait_for("a ready picker", || told_ready(&process.log()));
        let address = |part: &str| {
            let address: SocketAddr = told[part].as_str().unwrap().parse().unwrap();
            SocketAddr::from((Ipv4Addr::LOCALHOST, address.port()))
        };
        Self {
            grpc: address("ext_proc"),
            health: address("health"),
            admin: address("admin"),
            metrics: address("metrics"),
            endpoints_file,
            process,
        }
    }

    /// A page of the admin port as JSON.
    pub(crate) fn page(&self, path: &str) -> Value {
        http::get(self.admin, path).json()
    }

    /// What `/debug/plugins` says of a plugin.
    pub(crate) fn plugin(&self, name: &str) -> Value {
        let plugins = self.page("/debug/plugins");
        let plugins = plugins["plugins"].as_array().unwrap();
        let found = plugins.iter().find(|plugin| plugin["name"] == name);
        found
            .unwrap_or_else(|| panic!("no {name} in {plugins:?}"))
            .clone()
    }

    /// The decision about a request.
    pub(crate) fn decision(&self, request_id: &str) -> Answer {
        http::get(self.admin, &format!("/debug/decisions/{request_id}"))
    }

    /// Requests in flight, summed over all endpoints: their number and their tokens.
    pub(crate) fn in_flight(&self) -> (f64, f64) {
        let shown = self.page("/debug/endpoints");
        let endpoints = shown["endpoints"].as_array().unwrap();
        let sum = |column: &str| {
            let of = |endpoint: &Value| endpoint["columns"][column]["value"].as_f64();
            endpoints.iter().map(|endpoint| of(endpoint).unwrap()).sum()
        };
        (sum("in-flight-requests"), sum("in-flight-tokens"))
    }

    pub(crate) fn await_in_flight(&self, requests: f64) {
        let right = |seen: &(f64, f64)| seen.0 == requests && (requests > 0.0) == (seen.1 > 0.0);
        wait::for_value("requests in flight", || self.in_flight(), right);
    }

    /// The value of a series of `/metrics`, named with all of its labels, or the sum of those of a name.
    pub(crate) fn metric(&self, series: &str) -> f64 {
        let page = http::get(self.metrics, "/metrics").text();
        let value = |line: &str| {
            let (name, value) = line.rsplit_once(' ')?;
            let named = name == series || name.split('{').next() == Some(series);
            named.then(|| value.parse::<f64>().unwrap())
        };
        page.lines().filter_map(value).sum()
    }
}

fn told_ready(log: &str) -> Option<Value> {
    let line = log
        .lines()
        .find(|line| line.contains("switchyard-epp is ready"))?;
    let line: Value = serde_json::from_str(line).ok()?;
    Some(line.get("fields").cloned().unwrap_or(line))
}

pub(crate) fn endpoints_yaml(endpoints: &[Endpoint]) -> String {
    if endpoints.is_empty() {
        return "endpoints: []\n".to_owned();
    }
    let line = |endpoint: &Endpoint| {
        let Endpoint { name, port, labels } = endpoint;
        let labels = if labels.is_empty() { "{}" } else { labels };
        format!("- {{name: {name}, address: 127.0.0.1, port: {port}, labels: {labels}}}\n")
    };
    format!(
        "endpoints:\n{}",
        endpoints.iter().map(line).collect::<String>()
    )
}
