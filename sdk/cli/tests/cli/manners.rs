//! What all commands do alike: they take a closed pipe, name the next command, and colour only what a terminal shows.

use std::process::Stdio;

use crate::support::switchyard;

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

#[test]
fn a_full_disk_is_told() {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let mut command = switchyard(&["man"]);
    command.stdout(full.expect("Linux has it"));
    let output = command.stderr(Stdio::piped()).output().expect("it starts");
    assert_eq!(output.status.code(), Some(1));
    expect_test::expect![[r#"
        error: standard output cannot be written: No space left on device (os error 28); is there room where it goes?
    "#]]
    .assert_eq(&String::from_utf8_lossy(&output.stderr));
}
