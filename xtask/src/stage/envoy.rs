//! Envoy, with a configuration written for this stage.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::model_servers::ModelServer;
use super::server::Server;
use super::{StageError, ports};

const PLAIN: &str = include_str!("../../envoy/plain.yaml");
const ROUTED: &str = include_str!("../../envoy/routed.yaml");

/// How Envoy finds the server of a request.
#[derive(Debug, Clone, Copy)]
pub enum Route<'a> {
    /// It takes the next of these.
    RoundRobin(&'a [ModelServer]),
    /// It asks the Endpoint Picker at this port.
    Picker {
        /// The picker's ext_proc port.
        grpc_port: u16,
    },
}

/// A running Envoy.
#[derive(Debug)]
pub struct Envoy {
    server: Server,
    port: u16,
    admin_port: u16,
}

impl Envoy {
    /// Starts `binary` with its files in `directory`.
    pub fn start(binary: &Path, route: Route<'_>, directory: &Path) -> Result<Self, StageError> {
        let [port, admin_port] = ports::free()?;
        let file = directory.join("envoy.yaml");
        super::write(&file, &configuration(route, port, admin_port)?)?;
        let mut command = Command::new(binary);
        command.arg("-c").arg(&file).args([
            "--concurrency",
            "1",
            "--disable-hot-restart",
            "-l",
            "warning",
        ]);
        let probe = format!("http://127.0.0.1:{admin_port}/ready");
        let server = Server::start("envoy", command, &directory.join("envoy.log"), &probe)?;
        Ok(Self {
            server,
            port,
            admin_port,
        })
    }

    /// Where clients go.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where Envoy tells about itself.
    pub fn admin_url(&self) -> String {
        format!("http://127.0.0.1:{}", self.admin_port)
    }

    /// The process.
    pub fn server(&self) -> &Server {
        &self.server
    }
}

/// The Envoy that set-up found, as noted for tests.
pub fn noted(workspace_root: &Path) -> Option<PathBuf> {
    let path = std::fs::read_to_string(workspace_root.join("target/envoy-path.txt")).ok()?;
    Some(PathBuf::from(path.trim())).filter(|path| path.is_file())
}

/// The configuration as text.
pub fn configuration(route: Route<'_>, port: u16, admin_port: u16) -> Result<String, StageError> {
    let mut values = vec![
        ("PORT", port.to_string()),
        ("ADMIN_PORT", admin_port.to_string()),
    ];
    let (name, template) = match route {
        Route::RoundRobin(servers) => {
            values.push(("SERVERS", servers.iter().map(as_endpoint).collect()));
            ("plain.yaml", PLAIN)
        }
        Route::Picker { grpc_port } => {
            values.push(("PICKER_PORT", grpc_port.to_string()));
            ("routed.yaml", ROUTED)
        }
    };
    let mut text = template.to_owned();
    for (placeholder, value) in values {
        text = text.replace(&format!("${{{placeholder}}}"), &value);
    }
    match text.split_once("${") {
        None => Ok(text),
        Some((_, rest)) => Err(StageError::Template {
            template: name,
            placeholder: rest.split('}').next().unwrap_or(rest).to_owned(),
        }),
    }
}

fn as_endpoint(server: &ModelServer) -> String {
    format!(
        "\n        - endpoint: {{address: {{socket_address: {{address: 127.0.0.1, port_value: {}}}}}}}",
        server.port()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_picker_configuration_is_complete() {
        let text = configuration(Route::Picker { grpc_port: 9102 }, 10101, 10102).unwrap();
        for part in ["port_value: 9102", "port_value: 10101", "port_value: 10102"] {
            assert!(text.contains(part), "no {part} in\n{text}");
        }
        for part in [
            "FULL_DUPLEX_STREAMED",
            "ORIGINAL_DST",
            "failure_mode_allow: false",
        ] {
            assert!(text.contains(part), "no {part} in\n{text}");
        }
    }

    #[test]
    fn the_plain_configuration_asks_nobody() {
        let text = configuration(Route::RoundRobin(&[]), 10101, 10102).unwrap();
        assert!(text.contains("lb_policy: ROUND_ROBIN"));
        assert!(!text.contains("ext_proc"));
    }

    #[test]
    fn an_envoy_that_is_gone_is_not_handed_out() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(noted(dir.path()), None);
        let binary = dir.path().join("envoy");
        std::fs::create_dir(dir.path().join("target")).unwrap();
        std::fs::write(
            dir.path().join("target/envoy-path.txt"),
            format!("{}\n", binary.display()),
        )
        .unwrap();
        assert_eq!(noted(dir.path()), None);
        std::fs::write(&binary, "").unwrap();
        assert_eq!(noted(dir.path()), Some(binary));
    }
}
