//! What all commands do alike: they take a closed pipe, name the next command, and colour only what a terminal shows.

use std::path::Path;
use std::process::{Command, Stdio};

use clap::CommandFactory;
use switchyard_cli::cli::Cli;

use crate::client::Picker;
use crate::registry::component;
use crate::support::{Ended, fresh, run, switchyard};

/// Runs a command whose reader is gone before it writes; how it ended, and what it told.
fn unread(args: &[&str]) -> (Option<i32>, String) {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    drop(reader);
    let mut command = switchyard(args);
    let output = command.stdout(writer).stderr(Stdio::piped()).output();
    let output = output.expect("the program starts");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code(), told)
}

#[test]
fn a_closed_pipe_ends_a_command_quietly() {
    for args in [
        &["man"][..],
        &["completions", "bash"],
        &["plugin", "load", "--help"],
    ] {
        assert_eq!(unread(args), (Some(0), String::new()), "{args:?}");
    }
}

/// A plugin's folder with its component.
fn built(name: &str) -> String {
    let folder = fresh(name);
    std::fs::create_dir_all(&folder).expect("it is ours");
    let manifest = "name = \"queue-scorer\"\nlanguage = \"rust\"\nstages = [\"scorer\"]\n";
    std::fs::write(folder.join("plugin.toml"), manifest).expect("it is ours");
    std::fs::copy(component(), folder.join("queue-scorer.wasm")).expect("it was built");
    folder.display().to_string()
}

#[test]
fn a_command_that_tells_as_it_goes_takes_a_closed_pipe_too() {
    let folder = built("piped");
    let (code, told) = unread(&["plugin", "test", "--no-build", "--dir", &folder]);
    // It takes settings that it does not know, so it fails a check.
    assert_eq!(code, Some(1), "{told}");
    assert!(told.starts_with("next: "), "{told}");
}

#[test]
fn a_full_disk_is_told() {
    let folder = built("filled");
    for args in [
        &["man"][..],
        &["plugin", "test", "--no-build", "--dir", &folder],
    ] {
        let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
        let mut command = switchyard(args);
        command.stdout(full.expect("Linux has it"));
        let output = command.stderr(Stdio::piped()).output().expect("it starts");
        assert_eq!(output.status.code(), Some(1));
        expect_test::expect![[r#"
            error: standard output cannot be written: No space left on device (os error 28); is there room where it goes?
        "#]]
        .assert_eq(&String::from_utf8_lossy(&output.stderr));
    }
}

/// A command that looks at a component where there is too little address space for a pool, which the log tells.
fn said(to_terminal: bool) -> String {
    let program = env!("CARGO_BIN_EXE_switchyard");
    let component = component().display().to_string();
    let line = format!("ulimit -v 6000000; '{program}' plugin inspect '{component}'");
    let mut shell = if to_terminal {
        // Of util-linux: gives what it starts a terminal.
        let mut shell = Command::new("script");
        shell.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        shell
    } else {
        let mut shell = Command::new("sh");
        shell.args(["-c", &line]);
        shell
    };
    let Ended { code, out, err } = run(shell.env("TERM", "xterm").env_remove("NO_COLOR"));
    assert_eq!(code, 0, "{out}{err}");
    out + &err
}

#[test]
fn only_a_terminal_gets_colours() {
    let (shown, piped) = (said(true), said(false));
    for text in [&shown, &piped] {
        assert!(text.contains("no address space for a pool"), "{text}");
    }
    assert!(shown.contains('\u{1b}'), "{shown}");
    assert!(!piped.contains('\u{1b}'), "{piped}");
}

/// The command with its arguments, and what a picker answers.
type Played = (&'static str, &'static [(u16, &'static str)]);

/// One of each command that ends well in a folder with a component.
const WELL: [Played; 13] = [
    ("completions bash", &[]),
    ("man", &[]),
    ("explain --last", &[(200, r#"[{"request_id": "r"}]"#)]),
    ("plugin new made --stage scorer --lang c", &[]),
    ("plugin bench queue.wasm", &[]),
    ("plugin run queue.wasm --case case.yaml", &[]),
    ("plugin inspect queue.wasm", &[]),
    ("plugin keygen", &[]),
    (
        "plugin load queue.wasm",
        &[(200, "[]"), (200, r#"{"plan": 2}"#)],
    ),
    ("plugin unload queue", &[(200, r#"{"plan": 3}"#)]),
    ("plugin list", &[(200, "[]")]),
    ("plugin rollback", &[(200, r#"{"plan": 4, "of": 1}"#)]),
    ("plugin plans", &[(200, "[]")]),
];

/// Those that need a compiler or a registry: the tests about these look at what they name.
const ELSEWHERE: [&str; 8] = [
    "doctor",
    "plugin build",
    "plugin dev",
    "plugin test",
    "plugin push",
    "plugin pull",
    "plugin sign",
    "plugin verify",
];

const CASE: &str =
    "- name: one\n  columns: {waiting-requests: [0, 1]}\n  expect: {scores: [1, 0]}\n";

#[test]
fn every_command_ends_by_naming_the_next() {
    let desk = tempfile::tempdir().expect("a folder");
    std::fs::copy(component(), desk.path().join("queue.wasm")).expect("it was built");
    std::fs::write(desk.path().join("case.yaml"), CASE).expect("it is ours");
    for (words, answers) in WELL {
        let ended = play(desk.path(), words, answers);
        assert_eq!(ended.code, 0, "{words}: {}", ended.err);
        let next = ended.err.strip_prefix("next: ").unwrap_or_default();
        let next = next.strip_suffix('\n').unwrap_or_default();
        assert!(
            next.contains("switchyard") && !next.contains('\n'),
            "{words}: {}",
            ended.err
        );
        // Round and round would be no help.
        assert!(
            !next.contains(&format!("switchyard {words}")),
            "{words}: {next}"
        );
    }
}

fn play(desk: &Path, words: &str, answers: &'static [(u16, &'static str)]) -> Ended {
    let mut command = switchyard(&words.split(' ').collect::<Vec<_>>());
    command.current_dir(desk).env("COSIGN_PASSWORD", "");
    if answers.is_empty() {
        return run(&mut command);
    }
    let picker = Picker::start(answers);
    let ended = run(command.args(["--epp", &picker.url]));
    picker.asked();
    ended
}

#[test]
fn no_command_is_left_out() {
    let mut looked_at: Vec<&str> = WELL.map(|(words, _)| words).to_vec();
    looked_at.extend(ELSEWHERE);
    let mut left = vec![(String::new(), Cli::command())];
    while let Some((words, command)) = left.pop() {
        let inner: Vec<_> = command.get_subcommands().cloned().collect();
        if inner.is_empty() {
            let is_it =
                |looked_at: &&str| format!("{looked_at} ").starts_with(&format!("{words} "));
            assert!(looked_at.iter().any(is_it), "`{words}` is not looked at");
        }
        left.extend(inner.into_iter().map(|inner| {
            let words = format!("{words} {}", inner.get_name());
            (words.trim_start().to_owned(), inner)
        }));
    }
}
