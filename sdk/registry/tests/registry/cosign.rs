//! With cosign: what it signs counts here, and what is signed here counts there.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use switchyard_registry::{Digest, PrivateKey, PublicKey, VerifyError};
use tempfile::TempDir;

use crate::support::fake::{Fake, error, ok};
use crate::support::server::Server;
use crate::support::{COMPONENT, about, client, reference};

const LONG: &str = "SWITCHYARD_LONG";
const PASSWORD: &str = "correct-horse";
const SIGNED: &str = "sha256:df3b613b38e7a913aedc0002a43182829459b24c331c59ea83f9b9338dc39aec";
const PAYLOAD: &[u8] = include_bytes!("../cosign/payload.json");
const MANIFEST: &str = include_str!("../cosign/manifest.json");
const COSIGN_PUB: &str = include_str!("../cosign/cosign.pub");

#[test]
fn what_cosign_put_into_a_registry_counts() {
    let fake = Fake::start(|request| {
        let (tag, blob) = (
            format!("/manifests/sha256-{}.sig", &SIGNED[7..]),
            Digest::of(PAYLOAD),
        );
        match request.path.strip_prefix("/v2/fair") {
            Some(path) if path == tag => ok(MANIFEST),
            Some(path) if path == format!("/blobs/{blob}") => ok(PAYLOAD),
            _ => error(404, "MANIFEST_UNKNOWN", "no such thing"),
        }
    });
    let folder = TempDir::new().unwrap();
    let client = client(folder.path());
    let key = PublicKey::from_pem(COSIGN_PUB).unwrap();
    client
        .verify(&fake.plugin(), &SIGNED.parse().unwrap(), &key)
        .unwrap();
    let other = PrivateKey::generate().unwrap().public();
    let error = client
        .verify(&fake.plugin(), &SIGNED.parse().unwrap(), &other)
        .unwrap_err();
    assert!(
        matches!(error, VerifyError::NotByThisKey { .. }),
        "{error:?}"
    );
}

/// Where cosign is; none, said aloud, if this is not a long run.
fn cosign() -> Option<PathBuf> {
    if std::env::var_os(LONG).is_none() {
        // Written directly, because what a passing test prints is not shown.
        let _ = writeln!(
            std::io::stderr(),
            "skipped: signatures with the real cosign; set {LONG}=1, as `cargo verify --long` does"
        );
        return None;
    }
    let note = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/cosign-path.txt");
    let cosign = std::fs::read_to_string(&note).unwrap_or_else(|error| {
        panic!(
            "{}: {error}; `cargo verify --long` builds cosign and writes its path there",
            note.display()
        )
    });
    Some(PathBuf::from(cosign))
}

/// Runs cosign to its end; whether all was well, and what it said.
fn run(cosign: &Path, folder: &Path, args: &[&str]) -> (bool, String) {
    let output = Command::new(cosign)
        .args(args)
        .current_dir(folder)
        .env("HOME", folder)
        .env("COSIGN_PASSWORD", PASSWORD)
        .output()
        .unwrap_or_else(|error| panic!("{}: {error}", cosign.display()));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.success(), said)
}

#[test]
fn keys_and_signatures_go_both_ways() {
    let Some(cosign) = cosign() else { return };
    let (server, files) = (Server::open(), TempDir::new().unwrap());
    let folder = files.path();
    let client = client(folder);
    let plugin = reference(server.address(), "team/fair:1");
    let digest = client.push(&plugin, COMPONENT, &about()).unwrap();
    let exact = plugin.at(&digest).to_string();
    let sign = |key: &str| {
        let args = [
            "sign",
            "--key",
            key,
            "--tlog-upload=false",
            "--allow-http-registry",
            "-y",
            &exact,
        ];
        run(&cosign, folder, &args)
    };
    let verify = |key: &str| {
        let args = [
            "verify",
            "--key",
            key,
            "--insecure-ignore-tlog",
            "--allow-http-registry",
            &exact,
        ];
        run(&cosign, folder, &args)
    };

    // A pair of ours, and our signature, in cosign's hands.
    let ours = PrivateKey::generate().unwrap();
    std::fs::write(folder.join("ours.key"), ours.to_pem(PASSWORD).unwrap()).unwrap();
    std::fs::write(folder.join("ours.pub"), ours.public().to_pem()).unwrap();
    assert!(!verify("ours.pub").0, "nothing is signed yet");
    assert!(client.sign(&plugin, &ours).unwrap().new);
    let (well, said) = verify("ours.pub");
    assert!(well, "{said}");

    // A pair of cosign's, and its signature, in our hands. Ours stays.
    let (well, said) = run(
        &cosign,
        folder,
        &["generate-key-pair", "--output-key-prefix", "theirs"],
    );
    assert!(well, "{said}");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let theirs = PrivateKey::from_pem(&read("theirs.key"), PASSWORD).unwrap();
    let public = PublicKey::from_pem(&read("theirs.pub")).unwrap();
    assert_eq!(theirs.public(), public);
    assert!(!verify("theirs.pub").0, "only ours is there");
    let (well, said) = sign("theirs.key");
    assert!(well, "{said}");
    client.verify(&plugin, &digest, &public).unwrap();
    client.verify(&plugin, &digest, &ours.public()).unwrap();
    assert!(!client.sign(&plugin, &theirs).unwrap().new);

    // And cosign opens what we sealed, and adds to what we put there.
    let third = PrivateKey::generate().unwrap();
    std::fs::write(folder.join("third.key"), third.to_pem(PASSWORD).unwrap()).unwrap();
    let (well, said) = sign("third.key");
    assert!(well, "{said}");
    client.verify(&plugin, &digest, &third.public()).unwrap();
    let (well, said) = verify("ours.pub");
    assert!(well, "{said}");
}
