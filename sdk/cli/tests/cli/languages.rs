//! A new plugin in every language builds, passes its own unit tests, its language's linter and `plugin test`.
//!
//! Every template by itself takes minutes, so that runs only where `SWITCHYARD_LONG` is set.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::plugin::{for_wasm, shared};
use crate::support::{copied, fresh, run, switchyard};
use switchyard_build::contract::Stage;
use switchyard_build::language::Language;

/// The stages that every language has.
const USUAL: [Stage; 4] = [Stage::Filter, Stage::Scorer, Stage::Picker, Stage::Scraper];

/// What the language's usual linter is called with.
fn linter(language: Language) -> &'static str {
    match language {
        Language::Rust => "cargo fmt --check && cargo clippy --locked --all-targets -- -D warnings",
        Language::Go => "test -z \"$(gofmt -l .)\" && go vet ./...",
        Language::Js | Language::Ts => "npm run lint && npm run check",
        Language::Python => "ruff check . && ruff format --check .",
        // Its tests are compiled with all warnings as errors.
        Language::C => "make clean test",
    }
}

/// Runs a line in the plugin's folder, with the language's own tools on PATH.
#[track_caller]
fn shell(folder: &Path, language: Language, line: &str) {
    let known = std::env::var_os("PATH").unwrap_or_default();
    let folders = language.toolchain().folders().into_iter();
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&known)))
        .expect("no folder holds a colon");
    let mut command = Command::new("sh");
    command
        .args(["-c", line])
        .current_dir(folder)
        .env("PATH", path);
    let ended = run(shared(&mut command));
    assert_eq!(
        ended.code, 0,
        "{language}, `{line}`:\n{}{}",
        ended.out, ended.err
    );
}

/// Makes a plugin; its folder.
#[track_caller]
fn make(name: &str, language: Language, stages: &[Stage]) -> PathBuf {
    let folder = fresh(name);
    let mut command = switchyard(&["plugin", "new", name, "--lang", language.name()]);
    for stage in stages {
        command.args(["--stage", stage.name()]);
    }
    let ended = run(command.arg("--dir").arg(&folder));
    assert_eq!(ended.code, 0, "{language}: {}", ended.err);
    folder
}

/// Makes and builds a plugin; its component.
#[track_caller]
pub(crate) fn make_and_build(name: &str, language: Language, stages: &[Stage]) -> PathBuf {
    let folder = make(name, language, stages);
    let mut command = switchyard(&["plugin", "build", "--dir"]);
    let ended = run(for_wasm(shared(command.arg(&folder))));
    assert_eq!(ended.code, 0, "{language}: {}", ended.err);
    folder.join(format!("{name}.wasm"))
}

/// Makes, tests and lints a plugin.
#[track_caller]
fn passes(name: &str, language: Language, stages: &[Stage]) {
    let folder = make(name, language, stages);
    shell(&folder, language, language.test_command());
    shell(&folder, language, linter(language));
    let mut command = switchyard(&["plugin", "test", "--dir"]);
    let ended = run(for_wasm(shared(command.arg(&folder))));
    assert_eq!(
        ended.code, 0,
        "{language}, {stages:?}:\n{}{}",
        ended.out, ended.err
    );
    // What the build left there must not trouble anybody either.
    shell(&folder, language, linter(language));
    let component = folder.join(format!("{name}.wasm"));
    let mut command = switchyard(&["plugin", "inspect"]);
    let told = run(command.arg(component)).out;
    let usual = match language {
        Language::Rust | Language::C => "2 ms a call and 64 MiB",
        Language::Go | Language::Js | Language::Ts | Language::Python => "20 ms a call and 512 MiB",
    };
    assert!(told.contains(usual), "{language}:\n{told}");
}

#[test]
fn a_scorer_in_rust() {
    passes("scorer-rust", Language::Rust, &[Stage::Scorer]);
}

#[test]
fn a_scorer_in_go() {
    passes("scorer-go", Language::Go, &[Stage::Scorer]);
}

#[test]
fn a_scorer_in_javascript() {
    passes("scorer-js", Language::Js, &[Stage::Scorer]);
}

#[test]
fn a_scorer_in_typescript() {
    passes("scorer-ts", Language::Ts, &[Stage::Scorer]);
}

#[test]
fn a_scorer_in_python() {
    passes("scorer-python", Language::Python, &[Stage::Scorer]);
}

#[test]
fn a_scorer_in_c() {
    passes("scorer-c", Language::C, &[Stage::Scorer]);
}

#[test]
fn all_stages_in_rust() {
    passes("all-rust", Language::Rust, &Stage::ALL);
}

#[test]
fn every_template_in_every_language() {
    if !crate::support::is_long("each template by itself, in each language") {
        return;
    }
    for language in Language::ALL {
        let has_all = language == Language::Rust;
        let single: &[Stage] = if has_all { &Stage::ALL } else { &USUAL };
        for stage in single {
            passes(&format!("one-{stage}-{language}"), language, &[*stage]);
        }
        passes(&format!("all-{language}"), language, single);
        let _ = writeln!(std::io::stderr(), "every template in {language} passes");
    }
}

/// The examples as they stand, in a copy: building leaves nothing behind in the repository.
#[test]
fn the_examples_pass_their_own_cases() {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/plugins");
    let entries = std::fs::read_dir(&examples)
        .expect("the examples are there")
        .flatten();
    let mut count = 0;
    for entry in entries {
        let name = entry.file_name().to_string_lossy().into_owned();
        let folder = copied(&entry.path(), &format!("example-{name}"));
        let mut command = switchyard(&["plugin", "test", "--dir"]);
        let ended = run(for_wasm(shared(command.arg(&folder))));
        assert_eq!(ended.code, 0, "{name}:\n{}{}", ended.out, ended.err);
        assert!(
            ended.out.contains("cases/"),
            "{name} has no cases of its own"
        );
        let manifest = switchyard_build::manifest::Manifest::read(&folder).expect("it has one");
        shell(&folder, manifest.language, manifest.language.test_command());
        count += 1;
    }
    assert!(count >= 6, "one example for each language, found {count}");
}
