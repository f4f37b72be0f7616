//! What the tests share.

pub(crate) mod fake;
pub(crate) mod server;

use std::path::Path;
use std::time::Duration;

use switchyard_registry::{About, Digest, Limits, Reference, Registry, Settings};
use tempfile::TempDir;

/// The smallest component there is.
pub(crate) const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

/// What the tests' plugin says of itself.
pub(crate) fn about() -> About {
    About {
        name: Some("fair".to_owned()),
        version: Some("0.1.0".to_owned()),
        summary: Some("Shares among tenants".to_owned()),
        ..About::default()
    }
}

/// A client that takes credentials from `folder`, never from whoever runs the tests.
pub(crate) fn client(folder: &Path) -> Registry {
    Registry::new(settings(folder))
}

/// One that does not wait long, in milliseconds.
pub(crate) fn hasty(folder: &TempDir, silence: u64, whole: u64) -> Registry {
    Registry::new(Settings {
        limits: Limits {
            connect: Duration::from_millis(500),
            silence: Duration::from_millis(silence),
            whole: Duration::from_millis(whole),
        },
        ..settings(folder.path())
    })
}

/// What such a client has set.
fn settings(folder: &Path) -> Settings {
    Settings {
        docker_config: Some(folder.to_path_buf()),
        limits: Limits {
            connect: Duration::from_secs(5),
            silence: Duration::from_secs(20),
            whole: Duration::from_secs(60),
        },
        ..Settings::default()
    }
}

/// A reference within this registry.
pub(crate) fn reference(registry: &str, rest: &str) -> Reference {
    format!("{registry}/{rest}").parse().unwrap()
}

/// A `config.json` with a user's password for this registry.
pub(crate) fn log_in(folder: &Path, registry: &str, name: &str, password: &str) {
    let config = format!(
        r#"{{"auths": {{"{registry}": {{"username": "{name}", "password": "{password}"}}}}}}"#
    );
    std::fs::write(folder.join("config.json"), config).unwrap();
}

/// An error's text with what differs from run to run put away.
pub(crate) fn told(error: &dyn std::error::Error, registry: &str, folder: &Path) -> String {
    error
        .to_string()
        .replace(registry, "REGISTRY")
        .replace(&folder.display().to_string(), "DIR")
}

/// A manifest of a component with this digest and size, as a registry might serve it.
pub(crate) fn manifest(media_type: &str, digest: &Digest, size: u64) -> Vec<u8> {
    format!(
        r#"{{"schemaVersion": 2, "config": {{"mediaType": "application/vnd.wasm.config.v0+json", "digest": "{digest}", "size": 2}}, "layers": [{{"mediaType": "{media_type}", "digest": "{digest}", "size": {size}}}]}}"#
    )
    .into_bytes()
}
