//! A plugin that breaks the contract, or its own cases, does not pass; one that keeps both is run, measured and
//! followed while it is written. In C, which builds fastest.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::sync::mpsc::channel;
use std::time::Duration;

use expect_test::expect;
use serde_json::Value;
use switchyard_build::contract::Stage;
use switchyard_build::language::Language;

use crate::languages::make_and_build;
use crate::support::{Ended, run, switchyard};

/// Replaces a text of a file that must be there.
#[track_caller]
pub(crate) fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("it was made");
    assert!(text.contains(from), "{} has no {from}", path.display());
    fs::write(path, text.replace(from, to)).expect("it is ours");
}

fn tested(folder: &Path) -> Ended {
    run(switchyard(&["plugin", "test", "--dir"]).arg(folder))
}

/// The lines about what failed.
pub(crate) fn failures(ended: &Ended) -> String {
    let lines = ended.out.lines().skip(1);
    let told: Vec<&str> = lines.filter(|line| !line.starts_with("  ok")).collect();
    told.join("\n") + "\n"
}

const RULE: &str = "scores[at] = waiting[at] > full_at ? 0 : 1 - waiting[at] / full_at;";

#[test]
fn what_breaks_the_contract_does_not_pass() {
    let component = make_and_build("breaking", Language::C, &[Stage::Scorer]);
    let folder = component.parent().expect("it lies in its folder");
    fs::remove_dir_all(folder.join("cases")).expect("it is ours");
    let source = folder.join("src/scorer.c");

    edit(&source, RULE, "scores[at] = 2;");
    let ended = tested(folder);
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    expect![[r#"
          FAILED  scorer: answers as the contract says
                    a score of 2, expected 0 to 1
          FAILED  scorer: unknown values are tolerated
                    a score of 2, expected 0 to 1
          FAILED  scorer: no candidate and a single one
                    a score of 2, expected 0 to 1
          -       no cases: what it must answer goes to `cases/*.yaml`
        7 passed, 3 failed
    "#]]
    .assert_eq(&failures(&ended));

    // A count that lives in the instance: asked again, another answer.
    edit(
        &source,
        "scores[at] = 2;",
        "{ static int calls; scores[at] = (calls++ % 3) / 2.0; }",
    );
    let ended = tested(folder);
    assert_eq!(ended.code, 1);
    expect![[r#"
          FAILED  scorer: same question, same answer, on another instance too
                    asked again, the same instance answers otherwise; keep what must be shared in `state` or own columns, and take chance from `request.seed`
                           first  again
                    pod-0  0      0.5    <-
                    pod-1  0.5    1      <-
                    pod-2  1      0      <-
                    pod-3  0      0.5    <-
                    pod-4  0.5    1      <-
                    pod-5  1      0      <-
                    pod-6  0      0.5    <-
                    pod-7  0.5    1      <-
                    pod-8  1      0      <-
                    pod-9  0      0.5    <-
          -       no cases: what it must answer goes to `cases/*.yaml`
        9 passed, 1 failed
    "#]].assert_eq(&failures(&ended));

    // What a plugin says when it gives up stands with the trap.
    edit(
        &source,
        "{ static int calls; scores[at] = (calls++ % 3) / 2.0; }",
        "switchyard_panic(\"out of ideas\");",
    );
    let ended = tested(folder);
    assert_eq!(ended.code, 1);
    let said = "`score` with 2 endpoints: trap: ";
    assert!(
        ended.out.contains(said) && ended.out.contains("out of ideas"),
        "{}",
        ended.out
    );
}

#[test]
fn what_breaks_its_own_cases_is_shown_side_by_side() {
    let component = make_and_build("wrong", Language::C, &[Stage::Scorer]);
    let folder = component.parent().expect("it lies in its folder");
    edit(
        &folder.join("cases/scorer.yaml"),
        "scores: [1, 0.5, 0, 0]",
        "scores: [1, 0.75, 0, 0]",
    );
    let mut command = switchyard(&["plugin", "test", "--no-build", "--dir"]);
    let ended = run(command.arg(folder));
    assert_eq!(ended.code, 1, "{}{}", ended.out, ended.err);
    expect![[r#"
          FAILED  cases/scorer.yaml: fewer waiting requests score better
                           expected  got
                    pod-0  1         1
                    pod-1  0.75      0.5  <-
                    pod-2  0         0
                    pod-3  0         0
        16 passed, 1 failed
    "#]]
    .assert_eq(&failures(&ended));

    // A name that nobody reads would leave the case without its numbers.
    edit(
        &folder.join("cases/scorer.yaml"),
        "[1, 0.75, 0, 0]",
        "[1, 0.5, 0, 0]",
    );
    edit(
        &folder.join("cases/scorer.yaml"),
        "{waiting-requests: [0, 5, 10, 99]}",
        "{waiting-request: [0, 5, 10, 99]}",
    );
    let ended = run(switchyard(&["plugin", "test", "--no-build", "--dir"]).arg(folder));
    assert_eq!(ended.code, 1);
    expect![[r#"
          FAILED  cases/scorer.yaml: fewer waiting requests score better
                    columns: `waiting-request` is known neither to the contract nor to the plugin, and is not `custom/...`; the plugin names waiting-requests; did you mean `waiting-requests`?
        16 passed, 1 failed
    "#]].assert_eq(&failures(&ended));

    edit(&folder.join("cases/scorer.yaml"), "columns:", "colums:");
    let ended = run(switchyard(&["plugin", "test", "--no-build", "--dir"]).arg(folder));
    assert_eq!(ended.code, 1);
    expect![[r#"
        error: DIR/cases/scorer.yaml: line 3, case 1 `fewer waiting requests score better`: found `colums`, expected one of name, stage, settings, endpoints, columns, scalars, request, totals, profile, picked, done, events, exposition, status, fetch, elapsed-ms, expect; did you mean `columns`?
    "#]].assert_eq(&ended.err.replace(&folder.display().to_string(), "DIR"));
}

#[test]
fn a_file_without_cases_is_named() {
    let component = make_and_build("caseless", Language::C, &[Stage::Scorer]);
    let folder = component.parent().expect("it lies in its folder");
    let tested = || {
        let ended = run(switchyard(&["plugin", "test", "--no-build", "--dir"]).arg(folder));
        assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
        failures(&ended)
    };
    fs::write(folder.join("cases/scorer.yaml"), "# to come\n").expect("it is ours");
    expect![[r#"
          -       cases/scorer.yaml: no cases, expected a list of them
        10 passed, 0 failed
    "#]]
    .assert_eq(&tested());
    fs::remove_dir_all(folder.join("cases")).expect("it is ours");
    expect![[r#"
          -       no cases: what it must answer goes to `cases/*.yaml`
        10 passed, 0 failed
    "#]]
    .assert_eq(&tested());
}

#[test]
fn one_mistake_in_plugin_toml_is_told_once() {
    let component = make_and_build("mistaken", Language::C, &[Stage::Scorer]);
    let folder = component.parent().expect("it lies in its folder");
    let manifest = folder.join("plugin.toml");
    let shown = |text: &str| text.replace(&folder.display().to_string(), "DIR");

    // Cases bring settings of their own.
    edit(&manifest, "fullAt = 10", "fullAt = \"ten\"");
    let ended = run(switchyard(&["plugin", "test", "--no-build", "--dir"]).arg(folder));
    assert_eq!(ended.code, 1);
    expect![[r#"
          FAILED  says who it is
                    plugin `mistaken` refuses its settings: fullAt: found "ten", expected a number; they stand under `[settings]` in plugin.toml
          -       9 not made: they need a plugin that starts
        7 passed, 1 failed, 9 not made
    "#]]
    .assert_eq(&failures(&ended));
    edit(&manifest, "fullAt = \"ten\"", "fullAt = 10");

    // Only when it starts a plugin in C says which stages it has.
    let plugin = folder.join("src/plugin.c");
    edit(&plugin, "    .score = score,\n", "");
    let ended = run(switchyard(&["plugin", "build", "--dir"]).arg(folder));
    assert_eq!(ended.code, 1);
    expect!["error: plugin `mistaken` refuses its settings: `stages` of plugin.toml names scorer, but `switchyard_exported` has no `.score`: give it one"].assert_eq(&shown(ended.err.lines().next_back().unwrap_or_default()));
    let ended = run(switchyard(&["plugin", "test", "--no-build", "--dir"]).arg(folder));
    assert_eq!(ended.code, 1);
    expect![[r#"
          FAILED  says who it is
                    plugin `mistaken` refuses its settings: `stages` of plugin.toml names scorer, but `switchyard_exported` has no `.score`: give it one
          -       9 not made: they need a plugin that starts
          -       7 not made: cases need a plugin that starts, too
        0 passed, 1 failed, 16 not made
    "#]].assert_eq(&failures(&ended));

    // A component by itself needs no folder, but one that is wrong is not passed over.
    edit(&manifest, "[limits]", "[limits");
    let ended = run(switchyard(&["plugin", "bench"])
        .arg(&component)
        .arg("--dir")
        .arg(folder));
    assert_eq!(ended.code, 1);
    assert!(
        shown(&ended.err).starts_with("error: DIR/plugin.toml is wrong: "),
        "{}",
        ended.err
    );
}

#[test]
fn a_case_about_settings_shows_what_is_said_of_them() {
    let component = make_and_build("refusing", Language::C, &[Stage::Scorer]);
    let folder = component.parent().expect("it lies in its folder");
    let case = |name: &str| {
        let mut command = switchyard(&[
            "plugin",
            "run",
            "refusing.wasm",
            "--case",
            "cases/scorer.yaml",
            "--name",
            name,
        ]);
        run(command.current_dir(folder))
    };
    let ended = case("fullAt is a number");
    assert_eq!(ended.code, 0, "{}", ended.err);
    expect![[r#"
        refusing.wasm: fullAt is a number
        refused its settings
          fullAt  found "ten", expected a number
    "#]]
    .assert_eq(&ended.out);
    edit(
        &folder.join("cases/scorer.yaml"),
        "{fullAt: ten}",
        "{fullAt: 10}",
    );
    let ended = case("fullAt is a number");
    assert_eq!(ended.code, 1);
    expect![[r#"
        refusing.wasm: fullAt is a number
        took its settings, expected diagnostics
    "#]]
    .assert_eq(&ended.out);
}

#[test]
fn a_limit_that_is_none_is_named_before_anything_is_built() {
    let component = make_and_build("limited", Language::C, &[Stage::Scorer]);
    let folder = component.parent().expect("it lies in its folder");
    edit(&folder.join("plugin.toml"), "memory =", "memry =");
    let expected = expect![[r#"
        error: DIR/plugin.toml: limits.memry: found an unknown field; expected one of: call, hook, parse, endpointsChanged, start, memory, hostCallBytes, logBytes; did you mean `memory`?
    "#]];
    for command in [
        &["plugin", "build", "--dir"][..],
        &["plugin", "test", "--no-build", "--dir"],
        &["plugin", "bench", "--dir"],
    ] {
        let ended = run(switchyard(command).arg(folder));
        assert_eq!(ended.code, 1);
        expected.assert_eq(&ended.err.replace(&folder.display().to_string(), "DIR"));
    }
}

#[test]
fn a_case_is_played_and_shown() {
    let component = make_and_build("played", Language::C, &[Stage::Scorer]);
    let folder = component.parent().expect("it lies in its folder");
    let mut command = switchyard(&[
        "plugin",
        "run",
        "played.wasm",
        "--case",
        "cases/scorer.yaml",
    ]);
    let ended = run(command.current_dir(folder));
    assert_eq!(ended.code, 0, "{}", ended.err);
    let steady = ended.out.lines().filter(|line| !line.starts_with("cost"));
    let steady: String = steady.map(|line| format!("{line}\n")).collect();
    expect![[r#"
        played.wasm, scorer: fewer waiting requests score better
                 waiting-requests
          pod-0  0
          pod-1  5
          pod-2  10
          pod-3  99
        answered
          pod-0  1
          pod-1  0.5
          pod-2  0
          pod-3  0
    "#]]
    .assert_eq(&steady);
    assert!(ended.out.contains(" fuel, "), "{}", ended.out);

    let mut command = switchyard(&[
        "plugin",
        "run",
        "played.wasm",
        "--case",
        "cases/scorer.yaml",
    ]);
    let ended = run(command.args(["--name", "no such"]).current_dir(folder));
    assert_eq!(ended.code, 1);
    assert!(
        ended.err.contains("has no case named `no such`"),
        "{}",
        ended.err
    );
}

#[test]
fn calls_are_measured() {
    let component = make_and_build("measured", Language::C, &[Stage::Scorer]);
    let mut command = switchyard(&["plugin", "bench", "--json", "--against"]);
    let ended = run(command.arg(&component).arg(&component));
    assert_eq!(ended.code, 0, "{}", ended.err);
    let figures: Value = serde_json::from_str(&ended.out).expect("it is JSON");
    let (one, other) = (&figures["component"], &figures["against"]);
    let calls = one["calls"].as_array().expect("calls are listed");
    let sizes: Vec<_> = calls
        .iter()
        .map(|call| call["endpoints"].as_u64())
        .collect();
    assert_eq!(sizes, [Some(10), Some(100), Some(1_000)]);
    for (call, twin) in calls
        .iter()
        .zip(other["calls"].as_array().into_iter().flatten())
    {
        assert!(call["ns"].as_f64() > Some(0.0), "{call}");
        // The same instructions in every run, and more of them for more endpoints.
        assert_eq!(call["fuel"], twin["fuel"]);
    }
    assert!(calls[0]["fuel"].as_u64() < calls[2]["fuel"].as_u64());
    assert!(
        one["precompiled_load_ms"].as_f64() < one["cold_load_ms"].as_f64(),
        "{one}"
    );
}

#[test]
fn every_save_is_built_and_tested() {
    let component = make_and_build("followed", Language::C, &[Stage::Scorer]);
    let folder = component.parent().expect("it lies in its folder");
    let mut command = switchyard(&["plugin", "dev", "--dir"]);
    let mut dev = command
        .arg(folder)
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let told = BufReader::new(dev.stderr.take().expect("it is piped"));
    let (sender, lines) = channel();
    std::thread::spawn(move || {
        let mut told = told.lines().map_while(Result::ok);
        // Nobody listens any more when the test is over.
        told.all(|line| sender.send(line).is_ok());
    });
    let until = |wanted: &str| {
        let mut seen = String::new();
        while let Ok(line) = lines.recv_timeout(Duration::from_secs(120)) {
            if line.contains(wanted) {
                return;
            }
            seen.push_str(&line);
            seen.push('\n');
        }
        panic!("`{wanted}` was never said:\n{seen}");
    };
    until("17 passed, 0 failed");
    until("watching");
    edit(&folder.join("src/scorer.c"), RULE, "scores[at] = 0;");
    until("FAILED  cases/scorer.yaml: fewer waiting requests score better");
    until("watching");
    dev.kill().expect("it runs");
    dev.wait().expect("it ends");

    let ended = run(switchyard(&["plugin", "dev", "--once", "--dir"]).arg(folder));
    assert_eq!(ended.code, 1, "{}", ended.err);
}
