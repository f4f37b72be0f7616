//! A real Envoy on ports of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use super::http;
use super::process::Process;

const WORKSPACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
const TEMPLATE: &str = include_str!("../envoy/gateway.yaml");

/// How Envoy talks with the picker about bodies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    FullDuplex,
    Buffered,
}

/// Which picker Envoy asks, and how.
pub(crate) struct Asks {
    pub(crate) mode: Mode,
    pub(crate) picker: SocketAddr,
    /// Over TLS, and only with the certificate of this SHA-256.
    pub(crate) tls: Option<String>,
}

pub(crate) struct Envoy {
    /// Where clients go.
    pub(crate) address: SocketAddr,
    _process: Process,
}

impl Envoy {
    pub(crate) fn start(directory: &Path, asks: &Asks) -> Self {
        let noted = xtask::stage::envoy::noted(Path::new(WORKSPACE));
        let binary = noted.expect("there is no Envoy: run cargo xtask setup");
        let file = directory.join("envoy.yaml");
        std::fs::write(&file, configuration(asks)).unwrap();
        let told = directory.join("envoy-admin.txt");
        let mut command = Command::new(binary);
        command.arg("-c").arg(&file);
        command.arg("--admin-address-path").arg(&told);
        command.args(["--concurrency", "1", "-l", "warning"]);
        command.args(["--disable-hot-restart"]);
        let process = Process::start(command, &directory.join("envoy.log"));
        let admin = process.wait_for("Envoy's admin address", || {
            std::fs::read_to_string(&told).ok()?.trim().parse().ok()
        });
        let address = process.wait_for("a ready Envoy", || ready(admin));
        Self {
            address,
            _process: process,
        }
    }
}

/// The listener's address, once it is told and served.
fn ready(admin: SocketAddr) -> Option<SocketAddr> {
    if http::get(admin, "/ready").status != 200 {
        return None;
    }
    let listeners = http::get(admin, "/listeners").text();
    let listener = listeners
        .lines()
        .find_map(|line| line.strip_prefix("clients::"));
    listener?.trim().parse().ok()
}

fn configuration(asks: &Asks) -> String {
    let mode = match asks.mode {
        Mode::FullDuplex => {
            "{request_header_mode: SEND, request_body_mode: FULL_DUPLEX_STREAMED, request_trailer_mode: SEND, \
             response_header_mode: SEND, response_body_mode: FULL_DUPLEX_STREAMED, response_trailer_mode: SEND}"
        }
        Mode::Buffered => {
            "{request_header_mode: SEND, request_body_mode: BUFFERED, \
             response_header_mode: SEND, response_body_mode: BUFFERED}"
        }
    };
    let socket = asks.tls.as_ref().map_or_else(String::new, |hash| {
        format!(
            "transport_socket: {{name: envoy.transport_sockets.tls, typed_config: {{\"@type\": \
             type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext, \
             common_tls_context: {{alpn_protocols: [h2], \
             validation_context: {{verify_certificate_hash: [\"{hash}\"]}}}}}}}}"
        )
    });
    TEMPLATE
        .replace("${PROCESSING_MODE}", mode)
        .replace("${PICKER_SOCKET}", &socket)
        .replace("${PICKER_PORT}", &asks.picker.port().to_string())
}
