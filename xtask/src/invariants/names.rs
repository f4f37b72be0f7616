//! Nothing in the host knows a built-in plugin by name, except the configuration.
//!
//! Configuration names mean components there, and only there; the rest of the host must treat
//! built-in plugins like anybody's.

use std::path::Path;

use super::InvariantError;
use super::lexer::without_tests;
use super::sources::Source;

const HOST: &str = "host";
/// Its catalog and its defaults speak in names.
const MAY_NAME: &str = "host/config";
/// Benches measure the built-in plugins, so they must say which.
const BENCHES: &str = "host/bench";

/// The names of the built-in plugins: the folders of their workspace.
pub(super) fn built_in(root: &Path) -> Result<Vec<String>, InvariantError> {
    let plugins = root.join("plugins");
    let entries = std::fs::read_dir(&plugins).map_err(|source| InvariantError::File {
        path: plugins,
        source,
    })?;
    Ok(entries
        .flatten()
        .filter(|entry| entry.path().join("Cargo.toml").is_file())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect())
}

pub(super) fn check(sources: &[Source], built_in: &[String]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| source.path.starts_with(HOST) && !source.path.starts_with(MAY_NAME))
        .filter(|source| !source.path.starts_with(BENCHES) && !source.is_test())
        .flat_map(|source| check_one(source, built_in))
        .collect()
}

fn check_one(source: &Source, built_in: &[String]) -> Vec<String> {
    let code = without_tests(&source.taken.code);
    // The code without tests has lost the tests' braces, so their literals stand on blank lines.
    let lines: Vec<_> = code.lines().collect();
    source
        .taken
        .literals
        .iter()
        .filter(|(line, text)| {
            built_in.contains(text)
                && lines
                    .get(line - 1)
                    .is_some_and(|line| !line.trim().is_empty())
        })
        .map(|(line, text)| {
            format!(
                "{}:{line} names the built-in plugin `{text}`; only {MAY_NAME} knows their names",
                source.path.display()
            )
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check_text(path: &str, text: &str, expected: &[&str]) {
        let built_in = ["queue-scorer".to_owned()];
        assert_eq!(
            check(&[Source::new(path.into(), text)], &built_in),
            expected,
            "{path}: {text}"
        );
    }

    #[test]
    fn names_are_found_in_the_host_outside_of_tests() {
        let text = "fn a() {\n    b(\"queue-scorer\");\n}\n";
        check_text(
            "host/epp/src/a.rs",
            text,
            &[
                "host/epp/src/a.rs:2 names the built-in plugin `queue-scorer`; only host/config knows their names",
            ],
        );
        check_text("host/config/src/catalog.rs", text, &[]);
        check_text("host/epp/tests/a.rs", text, &[]);
        check_text("xtask/src/a.rs", text, &[]);
        check_text(
            "host/epp/src/a.rs",
            "// \"queue-scorer\"\nb(\"queue-scorers\");\n",
            &[],
        );
        let in_tests =
            "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() { c(\"queue-scorer\") }\n}\n";
        check_text("host/epp/src/a.rs", in_tests, &[]);
    }
}
