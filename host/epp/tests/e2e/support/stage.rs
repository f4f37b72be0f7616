//! Simulated servers, the picker and Envoy, put together.

use std::net::SocketAddr;

use switchyard_sim::{Options, Server};
use tempfile::TempDir;

use super::envoy::{Asks, Envoy, Mode};
use super::picker::{Endpoint, Picker, PickerOptions};

/// Fields drop in this order: nobody loses whom it talks to.
pub(crate) struct Stage {
    pub(crate) envoy: Envoy,
    pub(crate) picker: Picker,
    pub(crate) servers: Vec<Server>,
    _directory: TempDir,
}

impl Stage {
    /// `count` simulated servers as they are, before a picker that `change` says more about.
    pub(crate) fn new(mode: Mode, count: usize, change: impl FnOnce(&mut PickerOptions)) -> Self {
        Self::with_servers(mode, servers(count, |_| {}), change)
    }

    pub(crate) fn with_servers(
        mode: Mode,
        servers: Vec<Server>,
        change: impl FnOnce(&mut PickerOptions),
    ) -> Self {
        let mut options = PickerOptions {
            endpoints: endpoints(&servers),
            ..PickerOptions::default()
        };
        change(&mut options);
        let directory = TempDir::new().unwrap();
        let picker = Picker::start(directory.path(), &options);
        let asks = Asks {
            mode,
            picker: picker.grpc,
            tls: None,
        };
        Self {
            envoy: Envoy::start(directory.path(), &asks),
            picker,
            servers,
            _directory: directory,
        }
    }

    /// Where clients go.
    pub(crate) fn address(&self) -> SocketAddr {
        self.envoy.address
    }
}

/// Simulated servers of the model `m`.
pub(crate) fn servers(count: usize, change: impl Fn(&mut Options)) -> Vec<Server> {
    let start = |_| {
        let mut options = Options::for_model("m");
        change(&mut options);
        Server::start(options).unwrap()
    };
    (0..count).map(start).collect()
}

pub(crate) fn endpoints(servers: &[Server]) -> Vec<Endpoint> {
    let ports = servers.iter().map(|server| server.addr().port());
    ports.map(endpoint).collect()
}

pub(crate) fn endpoint(port: u16) -> Endpoint {
    Endpoint {
        name: format!("server-{port}"),
        port,
        labels: String::new(),
    }
}
