//! Components that come from registries: a real one, and some that misbehave.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use switchyard_registry::{About, Digest, PrivateKey, Reference, Registry};
use tempfile::TempDir;

use crate::support::extproc::{self, Stream};
use crate::support::fake::{Answer, Fake, error, ok};
use crate::support::guest::Guest;
use crate::support::http;
use crate::support::picker::{self, Picker, PickerOptions};
use crate::support::server::Server;
use crate::support::stage::endpoint;
use crate::support::{reference, wait};

const PLAIN: &str = "
apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
plugins:
- {type: queue-scorer}
schedulingProfiles:
- {name: default, plugins: [{pluginRef: queue-scorer}]}
";
const LAST: &str = "127.0.0.1:8001";

/// The same with a filter from a registry.
fn with(reference: &Reference) -> String {
    let plugin = format!("- {{type: mine, component: {{oci: \"{reference}\"}}}}\n");
    PLAIN
        .replace(
            "schedulingProfiles:\n",
            &format!("{plugin}schedulingProfiles:\n"),
        )
        .replace("[{pluginRef", "[{pluginRef: mine}, {pluginRef")
}

/// Keeps the last of the rows it is offered.
fn last() -> Vec<u8> {
    let after = "(call $answer (i32.add (local.get 0) (i32.mul (i32.sub (local.get 1) (i32.const 1)) (i32.const 4))) (i32.const 1))";
    Guest::new(&["filter"]).body("keep", after).build()
}

struct Bed {
    directory: TempDir,
}

impl Bed {
    fn new() -> Self {
        Self {
            directory: TempDir::new().unwrap(),
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn start(&self, config: String, flags: &[String]) -> Picker {
        let mut all = vec![format!("--data-dir={}", self.path("data").display())];
        all.extend_from_slice(flags);
        let options = PickerOptions {
            config,
            endpoints: vec![endpoint(8000), endpoint(8001)],
            flags: all,
        };
        Picker::start(self.directory.path(), &options)
    }

    fn edit(&self, config: &str) {
        std::fs::write(self.path("config.yaml"), config).unwrap();
    }
}

/// Where some requests go, if all go to the same.
fn destination(picker: &Picker) -> Option<String> {
    extproc::run(async {
        let channel = extproc::connect(picker.grpc).await;
        let mut seen = Vec::new();
        for number in 0..12 {
            let mut stream = Stream::open(&channel, &format!("request-{number}")).await;
            stream
                .body(br#"{"model":"m","prompt":"hello"}"#, true)
                .await;
            seen.push(stream.decision().await.unwrap());
        }
        seen.dedup();
        (seen.len() == 1).then(|| seen.remove(0))
    })
}

fn number(picker: &Picker, expected: f64) {
    let seen = || picker.metric("switchyard_plan_number");
    wait::for_value("the plan's number", seen, |seen| *seen == expected);
}

/// Waits for the next refusal of an edit; what `/readyz` says of it.
fn refusal(picker: &Picker, count: f64) -> String {
    let refused = || picker.metric(r#"switchyard_plan_changes_total{outcome="refused"}"#);
    wait::for_value("a refusal", refused, |refused| *refused == count);
    let ready = http::get(picker.metrics, "/readyz");
    assert_eq!(ready.status, 200);
    ready.text()
}

/// Pushes a component; its exact name.
fn push(server: &Server) -> Reference {
    let tag = reference(server.address(), "team/last:0.1.0");
    let digest = Registry::default().push(&tag, &last(), &About::default());
    tag.at(&digest.unwrap())
}

fn key_file(path: &Path) -> PrivateKey {
    let key = PrivateKey::generate().unwrap();
    std::fs::write(path, key.public().to_pem()).unwrap();
    key
}

#[test]
fn a_signed_component_comes_from_its_registry_once() {
    let (bed, server) = (Bed::new(), Server::open());
    let plugin = push(&server);
    let key = key_file(&bed.path("team.pub"));
    key_file(&bed.path("other.pub"));
    // Of several keys, one must have signed.
    let flags = ["other.pub", "team.pub"]
        .map(|file| format!("--require-signatures-key={}", bed.path(file).display()));
    let first = bed.start(PLAIN.to_owned(), &flags);

    bed.edit(&with(&plugin));
    let unsigned = refusal(&first, 1.0);
    let expected = format!(
        "plugin `mine`: its component {plugin} was not fetched: --require-signatures-key: {plugin} has no signature, expected one under the tag sha256-"
    );
    assert!(unsigned.contains(&expected), "{unsigned}");
    assert_eq!(first.metric("switchyard_plan_number"), 1.0);

    let signed = Registry::default().sign(&plugin, &key).unwrap();
    assert!(signed.new);
    bed.edit(&format!("{}\n# once more\n", with(&plugin)));
    number(&first, 2.0);
    assert_eq!(destination(&first).as_deref(), Some(LAST));
    bed.edit(PLAIN);
    number(&first, 3.0);
    drop(first);

    // What was fetched and found good is kept: neither a start nor a way back needs the registry.
    drop(server);
    let second = bed.start(with(&plugin), &flags);
    assert_eq!(destination(&second).as_deref(), Some(LAST));
    bed.edit(PLAIN);
    number(&second, 5.0);
    let back = http::ask(second.admin, "POST /admin/plan/rollback?to=2", "", "");
    assert_eq!(back.status, 200, "{}", back.text());
    assert_eq!(destination(&second).as_deref(), Some(LAST));
    drop(second);

    // Found good by another key is not found good by this one.
    let key = format!(
        "--require-signatures-key={}",
        bed.path("other.pub").display()
    );
    let endpoints = format!("--endpoints-file={}", bed.path("endpoints.yaml").display());
    let config = format!("--config-file={}", bed.path("config.yaml").display());
    bed.edit(&with(&plugin));
    let data = format!("--data-dir={}", bed.path("data").display());
    let output = picker::command()
        .args([key, endpoints, config, data])
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("no connection to"), "{said}");
}

#[test]
fn without_a_key_nobody_need_have_signed() {
    let (bed, server) = (Bed::new(), Server::open());
    let picker = bed.start(with(&push(&server)), &[]);
    assert_eq!(destination(&picker).as_deref(), Some(LAST));
    assert_eq!(picker.plugin("mine")["digest"], Digest::of(&last()).hex());
}

/// An edit that names a component in this registry is refused with these words, and what ran goes on.
fn check_refused(fake: &Fake, words: &str) {
    let bed = Bed::new();
    let picker = bed.start(PLAIN.to_owned(), &["--registry-timeout=2s".to_owned()]);
    bed.edit(&with(&fake.plugin_at(&Digest::of(b"asked for"))));
    let said = refusal(&picker, 1.0);
    assert!(
        said.contains("plugin `mine`: its component ") && said.contains(words),
        "{said}"
    );
    assert!(destination(&picker).is_none());
    let log = picker.process.log();
    assert!(
        log.contains("a new plan was refused") && log.contains(words),
        "{log}"
    );
    let shown = picker.page("/debug/plugins")["refused"]["reason"].clone();
    assert!(shown.as_str().unwrap().contains(words), "{shown}");
}

#[test]
fn a_registry_that_refuses() {
    check_refused(
        &Fake::start(|_| error(403, "DENIED", "not for you")),
        "denied: not for you",
    );
}

#[test]
fn a_registry_that_serves_something_else() {
    check_refused(
        &Fake::start(|_| ok("{}")),
        "serves other bytes than asked for",
    );
}

#[test]
fn a_registry_that_never_answers() {
    check_refused(&Fake::start(|_| Answer::Silence), "2 s");
}

#[test]
fn while_a_registry_is_waited_for_everything_else_goes_on() {
    let bed = Bed::new();
    let fake = Fake::start(|_| Answer::Silence);
    let picker = bed.start(PLAIN.to_owned(), &["--registry-timeout=600s".to_owned()]);
    bed.edit(&with(&fake.plugin_at(&Digest::of(b"asked for"))));
    wait::for_value("a question", || fake.seen().len(), |asked| *asked > 0);

    let start = Instant::now();
    assert_eq!(http::get(picker.metrics, "/readyz").status, 200);
    assert_eq!(picker.metric("switchyard_plan_number"), 1.0);
    assert_eq!(picker.page("/admin/plans")[0]["plan"], 1);
    assert!(destination(&picker).is_none());
    assert!(
        start.elapsed() < Duration::from_secs(20),
        "{:?}",
        start.elapsed()
    );
    // Nor does the end wait for it.
    picker.process.terminate();
    let ended = picker.process.ended_within(Duration::from_secs(20));
    assert!(ended.success(), "{ended}");
}

#[test]
fn a_key_that_is_none_is_told_at_the_start() {
    let bed = Bed::new();
    std::fs::write(bed.path("endpoints.yaml"), "endpoints: []\n").unwrap();
    std::fs::write(bed.path("key.pub"), "no key").unwrap();
    let endpoints = format!("--endpoints-file={}", bed.path("endpoints.yaml").display());
    for (file, words) in [
        ("key.pub", "key.pub: there is no key in PEM form"),
        ("missing.pub", "missing.pub cannot be read: No such file"),
    ] {
        let key = format!("--require-signatures-key={}", bed.path(file).display());
        let output = picker::command().args([&endpoints, &key]).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(
            said.contains("--require-signatures-key: ") && said.contains(words),
            "{said}"
        );
    }
}
