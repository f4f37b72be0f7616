//! Envoy asks over TLS, and certificates change under open streams.

use std::fmt::Write;
use std::path::Path;

use serde_json::json;
use sha2::{Digest, Sha256};
use switchyard_sim::Span;
use tempfile::TempDir;

use crate::support::envoy::{Asks, Envoy, Mode};
use crate::support::http::{self, Client};
use crate::support::picker::{Picker, PickerOptions};
use crate::support::stage::{endpoints, servers};
use crate::support::wait;

const COMPLETIONS: &str = "POST /v1/completions";
const STREAMS: usize = 6;

/// Puts a new certificate in place as a rotation does, each file renamed over the old one; its SHA-256.
fn rotate(folder: &Path) -> String {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let key = made.signing_key.serialize_pem();
    for (name, text) in [("tls.key", key), ("tls.crt", made.cert.pem())] {
        let fresh = folder.join("fresh");
        std::fs::write(&fresh, text).unwrap();
        std::fs::rename(&fresh, folder.join(name)).unwrap();
    }
    let digest = Sha256::digest(made.cert.der());
    digest.iter().fold(String::new(), |mut hex, byte| {
        write!(hex, "{byte:02x}").unwrap();
        hex
    })
}

fn body(stream: bool) -> String {
    json!({"model": "m", "prompt": "x", "max_tokens": 25, "ignore_eos": true, "stream": stream})
        .to_string()
}

#[test]
fn a_certificate_changes_under_open_streams() {
    let directory = TempDir::new().unwrap();
    let certificates = TempDir::new().unwrap();
    let old = rotate(certificates.path());
    let servers = servers(2, |options| {
        options.live.inter_token_latency = Span::from_millis(100);
    });
    let options = PickerOptions {
        endpoints: endpoints(&servers),
        flags: vec![
            "--secure-serving".to_owned(),
            format!("--cert-path={}", certificates.path().display()),
            "--enable-cert-reload".to_owned(),
        ],
        ..PickerOptions::default()
    };
    let picker = Picker::start(directory.path(), &options);
    // Each of these takes one certificate and no other.
    let envoy = |hash: &str| {
        let directory = TempDir::new().unwrap();
        let asks = Asks {
            mode: Mode::FullDuplex,
            picker: picker.grpc,
            tls: Some(hash.to_owned()),
        };
        (Envoy::start(directory.path(), &asks), directory)
    };
    let (before, _before) = envoy(&old);
    let mut streams: Vec<Client> = (0..STREAMS)
        .map(|_| {
            let mut client = Client::new(before.address);
            client.send(COMPLETIONS, "", body(true).as_bytes()).unwrap();
            assert_eq!(client.head().unwrap().status, 200);
            client
        })
        .collect();

    let new = rotate(certificates.path());
    let (after, _after) = envoy(&new);
    let ask = |envoy: &Envoy| http::get(envoy.address, "/v1/models").status;
    wait::for_value(
        "a request over the new certificate",
        || ask(&after),
        |status| *status == 200,
    );
    let (late, _late) = envoy(&old);
    assert_eq!(ask(&late), 500, "the old certificate is still in use");
    assert_eq!(ask(&before), 200, "a connection of before the rotation");

    picker.await_in_flight(STREAMS as f64);
    for client in &mut streams {
        let mut text = Vec::new();
        while let Some(chunk) = client.chunk().unwrap() {
            text.extend(chunk);
        }
        assert!(text.ends_with(b"data: [DONE]\n\n"));
    }
    picker.await_in_flight(0.0);
}
