//! Programs that tests play.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

/// A script that can be started. Another process writes it: what this one has open for writing is inherited by whatever
/// another test starts at that moment, and a program that somebody writes cannot be started.
pub(crate) fn program(path: &Path, script: &str) {
    let mut writer = Command::new("sh")
        .args(["-c", "cat > \"$0\" && chmod 755 \"$0\""])
        .arg(path)
        .stdin(Stdio::piped())
        .spawn()
        .expect("there is a shell");
    let mut input = writer.stdin.take().expect("it is piped");
    input
        .write_all(format!("#!/bin/sh\n{script}\n").as_bytes())
        .expect("the shell reads");
    drop(input);
    assert!(writer.wait().expect("it ends").success());
}
