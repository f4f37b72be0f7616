//! With cosign: what it signs counts here, and what is signed here counts there.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use expect_test::expect;
use switchyard_registry::{Digest, PrivateKey, PublicKey, RegistryError, VerifyError};
use tempfile::TempDir;

use crate::support::fake::{Fake, Request, error, ok};
use crate::support::server::Server;
use crate::support::{COMPONENT, about, client, hasty, reference, told};

const LONG: &str = "SWITCHYARD_LONG";
const PASSWORD: &str = "correct-horse";
const SIGNED: &str = "sha256:df3b613b38e7a913aedc0002a43182829459b24c331c59ea83f9b9338dc39aec";
const PAYLOAD: &[u8] = include_bytes!("../cosign/payload.json");
const MANIFEST: &str = include_str!("../cosign/manifest.json");
const COSIGN_PUB: &str = include_str!("../cosign/cosign.pub");
/// The manifest of a plugin, and the digest of the component that it names.
const PLUGIN: &str = r#"{"schemaVersion": 2, "config": {"mediaType": "application/vnd.wasm.config.v0+json", "digest": "sha256:24eaf3439a60c96764c4f2c92a0a81b52bd4fe5d5b91f090184a0f6486b1bf29", "size": 8}, "layers": [{"mediaType": "application/wasm", "digest": "sha256:24eaf3439a60c96764c4f2c92a0a81b52bd4fe5d5b91f090184a0f6486b1bf29", "size": 8}]}"#;
const COMPONENT_DIGEST: &str =
    "sha256:24eaf3439a60c96764c4f2c92a0a81b52bd4fe5d5b91f090184a0f6486b1bf29";

/// A registry that serves cosign's signature as one of `digest`, each answer after `pause`.
fn with_signature(digest: &str, pause: Duration) -> Fake {
    let tag = format!("/manifests/sha256-{}.sig", &digest[7..]);
    let blob = format!("/blobs/{}", Digest::of(PAYLOAD));
    Fake::start(move |request| {
        std::thread::sleep(pause);
        match request.path.strip_prefix("/v2/fair") {
            Some(path) if path == tag => ok(MANIFEST),
            Some(path) if path == blob => ok(PAYLOAD),
            Some("/manifests/1") => ok(PLUGIN),
            _ => error(404, "MANIFEST_UNKNOWN", "no such thing"),
        }
    })
}

#[test]
fn what_cosign_put_into_a_registry_counts() {
    let fake = with_signature(SIGNED, Duration::ZERO);
    let folder = TempDir::new().unwrap();
    let client = client(folder.path());
    let plugin = fake.plugin_at(&SIGNED.parse().unwrap());
    let key = PublicKey::from_pem(COSIGN_PUB).unwrap();
    let [one, two] = [(); 2].map(|()| PrivateKey::generate().unwrap().public());
    let keys = [one.clone(), key.clone()];
    let verified = client.verify(&plugin, &keys).unwrap();
    assert_eq!((verified.digest.as_str(), verified.key), (SIGNED, &key));
    // However many keys: the way in, the list of signatures, the signature.
    assert_eq!(fake.seen().len(), 3, "{:?}", fake.seen());

    let keys = [one, two];
    let error = client.verify(&plugin, &keys).unwrap_err();
    assert!(
        matches!(error, VerifyError::NotByTheseKeys { .. }),
        "{error:?}"
    );
    let [one, two] = keys.map(|key| key.fingerprint());
    let text = told(&error, fake.address(), folder.path());
    let text = text.replace(&one, "ONE").replace(&two, "TWO");
    expect!["REGISTRY/fair@sha256:df3b613b38e7a913aedc0002a43182829459b24c331c59ea83f9b9338dc39aec has no signature of any of the keys ONE, TWO, expected one; found signature 1: it was made with another key; check that one of these is the public key of those who signed it, or sign it: switchyard plugin sign --key cosign.key REGISTRY/fair@sha256:df3b613b38e7a913aedc0002a43182829459b24c331c59ea83f9b9338dc39aec"].assert_eq(&text);
}

#[test]
fn what_is_not_signed_is_not_fetched_and_looking_takes_no_time_of_its_own() {
    let folder = TempDir::new().unwrap();
    let keys = [PrivateKey::generate().unwrap().public()];
    let digest = Digest::of(PLUGIN.as_bytes());
    let fake = with_signature(digest.as_str(), Duration::ZERO);
    let error = client(folder.path()).pull_signed(&fake.plugin(), &keys);
    let error = error.unwrap_err();
    assert!(
        matches!(error, VerifyError::NotByTheseKeys { .. }),
        "{error:?}"
    );
    let component = |request: &Request| request.path.contains(&COMPONENT_DIGEST[7..]);
    assert!(!fake.seen().iter().any(component), "{:?}", fake.seen());

    // Three answers that are each in time, and together are not.
    let fake = with_signature(digest.as_str(), Duration::from_millis(400));
    let error = hasty(&folder, 10_000, 1000).pull_signed(&fake.plugin(), &keys);
    let error = error.unwrap_err();
    assert!(
        matches!(error, VerifyError::Registry(RegistryError::Slow { .. })),
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
    client.verify(&plugin.at(&digest), &[public]).unwrap();
    client
        .verify(&plugin.at(&digest), &[ours.public()])
        .unwrap();
    assert!(!client.sign(&plugin, &theirs).unwrap().new);

    // And cosign opens what we sealed, and adds to what we put there.
    let third = PrivateKey::generate().unwrap();
    std::fs::write(folder.join("third.key"), third.to_pem(PASSWORD).unwrap()).unwrap();
    let (well, said) = sign("third.key");
    assert!(well, "{said}");
    client
        .verify(&plugin.at(&digest), &[third.public()])
        .unwrap();
    let (well, said) = verify("ours.pub");
    assert!(well, "{said}");
}
