//! `switchyard doctor`: which tools are there for each language, and what installs those that are not.

mod crates;

use switchyard_build::language::Language;
use switchyard_build::language::rust::Rust;
use switchyard_build::table::aligned_left;
use switchyard_build::tools::{Finding, FixError};

use crate::said::Said;

/// What to look at, and what to do about it.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Options {
    /// Look at the tools of this language only (repeatable)
    #[arg(long = "lang", value_name = "LANGUAGE")]
    pub languages: Vec<Language>,
    /// Install what is missing, from package registries; Rust with rustup
    #[arg(long)]
    pub fix: bool,
}

/// What was found for one language.
type Looked = (Language, Vec<Finding>);

/// The command.
pub fn run(options: &Options) -> Result<Said, FixError> {
    let languages = match options.languages.as_slice() {
        [] => Language::ALL.to_vec(),
        some => some.to_vec(),
    };
    if options.fix {
        for language in &languages {
            install_missing(*language)?;
        }
    }
    let looked = languages
        .into_iter()
        .map(|language| (language, findings(language)));
    Ok(told(&looked.collect::<Vec<_>>()))
}

/// What building needs, and for Rust what comes with it: how it is linted, and what is built on.
fn findings(language: Language) -> Vec<Finding> {
    let mut findings = language.toolchain().findings();
    let has_cargo = findings.first().is_some_and(|cargo| cargo.found.is_ok());
    if language == Language::Rust && has_cargo {
        let rust = Rust::default();
        findings.extend(rust.linters());
        findings.push(crates::finding(&rust));
    }
    findings
}

fn install_missing(language: Language) -> Result<(), FixError> {
    language.toolchain().install_missing()?;
    if language == Language::Rust {
        let rust = Rust::default();
        let lacks = rust.linters().into_iter().filter_map(|one| one.found.err());
        lacks.into_iter().try_for_each(|lack| lack.install())?;
        if crates::finding(&rust).found.is_err() {
            crates::install(&rust)?;
        }
    }
    Ok(())
}

fn told(looked: &[Looked]) -> Said {
    let mut rows: Vec<Vec<String>> = Vec::new();
    for (language, findings) in looked {
        rows.push(vec![language.to_string()]);
        rows.extend(findings.iter().map(row));
    }
    let text = aligned_left(&rows);
    let sick = looked
        .iter()
        .find(|(_, findings)| findings.iter().any(|finding| finding.found.is_err()));
    match sick {
        None => {
            let language = looked
                .first()
                .map_or(Language::Rust, |(language, _)| *language);
            let next = format!("switchyard plugin new NAME --stage scorer --lang {language}");
            Said::well(text, next)
        }
        Some((language, _)) => {
            Said::ill(text, format!("switchyard doctor --fix --lang {language}"))
        }
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
    use switchyard_build::language::Toolchain;
    use switchyard_build::language::rust::Source;

    /// A program that answers like this, whatever it is asked.
    fn program(folder: &Path, name: &str, answer: &str) -> std::ffi::OsString {
        let path = folder.join(name);
        std::fs::write(&path, format!("#!/bin/sh\necho '{answer}'\n")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
        path.into()
    }

    #[track_caller]
    fn check(rust: &Rust, expected: &Expect) {
        let said = told(&[(Language::Rust, rust.findings())]);
        assert!(!said.well);
        expected.assert_eq(&format!("{}next: {}\n", said.text, said.next));
    }

    #[test]
    fn a_machine_without_rust() {
        let rust = Rust {
            cargo: "no-such-cargo".into(),
            rustc: "no-such-rustc".into(),
            source: Some(Source::Script),
        };
        check(
            &rust,
            &expect![[r#"
                rust
                  cargo                   no  `no-such-cargo` could not be started (No such file or directory (os error 2)), expected it on PATH; install it with `script=$(curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs) && sh -c "$script" sh -y --target wasm32-unknown-unknown`
                  rustc                   no  `no-such-rustc` could not be started (No such file or directory (os error 2)), expected it on PATH; install it with `script=$(curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs) && sh -c "$script" sh -y --target wasm32-unknown-unknown`
                  wasm32-unknown-unknown  no  rustc has no standard library for it, expected Rust's target for plugins; install it with `script=$(curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs) && sh -c "$script" sh -y --target wasm32-unknown-unknown`
                next: switchyard doctor --fix --lang rust
            "#]],
        );
    }

    #[test]
    fn an_old_compiler_without_the_target() {
        let dir = tempfile::tempdir().unwrap();
        let rust = Rust {
            cargo: program(dir.path(), "cargo", "cargo 1.63.0 (x)"),
            rustc: program(dir.path(), "rustc", "rustc 1.63.0 (x)"),
            source: Some(Source::Rustup("rustup".into())),
        };
        check(
            &rust,
            &expect![[r#"
                rust
                  cargo                   yes  1.63.0
                  rustc                   no   found 1.63.0, expected 1.95 or later; install it with `rustup update stable`
                  wasm32-unknown-unknown  no   rustc has no standard library for it, expected Rust's target for plugins; install it with `rustup target add wasm32-unknown-unknown`
                next: switchyard doctor --fix --lang rust
            "#]],
        );
    }

    #[test]
    fn every_language_is_looked_at_and_named() {
        let said = run(&Options::default()).unwrap();
        for language in Language::ALL {
            let head = said.text.lines().any(|line| line == language.name());
            assert!(head, "{language}\n{}", said.text);
        }
    }
}
