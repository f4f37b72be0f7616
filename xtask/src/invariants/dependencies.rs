//! Who may depend on whom.

use std::path::Path;
use std::process::Command;

use serde::Deserialize;

use super::InvariantError;

/// Crates that only some packages may name. A pattern with `*` at its end stands for a family.
/// Tests and benches are exempt: development dependencies are not looked at, nor is [`BENCHES`].
const RESERVED: &[(&[&str], &[&str])] = &[
    (&["wasmtime*"], &["switchyard-engine"]),
    (&["tonic*", "envoy-types"], &["switchyard-epp"]),
];

/// The package that measures the others, with servers and clients of its own.
const BENCHES: &str = "switchyard-bench";

/// Packages that do no I/O, read no clock and draw no randomness, and what would make them.
const PURE: &[&str] = &[
    "switchyard-scheduler",
    "switchyard-openai",
    "switchyard-config",
    "switchyard-prefix-index",
];
const IMPURE: &[&str] = &[
    "tokio*",
    "rand*",
    "getrandom",
    "fastrand",
    "hyper*",
    "axum*",
    "notify",
];

/// Where the packages lie that plugins may build on.
const PLUGINS_MAY_USE: &[&str] = &["plugins", "sdk/rust"];

#[derive(Debug, Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Debug, Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug, Deserialize)]
struct Dependency {
    name: String,
    /// `dev`, `build`, or nothing for an ordinary one.
    kind: Option<String>,
    /// Where it lies, for one of our own.
    path: Option<String>,
}

pub(super) fn check(root: &Path) -> Result<Vec<String>, InvariantError> {
    let mut broken = Vec::new();
    for package in metadata(root)?
        .packages
        .iter()
        .filter(|package| package.name != BENCHES)
    {
        broken.extend(check_host(package));
    }
    for package in metadata(&root.join("plugins"))?.packages {
        broken.extend(check_plugin(&package, root));
    }
    Ok(broken)
}

fn metadata(directory: &Path) -> Result<Metadata, InvariantError> {
    let failed = |reason| InvariantError::Metadata {
        directory: directory.to_path_buf(),
        reason,
    };
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .current_dir(directory)
        .output()
        .map_err(|error| failed(error.to_string()))?;
    if !output.status.success() {
        return Err(failed(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    serde_json::from_slice(&output.stdout).map_err(|error| failed(error.to_string()))
}

fn shipped(package: &Package) -> impl Iterator<Item = &Dependency> {
    package
        .dependencies
        .iter()
        .filter(|dependency| dependency.kind.as_deref() != Some("dev"))
}

fn check_host(package: &Package) -> Vec<String> {
    let mut broken = Vec::new();
    for dependency in shipped(package) {
        for (crates, owners) in RESERVED {
            if !owners.contains(&package.name.as_str()) && any_matches(crates, &dependency.name) {
                broken.push(format!(
                    "{} depends on {}; only {} may",
                    package.name,
                    dependency.name,
                    owners.join(", ")
                ));
            }
        }
        if PURE.contains(&package.name.as_str()) && any_matches(IMPURE, &dependency.name) {
            broken.push(format!(
                "{} depends on {}; it does no I/O, reads no clock and draws no randomness",
                package.name, dependency.name
            ));
        }
    }
    broken
}

fn check_plugin(package: &Package, root: &Path) -> Vec<String> {
    shipped(package)
        .filter_map(|dependency| Some((dependency, dependency.path.as_deref()?)))
        .filter(|(_, path)| {
            !PLUGINS_MAY_USE
                .iter()
                .any(|allowed| Path::new(path).starts_with(root.join(allowed)))
        })
        .map(|(dependency, _)| {
            format!(
                "the plugin {} depends on {}; a plugin knows only the contract and the SDK",
                package.name, dependency.name
            )
        })
        .collect()
}

fn any_matches(patterns: &[&str], name: &str) -> bool {
    patterns
        .iter()
        .any(|pattern| match pattern.strip_suffix('*') {
            Some(family) => name
                .strip_prefix(family)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_'])),
            None => *pattern == name,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, dependency: &str, kind: Option<&str>, path: Option<&str>) -> Package {
        Package {
            name: name.to_owned(),
            dependencies: vec![Dependency {
                name: dependency.to_owned(),
                kind: kind.map(str::to_owned),
                path: path.map(str::to_owned),
            }],
        }
    }

    #[test]
    fn reserved_crates_are_reserved() {
        let rows = [
            ("switchyard-engine", "wasmtime", None, ""),
            ("switchyard-epp", "tonic-health", None, ""),
            ("switchyard-epp", "wasmtime", Some("dev"), ""),
            ("switchyard-epp", "wasmtimer", None, ""),
            (
                "switchyard-epp",
                "wasmtime-wasi",
                None,
                "switchyard-epp depends on wasmtime-wasi; only switchyard-engine may",
            ),
            (
                "switchyard-config",
                "tonic",
                Some("build"),
                "switchyard-config depends on tonic; only switchyard-epp may",
            ),
            (
                "switchyard-scheduler",
                "rand",
                None,
                "switchyard-scheduler depends on rand; it does no I/O, reads no clock and draws no randomness",
            ),
        ];
        for (name, dependency, kind, expected) in rows {
            let broken = check_host(&package(name, dependency, kind, None)).join("\n");
            assert_eq!(broken, expected, "{name} -> {dependency}");
        }
    }

    #[test]
    fn plugins_know_the_contract_and_the_sdk() {
        let root = Path::new("/repo");
        let rows = [
            ("/repo/sdk/rust", true),
            ("/repo/plugins/common", true),
            ("/repo/host/scheduler", false),
        ];
        for (path, allowed) in rows {
            let broken = check_plugin(&package("queue-scorer", "x", None, Some(path)), root);
            assert_eq!(broken.is_empty(), allowed, "{path}: {broken:?}");
        }
    }
}
