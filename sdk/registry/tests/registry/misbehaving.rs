//! Registries that refuse, keep silent, lie, or send too much.

use std::fs::Permissions;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::process::Command;
use std::time::{Duration, Instant};

use expect_test::expect;
use switchyard_registry::{Digest, Reference, RegistryError};
use tempfile::TempDir;

use crate::support::fake::{Answer, Fake, error, ok};
use crate::support::{COMPONENT, about, client, hasty, manifest, reference, told};

const WASM: &str = "application/wasm";
const MIB: usize = 1024 * 1024;
/// Set in a process that a test started to run itself once more.
const WITHIN: &str = "SWITCHYARD_WITHIN_TEST";

/// What pulling from this registry fails with.
fn failure(fake: &Fake, plugin: &Reference) -> (RegistryError, String) {
    let folder = TempDir::new().unwrap();
    let error = client(folder.path()).pull(plugin).unwrap_err();
    let text = told(&error, fake.address(), folder.path());
    (error, text)
}

#[test]
fn a_refusal_says_which_credentials_were_tried() {
    let fake = Fake::start(|_| error(403, "DENIED", "not for you"));
    let (error, text) = failure(&fake, &fake.plugin());
    assert!(matches!(error, RegistryError::Refused { .. }));
    expect![[r#"
        REGISTRY does not let us pull REGISTRY/fair:1: HTTP 403, denied: not for you
        credentials: none; DIR/config.json does not exist
        expected an account that may: log in (docker login REGISTRY), or set DOCKER_CONFIG to the folder of a config.json that has credentials for it"#]].assert_eq(&text);
}

#[test]
fn an_answer_that_makes_no_sense_is_quoted() {
    let fake = Fake::start(|_| Answer::Full(502, Vec::new(), b"<html>bad gateway".to_vec()));
    let (error, text) = failure(&fake, &fake.plugin());
    assert!(matches!(error, RegistryError::Odd { .. }));
    expect!["REGISTRY answered oddly when we wanted to pull REGISTRY/fair:1: HTTP 502, <html>bad gateway; check that it is an OCI registry, and its own log"].assert_eq(&text);
    let fake = Fake::start(|_| ok("<html>welcome"));
    let (_, text) = failure(&fake, &fake.plugin());
    expect!["REGISTRY/fair:1 is no plugin: its manifest is none of an artifact (expected value at line 1 column 1), expected one layer `application/wasm`; a component is put there by `switchyard plugin push`"].assert_eq(&text);
}

#[test]
fn other_bytes_than_asked_for_are_not_taken() {
    // Another manifest.
    let digest = Digest::of(COMPONENT);
    let other = manifest(WASM, &digest, 8);
    let served = Digest::of(&other);
    let fake = Fake::start(move |_| ok(other.clone()));
    let (error, text) = failure(&fake, &fake.plugin_at(&Digest::of(b"asked for")));
    assert!(matches!(error, RegistryError::OtherDigest { .. }));
    expect!["REGISTRY serves other bytes than asked for: the manifest of REGISTRY/fair@sha256:290a21250eb30ce5f507a6939efbc28c9fb3746178e92fcc41214c1664a4e52b has the digest sha256:343e65b96042eb2ab4d294cf5dc19766833190e2403e3a60eefb8073d1e37a6a, expected sha256:290a21250eb30ce5f507a6939efbc28c9fb3746178e92fcc41214c1664a4e52b; nothing of it was used; ask those who run the registry, or take another one"].assert_eq(&text);
    assert!(text.contains(served.as_str()));
    // The right manifest, another component.
    let right = manifest(WASM, &digest, 8);
    let named = Digest::of(&right);
    let fake = Fake::start(move |request| match request.path.contains("/manifests/") {
        true => ok(right.clone()),
        false => ok("evil"),
    });
    let (error, text) = failure(&fake, &fake.plugin_at(&named));
    assert!(matches!(error, RegistryError::OtherDigest { .. }));
    expect!["REGISTRY serves other bytes than asked for: the component of REGISTRY/fair@ASKED has the digest sha256:b5c1fb2efc6d6b4674c2fdcc48ce01b43a3b7c03763c0c3355de0099ee0f8c73, expected sha256:24eaf3439a60c96764c4f2c92a0a81b52bd4fe5d5b91f090184a0f6486b1bf29; nothing of it was used; ask those who run the registry, or take another one"].assert_eq(&text.replace(named.as_str(), "ASKED"));
}

#[test]
fn what_is_no_component_is_not_fetched() {
    let layer = "application/vnd.oci.image.layer.v1.tar+gzip";
    let body = manifest(layer, &Digest::of(b""), 0);
    let fake = Fake::start(move |_| ok(body.clone()));
    let (error, text) = failure(&fake, &fake.plugin());
    assert!(matches!(error, RegistryError::NotAPlugin { .. }));
    expect!["REGISTRY/fair:1 is no plugin: its layer is `application/vnd.oci.image.layer.v1.tar+gzip`, expected one layer `application/wasm`; a component is put there by `switchyard plugin push`"].assert_eq(&text);
    assert!(
        fake.seen()
            .iter()
            .all(|request| !request.path.contains("/blobs/"))
    );
}

#[test]
fn what_is_too_large_is_not_read() {
    let check = |size: u64, blob: fn() -> Answer, expected: &str| {
        let body = manifest(WASM, &Digest::of(b"large"), size);
        let fake = Fake::start(move |request| match request.path.contains("/manifests/") {
            true => ok(body.clone()),
            false => blob(),
        });
        let (error, text) = failure(&fake, &fake.plugin());
        assert!(matches!(error, RegistryError::TooLarge { .. }), "{error:?}");
        let start = "the component of REGISTRY/fair:1 is too large: ";
        let found = text.strip_prefix(start).unwrap_or(&text);
        assert!(found.starts_with(expected), "{text}");
    };
    let limit = ", expected at most 64 MiB; ";
    // The manifest says so.
    check(65 << 20, || ok(""), &format!("65 MiB{limit}"));
    // The manifest lies, the answer says so.
    let announced = || {
        Answer::Full(
            200,
            vec![format!("content-length: {}", 70 * MIB)],
            Vec::new(),
        )
    };
    check(8, announced, &format!("70 MiB{limit}"));
    // Both lie.
    let endless = || Answer::Endless(vec![0; MIB], Duration::ZERO);
    check(8, endless, &format!("more than 64 MiB{limit}"));
}

#[test]
fn a_manifest_without_end_is_not_read_either() {
    let fake = Fake::start(|_| Answer::Endless(vec![b' '; MIB], Duration::ZERO));
    let (error, text) = failure(&fake, &fake.plugin());
    assert!(matches!(error, RegistryError::TooLarge { .. }));
    assert!(
        text.starts_with("REGISTRY/fair:1 is too large: more than 4 MiB"),
        "{text}"
    );
    // An error without end is cut short.
    let fake = Fake::start_closed(|request| match request.path.as_str() {
        "/v2/" => ok("{}"),
        _ => Answer::Full(
            403,
            vec![format!("content-length: {}", 70 * MIB)],
            vec![b'x'; 70 * MIB],
        ),
    });
    let (error, text) = failure(&fake, &fake.plugin());
    assert!(matches!(error, RegistryError::Refused { .. }));
    assert!(text.len() < 1000, "{text}");
}

#[test]
fn silence_ends_the_wait_wherever_it_begins() {
    let folder = TempDir::new().unwrap();
    let started = Instant::now();
    let at_once = Fake::start_closed(|_| Answer::Silence);
    let then = Fake::start(|_| Answer::Silence);
    for fake in [&at_once, &then] {
        let client = hasty(&folder, 300, 30_000);
        let error = client.pull(&fake.plugin()).unwrap_err();
        assert!(matches!(error, RegistryError::Silent { .. }), "{error:?}");
        let text = told(&error, fake.address(), folder.path());
        assert_eq!(
            text,
            "REGISTRY did not answer for 0.3 s while we wanted to pull REGISTRY/fair:1; check that it runs and that nothing between drops the connection, or wait longer"
        );
        let error = client
            .push(&fake.plugin(), COMPONENT, &about())
            .unwrap_err();
        assert!(matches!(error, RegistryError::Silent { .. }), "{error:?}");
    }
    assert!(started.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_trickle_ends_with_the_whole_limit() {
    let folder = TempDir::new().unwrap();
    let fake = Fake::start(|_| Answer::Endless(b" ".to_vec(), Duration::from_millis(20)));
    let started = Instant::now();
    let error = hasty(&folder, 10_000, 600)
        .pull(&fake.plugin())
        .unwrap_err();
    assert!(matches!(error, RegistryError::Slow { .. }), "{error:?}");
    expect!["to pull REGISTRY/fair:1 took more than 0.6 s, the most that is waited for; check the way to REGISTRY, or wait longer"].assert_eq(&told(&error, fake.address(), folder.path()));
    assert!(started.elapsed() < Duration::from_secs(10));
}

/// Runs a test of this file within a process of its own, that finds this script as a credential helper.
fn with_helper(test: &str, script: &str) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("docker-credential-test");
    std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    let known = std::env::var_os("PATH").unwrap();
    let folders = std::iter::once(folder.path().to_path_buf());
    let folders = folders.chain(std::env::split_paths(&known));
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", &format!("misbehaving::{test}")])
        .env("PATH", std::env::join_paths(folders).unwrap())
        .env(WITHIN, "1")
        .status()
        .unwrap();
    assert!(status.success(), "{status}");
}

#[test]
fn a_helper_takes_of_the_same_time() {
    if std::env::var_os(WITHIN).is_none() {
        return with_helper("a_helper_takes_of_the_same_time", "exec sleep 60");
    }
    let folder = TempDir::new().unwrap();
    std::fs::write(
        folder.path().join("config.json"),
        r#"{"credsStore": "test"}"#,
    )
    .unwrap();
    let started = Instant::now();
    let error = hasty(&folder, 10_000, 600)
        .pull(&reference("127.0.0.1:1", "fair:1"))
        .unwrap_err();
    expect!["the credential helper `docker-credential-test` has nothing to say of 127.0.0.1:1: no answer in 0.6 s; try it: echo 127.0.0.1:1 | docker-credential-test get"].assert_eq(&error.to_string());
    assert!(started.elapsed() < Duration::from_secs(30));
}

#[test]
fn without_a_connection_host_and_reason_are_named() {
    let folder = TempDir::new().unwrap();
    // A port that was free a moment ago.
    let address = {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        listener.local_addr().unwrap().to_string()
    };
    let client = hasty(&folder, 1000, 10_000);
    let error = client.pull(&reference(&address, "fair:1")).unwrap_err();
    let text = told(&error, &address, folder.path());
    expect!["no connection to REGISTRY over http: Connection refused (os error 111); check host and port"].assert_eq(&text);
    // An address kept for documentation, where nobody answers: no way there, or no answer in time.
    let started = Instant::now();
    let error = client
        .pull(&reference("192.0.2.1:5000", "fair:1"))
        .unwrap_err();
    let text = error.to_string();
    assert!(
        text.starts_with("no connection to 192.0.2.1:5000 over https: "),
        "{text}"
    );
    assert!(
        text.ends_with(", or allow plain HTTP (--plain-http) if that is what it speaks"),
        "{text}"
    );
    assert!(started.elapsed() < Duration::from_secs(8));
}

#[test]
fn a_place_to_upload_to_that_is_none_is_an_error() {
    let fake = Fake::start(|request| match request.method.as_str() {
        "HEAD" => Answer::Full(404, Vec::new(), Vec::new()),
        _ => Answer::Full(202, vec!["location: nowhere".to_owned()], Vec::new()),
    });
    let folder = TempDir::new().unwrap();
    let error = client(folder.path())
        .push(&fake.plugin(), COMPONENT, &about())
        .unwrap_err();
    assert!(matches!(error, RegistryError::Odd { .. }), "{error:?}");
}
