//! What no source file may hold, and what the pure crates may not hold.

use std::path::{Path, PathBuf};

use super::InvariantError;
use super::lexer::{Taken, take, without_tests};

/// Where our sources are. Folders of later parts are read as soon as they exist.
const FOLDERS: &[&str] = &[
    "host",
    "plugins",
    "sdk",
    "kv-manager",
    "sidecar",
    "operator",
    "examples",
    "xtask",
];
const LONGEST: usize = 450;
const UNFINISHED: &[&str] = &["todo!", "unimplemented!", "#[ignore"];

/// Crates that get time, randomness and text as arguments.
const PURE: &[&str] = &[
    "host/scheduler",
    "host/openai",
    "host/config",
    "host/prefix-index",
];
/// `std::net` itself is not among them: an address is a value like any other.
const IMPURE: &[&str] = &[
    "tokio::",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "std::fs",
    "Instant::now",
    "SystemTime::now",
    "rand::",
];
/// The same, as members of a group: `use std::{fs, io}`.
const IMPURE_MEMBERS: &[&str] = &["fs"];

/// A source file.
#[derive(Debug)]
pub(super) struct Source {
    /// From the root.
    pub(super) path: PathBuf,
    lines: usize,
    generated: bool,
    pub(super) taken: Taken,
}

impl Source {
    pub(super) fn new(path: PathBuf, text: &str) -> Self {
        let generated = path
            .components()
            .any(|part| part.as_os_str() == "generated")
            || text.lines().take(5).any(|line| line.contains("@generated"));
        Self {
            path,
            lines: text.lines().count(),
            generated,
            taken: take(text),
        }
    }

    /// Whether it is compiled for tests and benches only.
    pub(super) fn is_test(&self) -> bool {
        self.path.file_name().is_some_and(|name| name == "tests.rs")
            || self
                .path
                .components()
                .any(|part| part.as_os_str() == "tests" || part.as_os_str() == "benches")
    }
}

/// All of them.
pub(super) fn read(root: &Path) -> Result<Vec<Source>, InvariantError> {
    let mut sources = Vec::new();
    for folder in FOLDERS
        .iter()
        .map(|folder| root.join(folder))
        .filter(|folder| folder.exists())
    {
        walk(root, &folder, &mut sources)?;
    }
    sources.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

fn walk(root: &Path, folder: &Path, sources: &mut Vec<Source>) -> Result<(), InvariantError> {
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |source| InvariantError::File { path, source }
    };
    for entry in std::fs::read_dir(folder).map_err(failed(folder))?.flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !["target", "node_modules"]
                .iter()
                .any(|skipped| entry.file_name() == *skipped)
            {
                walk(root, &path, sources)?;
            }
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = std::fs::read_to_string(&path).map_err(failed(&path))?;
            let short = path.strip_prefix(root).unwrap_or(&path).to_path_buf();
            sources.push(Source::new(short, &text));
        }
    }
    Ok(())
}

pub(super) fn check(sources: &[Source]) -> Vec<String> {
    sources.iter().flat_map(check_one).collect()
}

fn check_one(source: &Source) -> Vec<String> {
    let mut broken = Vec::new();
    let path = source.path.display();
    if source.lines > LONGEST && !source.generated {
        broken.push(format!(
            "{path} has {} lines; at most {LONGEST}",
            source.lines
        ));
    }
    for (line, word) in found(&source.taken.code, UNFINISHED) {
        broken.push(format!(
            "{path}:{line} holds `{word}`; finish it or leave it out"
        ));
    }
    if PURE.iter().any(|pure| source.path.starts_with(pure)) && !source.is_test() {
        let code = without_tests(&source.taken.code);
        for (line, word) in found(&code, IMPURE).into_iter().chain(grouped(&code)) {
            broken.push(format!(
                "{path}:{line} holds `{word}`; this crate does no I/O, reads no clock and draws no randomness"
            ));
        }
    }
    broken
}

/// Each word in `code`, with its line; a longer word that ends like it does not count.
fn found<'a>(code: &str, words: &[&'a str]) -> Vec<(usize, &'a str)> {
    let mut found = Vec::new();
    for (line, text) in (1..).zip(code.lines()) {
        for word in words {
            let stands_alone = |(at, _): (usize, &str)| {
                !text[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_')
            };
            if text.match_indices(word).any(stands_alone) {
                found.push((line, *word));
            }
        }
    }
    found
}

/// Members of `std::{...}` that are not allowed, with their group's line.
fn grouped(code: &str) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for (at, open) in code.match_indices("std::{") {
        let group = &code[at + open.len()..];
        let group = group.split('}').next().unwrap_or(group);
        for member in group.split(|c: char| !c.is_alphanumeric() && c != '_') {
            if let Some(member) = IMPURE_MEMBERS.iter().find(|word| **word == member) {
                found.push((code[..at].matches('\n').count() + 1, *member));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(path: &str, text: &str, expected: &[&str]) {
        assert_eq!(
            check(&[Source::new(path.into(), text)]),
            expected,
            "{path}: {text}"
        );
    }

    #[test]
    fn unfinished_code_is_found_and_talk_of_it_is_not() {
        check_text(
            "host/epp/src/a.rs",
            "fn a() {\n    todo!()\n}\n",
            &["host/epp/src/a.rs:2 holds `todo!`; finish it or leave it out"],
        );
        check_text(
            "host/epp/tests/a.rs",
            "#[ignore = \"slow\"]\nfn a() {}\n",
            &["host/epp/tests/a.rs:1 holds `#[ignore`; finish it or leave it out"],
        );
        check_text(
            "host/epp/src/a.rs",
            "// no todo!()\nlet a = \"todo!\";\n",
            &[],
        );
    }

    #[test]
    fn long_files_are_found_unless_generated() {
        let long = "a\n".repeat(451);
        check_text("sdk/a.rs", &long, &["sdk/a.rs has 451 lines; at most 450"]);
        check_text("sdk/a.rs", &"a\n".repeat(450), &[]);
        check_text("sdk/generated/a.rs", &long, &[]);
        check_text("sdk/a.rs", &format!("// @generated by b\n{long}"), &[]);
    }

    #[test]
    fn pure_crates_are_pure_outside_of_tests() {
        let reason = "this crate does no I/O, reads no clock and draws no randomness";
        let found = |path: &str, line: u32, word: &str| {
            vec![format!("{path}:{line} holds `{word}`; {reason}")]
        };
        let path = "host/scheduler/src/a.rs";
        let rows = [
            (
                path,
                "let a = Instant::now();",
                found(path, 1, "Instant::now"),
            ),
            (path, "\nuse std::fs::File;", found(path, 2, "std::fs")),
            (path, "use std::{io,\n fs::File};", found(path, 1, "fs")),
            (
                path,
                "use std::net::TcpStream;",
                found(path, 1, "TcpStream"),
            ),
            (path, "use std::net::IpAddr;", vec![]),
            (path, "use std::time::Instant;", vec![]),
            (path, "operand::a()", vec![]),
            (
                path,
                "#[cfg(test)]\nmod tests {\n use std::fs;\n}\n",
                vec![],
            ),
            ("host/scheduler/tests/a.rs", "use std::fs;", vec![]),
            ("host/epp/src/a.rs", "use std::fs;", vec![]),
        ];
        for (path, text, expected) in rows {
            assert_eq!(
                check(&[Source::new(path.into(), text)]),
                expected,
                "{path}: {text}"
            );
        }
    }
}
