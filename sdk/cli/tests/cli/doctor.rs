//! The doctor on machines that lack something, played by a folder of programs that is all of PATH.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::plugin::{for_wasm, make, shared};
use crate::support::{Ended, run, switchyard};
use expect_test::{Expect, expect};
use switchyard_build::contract::Stage;
use tempfile::TempDir;

/// A machine.
struct Machine(TempDir);

impl Machine {
    /// One with programs that are these scripts, beside a shell.
    fn with(programs: &[(&str, &str)]) -> Self {
        let machine = Self(TempDir::new().expect("a folder"));
        for folder in ["bin", "later", "lib"] {
            std::fs::create_dir(machine.0.path().join(folder)).expect("it is ours");
        }
        std::os::unix::fs::symlink("/bin/sh", machine.0.path().join("bin/sh")).expect("ours");
        for (name, script) in programs {
            machine.put(&format!("bin/{name}"), script);
        }
        machine
    }

    fn put(&self, name: &str, script: &str) {
        let path = self.0.path().join(name);
        let script = script.replace("DIR", &self.0.path().display().to_string());
        std::fs::write(&path, format!("#!/bin/sh\n{script}\n")).expect("it is ours");
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(&path, mode).expect("it is ours");
    }

    fn doctor(&self, more: &[&str]) -> Ended {
        let mut command = switchyard(&["doctor", "--lang", "rust"]);
        command
            .args(more)
            .env_clear()
            .env("PATH", self.0.path().join("bin"))
            .env("HOME", self.0.path());
        let mut ended = run(&mut command);
        ended.out = ended
            .out
            .replace(&self.0.path().display().to_string(), "DIR");
        ended
    }
}

/// What is told to do about the first thing that is missing.
#[track_caller]
fn check(programs: &[(&str, &str)], expected: &Expect) {
    let ended = Machine::with(programs).doctor(&[]);
    assert_eq!(ended.code, 1, "{}", ended.out);
    let install = ended.out.lines().nth(1).unwrap_or_default();
    let install = install.split("install it with ").nth(1);
    expected.assert_eq(install.unwrap_or_default());
}

#[test]
fn rust_is_installed_with_what_the_machine_has() {
    let root = ("id", "echo 0");
    let offered = ("apt-cache", "echo 'rustup | 1.27.1-3 | main'");
    check(
        &[root, offered],
        &expect![
            "`apt-get install --yes rustup && rustup default stable && rustup target add wasm32-unknown-unknown`"
        ],
    );
    // As on Debian 12, whose apt knows no rustup.
    check(
        &[root, ("apt-cache", "true")],
        &expect![[
            r#"`script=$(curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs) && sh -c "$script" sh -y --target wasm32-unknown-unknown`"#
        ]],
    );
    // Who is not root installs no packages.
    check(
        &[("id", "echo 1000"), offered],
        &expect![[
            r#"`script=$(curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs) && sh -c "$script" sh -y --target wasm32-unknown-unknown`"#
        ]],
    );
    check(
        &[root, offered, ("rustup", "true")],
        &expect!["`rustup default stable`"],
    );
}

#[test]
fn what_is_missing_is_installed() {
    let machine = Machine::with(&[
        ("id", "echo 0"),
        ("apt-cache", "echo 'rustup | 1.27.1-3 | main'"),
        ("apt-get", "/bin/cp DIR/later/* DIR/bin/"),
    ]);
    machine.put("later/cargo", "echo cargo 1.95.0");
    machine.put("later/rustup", "true");
    machine.put(
        "later/rustc",
        "case $1 in --print) echo DIR/lib;; *) echo rustc 1.95.0;; esac",
    );
    std::fs::write(machine.0.path().join("lib/libstd-1.rlib"), "").expect("it is ours");
    let ended = machine.doctor(&["--fix"]);
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    expect![[r#"
        rust
          cargo                   yes  1.95.0
          rustc                   yes  1.95.0
          wasm32-unknown-unknown  yes  DIR/lib
          clippy                  yes  1.95.0
          rustfmt                 yes  1.95.0
          crates                  yes  in cargo's cache
    "#]]
    .assert_eq(&ended.out);
}

#[test]
fn crates_that_are_not_there_are_told() {
    let home = TempDir::new().expect("a folder");
    let mut command = switchyard(&["doctor", "--lang", "rust"]);
    let ended = run(for_wasm(command.env("CARGO_HOME", home.path())));
    assert_eq!(ended.code, 1, "{}", ended.out);
    let last = ended.out.lines().next_back().unwrap_or_default();
    expect!["crates                  no   some are not in cargo's cache, expected all that a new plugin builds on, for building without a network; install it with `switchyard doctor --fix --lang rust`"].assert_eq(last.trim_start());
}

/// As the tutorial says it: whatever the doctor fetched, building then needs no network.
#[test]
fn a_plugin_builds_without_a_network() {
    let mut command = switchyard(&["doctor", "--fix", "--lang", "rust"]);
    let ended = run(for_wasm(&mut command));
    assert_eq!(ended.code, 0, "{}{}", ended.out, ended.err);
    let folder = make("no-network", &[Stage::Scorer]);
    let mut command = switchyard(&["plugin", "build", "--dir"]);
    command.arg(&folder).env("CARGO_NET_OFFLINE", "true");
    let ended = run(for_wasm(shared(&mut command)));
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(Path::new(&folder).join("no-network.wasm").is_file());
}
