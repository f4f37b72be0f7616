//! Plugins in a registry, by the commands, against a real one.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use expect_test::expect;
use switchyard_build::contract::Stage;
use tempfile::TempDir;

use crate::plugin;
use crate::support::{Ended, run, switchyard};
use server::Server;

#[path = "../../../registry/tests/registry/support/server.rs"]
mod server;

const DOCS: &str = include_str!("../../../../docs/plugins/registry.md");
/// What the documentation says where its registry is.
const DOCS_REGISTRY: &str = "127.0.0.1:5000";
const PASSWORD: &str = "correct-horse";

/// A folder to work in, whose `config.json` is docker's.
struct Desk(TempDir);

impl Desk {
    fn new() -> Self {
        Self(TempDir::new().expect("a folder"))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// The command with these words, run here.
    fn command(&self, words: &str) -> Command {
        let words: Vec<_> = words.split_whitespace().collect();
        let mut command = switchyard(&words);
        command
            .current_dir(self.0.path())
            .env("DOCKER_CONFIG", self.0.path())
            .env("COSIGN_PASSWORD", PASSWORD);
        command
    }

    #[track_caller]
    fn well(&self, words: &str) -> Ended {
        let ended = run(&mut self.command(words));
        assert_eq!(ended.code, 0, "{words}: {}", ended.err);
        ended
    }

    #[track_caller]
    fn ill(&self, words: &str, code: i32) -> String {
        let ended = run(&mut self.command(words));
        assert_eq!(ended.code, code, "{words}: {}{}", ended.out, ended.err);
        ended.err
    }
}

/// One of the built-in plugins, as `cargo xtask build` made it.
pub(crate) fn component() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/plugins/queue-scorer.wasm")
}

#[test]
fn a_component_goes_there_and_back_signed() {
    let (server, desk) = (Server::open(), Desk::new());
    let plugin = format!("{}/team/queue:1", server.address());
    let steady = |text: &str| {
        text.replace(server.address(), "REGISTRY")
            .replace(&component().display().to_string(), "FILE")
    };
    let pushed = desk.well(&format!(
        "plugin push {plugin} --file {}",
        component().display()
    ));
    let (exact, told) = pushed.out.split_once('\n').expect("lines");
    assert!(
        exact.starts_with(&format!("{}/team/queue@sha256:", server.address())),
        "{exact}"
    );
    let told: String = told
        .lines()
        .filter(|line| !line.starts_with("  size"))
        .map(|line| format!("{line}\n"))
        .collect();
    assert_eq!(
        told,
        "  name     queue-scorer\n  version  0.1.0\n  summary  Prefers model servers with short waiting queues\n"
    );
    assert!(
        pushed
            .err
            .contains(&format!("switchyard plugin sign --key cosign.key {exact}")),
        "{}",
        pushed.err
    );

    desk.well(&format!("plugin pull {plugin}"));
    let bytes = std::fs::read(component()).expect("it was built");
    assert_eq!(
        std::fs::read(desk.path("queue.wasm")).expect("it was pulled"),
        bytes
    );
    let error = desk.ill(&format!("plugin pull {plugin}"), 1);
    assert_eq!(
        error,
        "error: queue.wasm is there already; choose another with `--output FILE`, or replace it with `--force`\n"
    );
    desk.well(&format!("plugin pull {exact} --force"));

    let inspected = desk.well(&format!("plugin inspect {plugin}"));
    assert!(inspected.out.starts_with(exact), "{}", inspected.out);
    assert!(
        inspected.out.contains("queue-scorer 0.1.0"),
        "{}",
        inspected.out
    );
    let next = format!("next: switchyard plugin pull {exact}\n");
    assert_eq!(inspected.err, next);

    desk.well("plugin keygen");
    let mode = std::fs::metadata(desk.path("cosign.key"))
        .expect("it was made")
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o600);
    let error = desk.ill(&format!("plugin verify --key cosign.pub {plugin}"), 1);
    assert!(error.contains("has no signature"), "{error}");
    let error = desk.ill(
        &format!("plugin pull --key cosign.pub {plugin} -o signed.wasm"),
        1,
    );
    assert!(error.contains("has no signature"), "{error}");
    assert!(!desk.path("signed.wasm").exists());
    let signed = desk.well(&format!("plugin sign --key cosign.key {plugin}"));
    assert!(
        signed
            .out
            .starts_with(&format!("{exact} is signed with SHA256:")),
        "{}",
        signed.out
    );
    let again = desk.well(&format!("plugin sign --key cosign.key {plugin}"));
    assert!(
        again
            .out
            .starts_with(&format!("{exact} was signed before with SHA256:")),
        "{}",
        again.out
    );
    let verified = desk.well(&format!("plugin verify --key cosign.pub {plugin}"));
    // What was demanded goes on being demanded.
    let next = format!("next: switchyard plugin pull --key cosign.pub {exact}\n");
    assert_eq!(verified.err, next);
    desk.well(&format!(
        "plugin pull --key cosign.pub {plugin} -o signed.wasm"
    ));
    assert_eq!(
        std::fs::read(desk.path("signed.wasm")).expect("it was pulled"),
        bytes
    );

    desk.well("plugin keygen --output other");
    let error = desk.ill(&format!("plugin verify --key other.pub {plugin}"), 1);
    assert!(
        steady(&error).contains("found signature 1: it was made with another key"),
        "{error}"
    );
}

#[test]
fn a_helper_has_the_password() {
    let (server, desk) = (Server::closed(), Desk::new());
    let plugin = format!("{}/queue:1", server.address());
    let push = format!("plugin push {plugin} --file {}", component().display());
    let steady = |error: &str| {
        error
            .replace(server.address(), "REGISTRY")
            .replace(&desk.0.path().display().to_string(), "DIR")
    };
    expect![[r#"
        error: REGISTRY does not let us push REGISTRY/queue:1: HTTP 401
        credentials: none; DIR/config.json does not exist
        expected an account that may: log in (docker login REGISTRY), or set DOCKER_CONFIG to the folder of a config.json that has credentials for it
    "#]].assert_eq(&steady(&desk.ill(&push, 1)));

    let helper = desk.path("docker-credential-tests");
    let script = |body: &str| {
        std::fs::write(&helper, format!("#!/bin/sh\n{body}\n")).expect("a file");
        std::fs::set_permissions(&helper, std::fs::Permissions::from_mode(0o755)).expect("ours");
    };
    let known = std::env::var("PATH").unwrap_or_default();
    let push_with_helper = || {
        let path = format!("{}:{known}", desk.0.path().display());
        run(desk.command(&push).env("PATH", path))
    };
    std::fs::write(desk.path("config.json"), r#"{"credsStore": "tests"}"#).expect("a file");
    script("echo 'credentials not found in native keychain'; exit 1");
    expect![[r#"
        error: REGISTRY does not let us push REGISTRY/queue:1: HTTP 401
        credentials: none; `docker-credential-tests` (credsStore of DIR/config.json) has none for REGISTRY; auths of DIR/config.json has no entry for REGISTRY
        expected an account that may: log in (docker login REGISTRY), or set DOCKER_CONFIG to the folder of a config.json that has credentials for it
    "#]].assert_eq(&steady(&push_with_helper().err));
    script(r#"echo '{"Username": "ada", "Secret": "wrong"}'"#);
    expect![[r#"
        error: REGISTRY does not let us push REGISTRY/queue:1: HTTP 401
        credentials: user ada, from `docker-credential-tests` (credsStore of DIR/config.json)
        expected an account that may: log in (docker login REGISTRY), or set DOCKER_CONFIG to the folder of a config.json that has credentials for it
    "#]].assert_eq(&steady(&push_with_helper().err));
    let right = format!(
        r#"read host; test "$host" = {} && echo '{{"Username": "ada", "Secret": "secret"}}'"#,
        server.address()
    );
    script(&right);
    let ended = push_with_helper();
    assert_eq!(ended.code, 0, "{}", ended.err);
}

/// An address of this machine that is not its own only.
fn outward() -> Option<std::net::IpAddr> {
    let socket = std::net::UdpSocket::bind("0.0.0.0:0").ok()?;
    // Nothing is sent; the system only chooses the address it would send from.
    socket.connect("192.0.2.1:9").ok()?;
    let address = socket.local_addr().ok()?.ip();
    (!address.is_loopback() && !address.is_unspecified()).then_some(address)
}

#[test]
fn other_machines_are_spoken_to_over_tls() {
    let Some(host) = outward() else {
        eprintln!("skipped: TLS to a registry; this machine has no address but its loopback");
        return;
    };
    let desk = Desk::new();
    let made = rcgen::generate_simple_self_signed(vec![host.to_string()]).expect("a certificate");
    let (certificate, key) = (desk.path("tls.crt"), desk.path("tls.key"));
    std::fs::write(&certificate, made.cert.pem()).expect("a file");
    std::fs::write(&key, made.signing_key.serialize_pem()).expect("a file");
    let tls = format!(
        "  tls: {{certificate: {}, key: {}}}\n",
        certificate.display(),
        key.display()
    );
    let server = Server::start(&host.to_string(), |_| tls);
    let push = format!(
        "plugin push {}/queue:1 --file {}",
        server.address(),
        component().display()
    );
    let error = desk.ill(&push, 1);
    assert!(
        error.contains(" over https: invalid peer certificate: UnknownIssuer"),
        "{error}"
    );
    let ended = run(desk.command(&push).env("SSL_CERT_FILE", &certificate));
    assert_eq!(ended.code, 0, "{}", ended.err);

    let plain = Server::start(&host.to_string(), |_| String::new());
    let push = push.replace(server.address(), plain.address());
    let error = desk.ill(&push, 1);
    assert!(
        error.contains("or allow plain HTTP (--plain-http)"),
        "{error}"
    );
    let pushed = desk.well(&format!("{push} --plain-http"));
    assert!(pushed.err.ends_with(" --plain-http\n"), "{}", pushed.err);
}

#[test]
fn what_cannot_be_pushed_is_named() {
    let desk = Desk::new();
    let there = "127.0.0.1:1/queue:1";
    let error = desk.ill(&format!("plugin push {there}"), 1);
    assert!(error.contains("holds no plugin.toml"), "{error}");
    std::fs::write(
        desk.path("plugin.toml"),
        "name = \"fair\"\nlanguage = \"rust\"\nstages = [\"scorer\"]\n",
    )
    .expect("a file");
    let error = desk.ill(&format!("plugin push {there}"), 1);
    assert!(
        error.contains("fair.wasm is not there; make it with `switchyard plugin build`"),
        "{error}"
    );
    let error = desk.ill(
        &format!("plugin push {there} --dir {}", desk.0.path().display()),
        1,
    );
    let folder = desk.0.path().display().to_string();
    expect![[r#"
        error: DIR/fair.wasm is not there; make it with `switchyard plugin build --dir DIR`, or name a component with `--file FILE`
    "#]].assert_eq(&error.replace(&folder, "DIR"));
    std::fs::write(desk.path("text.wasm"), "hello").expect("a file");
    let error = desk.ill(&format!("plugin push {there} --file text.wasm"), 1);
    assert!(error.contains("this is not WebAssembly"), "{error}");
    let error = desk.ill("plugin push queue:1 --file text.wasm", 2);
    assert!(
        error.contains("`queue:1` names no registry, expected the registry's host"),
        "{error}"
    );
    let error = desk.ill("plugin pull registry.example/queue", 2);
    assert!(error.contains("names no version"), "{error}");
}

#[test]
fn a_registry_that_says_nothing_is_given_up() {
    let desk = Desk::new();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let error = desk.ill(&format!("plugin pull {address}/queue:1 --timeout 1"), 1);
    assert!(
        error.contains("did not answer for 1 s while we wanted to pull"),
        "{error}"
    );
}

#[test]
fn keys_need_a_password_and_are_not_overwritten() {
    let desk = Desk::new();
    let ended = run(desk.command("plugin keygen").env_remove("COSIGN_PASSWORD"));
    assert_eq!(
        (ended.code, ended.err.as_str()),
        (
            1,
            "error: no password for cosign.key: set COSIGN_PASSWORD (it may be empty), or name a file with `--password-file FILE`\n"
        )
    );
    expect![[r#"
        error: no/where.key cannot be written: No such file or directory (os error 2); choose another place with `--output PREFIX`
    "#]].assert_eq(&desk.ill("plugin keygen --output no/where", 1));
    expect![[r#"
        error: no.pub cannot be read: No such file or directory (os error 2); `switchyard plugin keygen` makes a pair of keys, `--key FILE` names one that is there
    "#]].assert_eq(&desk.ill("plugin verify --key no.pub 127.0.0.1:1/queue:1", 1));
    expect![[r#"
        error: nothing cannot be read: No such file or directory (os error 2); name a file that holds the key's password with `--password-file FILE`, or set COSIGN_PASSWORD
    "#]].assert_eq(&desk.ill("plugin keygen --password-file nothing", 1));
    std::fs::write(desk.path("password"), "from a file\n").expect("a file");
    let keygen = "plugin keygen --password-file password";
    desk.well(keygen);
    let before = std::fs::read(desk.path("cosign.key")).expect("it was made");
    let error = desk.ill(keygen, 1);
    assert!(error.contains("cosign.key is there already"), "{error}");
    assert_eq!(
        std::fs::read(desk.path("cosign.key")).expect("still there"),
        before
    );
    // The variable holds another password.
    let error = desk.ill("plugin sign --key cosign.key 127.0.0.1:1/queue:1", 1);
    assert!(
        error.starts_with("error: cosign.key: the password does not open the key"),
        "{error}"
    );
    let error = desk.ill(
        "plugin sign --key cosign.key --password-file password 127.0.0.1:1/queue:1",
        1,
    );
    assert!(error.contains("no connection to 127.0.0.1:1"), "{error}");
    let error = desk.ill("plugin verify --key cosign.key 127.0.0.1:1/queue:1", 1);
    assert!(
        error.starts_with(
            "error: cosign.key: this is a `ENCRYPTED SIGSTORE PRIVATE KEY`, expected `PUBLIC KEY`"
        ),
        "{error}"
    );
}

#[test]
fn the_documentation_s_commands_work_as_they_stand() {
    let (server, desk) = (Server::open(), Desk::new());
    let made = plugin::make("registry-docs", &[Stage::Scorer]);
    plugin::build(&made);
    let folder = desk.path("tenant-fairness");
    std::os::unix::fs::symlink(&made, &folder).expect("a link");
    let blocks: Vec<_> = DOCS
        .split("```sh registry\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap_or_default())
        .collect();
    assert_eq!(blocks.len(), 5, "push, pull, inspect, sign, demand");
    let script = blocks.concat().replace(DOCS_REGISTRY, server.address());
    let program = Path::new(env!("CARGO_BIN_EXE_switchyard"));
    let known = std::env::var("PATH").unwrap_or_default();
    let path = format!("{}:{known}", program.parent().expect("a folder").display());
    let mut shell = Command::new("sh");
    shell
        .args(["-e", "-c", &script])
        .current_dir(desk.0.path())
        .env("DOCKER_CONFIG", desk.0.path())
        .env("PATH", path);
    let ended = run(&mut shell);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    assert!(desk.path("signed.wasm").is_file());
}
