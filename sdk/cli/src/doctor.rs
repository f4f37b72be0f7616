//! `switchyard doctor`: which tools are there, and what installs those that are not.

use crate::said::Said;
use crate::table::aligned_left;
use crate::toolchain::{Finding, Rust};

/// The command.
pub fn run() -> Said {
    told(&Rust::default().findings())
}

fn told(findings: &[Finding]) -> Said {
    let rows: Vec<Vec<String>> = findings.iter().map(row).collect();
    let text = format!("rust\n{}", aligned_left(&rows));
    let first = findings
        .iter()
        .find_map(|finding| finding.found.as_ref().err());
    match first {
        None => Said::well(
            text,
            "switchyard plugin new NAME --stage scorer --lang rust",
        ),
        Some(lack) => Said::ill(text, lack.install),
    }
}

fn row(finding: &Finding) -> Vec<String> {
    let tool = format!("  {}", finding.tool);
    match &finding.found {
        Ok(version) => vec![tool, "yes".to_owned(), version.clone()],
        Err(lack) => {
            let remedy = format!(
                "{}, expected {}; install it with `{}`",
                lack.found, lack.expected, lack.install
            );
            vec![tool, "no".to_owned(), remedy]
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};
    use std::os::unix::fs::PermissionsExt;
    use std::path::Path;

    /// A program that answers like this, whatever it is asked.
    fn program(folder: &Path, name: &str, answer: &str) -> std::ffi::OsString {
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/bin/sh\necho '{answer}'\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path.into()
    }

    #[track_caller]
    fn check(rust: &Rust, expected: &Expect) {
        let said = told(&rust.findings());
        expected.assert_eq(&format!("{}next: {}\n", said.text, said.next));
    }

    #[test]
    fn a_machine_without_rust() {
        let rust = Rust {
            cargo: "no-such-cargo".into(),
            rustc: "no-such-rustc".into(),
        };
        check(
            &rust,
            &expect![[r#"
                rust
                  cargo                   no  `no-such-cargo` could not be started (No such file or directory (os error 2)), expected it on PATH; install it with `apt-get install rustup && rustup default stable`
                  rustc                   no  `no-such-rustc` could not be started (No such file or directory (os error 2)), expected it on PATH; install it with `apt-get install rustup && rustup default stable`
                  wasm32-unknown-unknown  no  rustc has no standard library for it, expected Rust's target for plugins; install it with `rustup target add wasm32-unknown-unknown`
                next: apt-get install rustup && rustup default stable
            "#]],
        );
        assert!(!told(&rust.findings()).well);
    }

    #[test]
    fn an_old_compiler_without_the_target() {
        let dir = tempfile::tempdir().unwrap();
        let rust = Rust {
            cargo: program(dir.path(), "cargo", "cargo 1.63.0 (x)"),
            rustc: program(dir.path(), "rustc", "rustc 1.63.0 (x)"),
        };
        check(
            &rust,
            &expect![[r#"
                rust
                  cargo                   yes  1.63.0
                  rustc                   no   found 1.63.0, expected 1.95 or later; install it with `rustup update stable`
                  wasm32-unknown-unknown  no   rustc has no standard library for it, expected Rust's target for plugins; install it with `rustup target add wasm32-unknown-unknown`
                next: rustup update stable
            "#]],
        );
    }
}
