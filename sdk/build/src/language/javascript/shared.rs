//! The tools that all plugins share, pinned by the lock file that the SDK brings.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::JavaScript;
use crate::shell;
use crate::tools::{FixError, Lack};

/// What is installed, for npm.
const MANIFEST: &str = include_str!("../../../../js/tools/package.json");

/// Every package below, with its version and the hash of its content.
const LOCK: &str = include_str!("../../../../js/tools/package-lock.json");

/// A package's manifest.
#[derive(Deserialize)]
struct Manifest {
    version: String,
    #[serde(default)]
    dependencies: BTreeMap<String, String>,
}

/// The pinned versions.
fn pinned() -> Manifest {
    serde_json::from_str(MANIFEST).expect("it is written in this repository, and a test reads it")
}

impl JavaScript {
    /// The folder of the shared tools. It is named for the version of their list, so that a change of it is
    /// another folder; `sdk/js/tools/find.mjs` looks for the same.
    pub(super) fn shared(&self) -> PathBuf {
        self.tools.join(format!("javascript-{}", pinned().version))
    }

    /// The version of a package there, if it is the pinned one.
    pub(super) fn find_package(&self, package: &'static str) -> Result<String, Lack> {
        let folder = self.shared();
        let path = folder
            .join("node_modules")
            .join(package)
            .join("package.json");
        let text = fs::read_to_string(path).unwrap_or_default();
        let found = serde_json::from_str::<Manifest>(&text).map(|manifest| manifest.version);
        let expected = pinned().dependencies.remove(package).unwrap_or_default();
        match found {
            Ok(version) if version == expected => Ok(version),
            other => Err(Lack {
                tool: package,
                found: format!("found {}", other.as_deref().unwrap_or("none")),
                expected: format!("{expected} in {}", folder.display()),
                install: format!("switchyard doctor --fix --lang {}", self.language()),
            }),
        }
    }

    /// Installs all of them, from the package registry. What npm prints goes to standard error as it comes.
    pub(super) fn install_packages(&self, lack: &Lack) -> Result<(), FixError> {
        let folder = self.shared();
        // Packages run no scripts of theirs: none of these needs to.
        let args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
        let failed = |reason: String| FixError {
            tool: lack.tool,
            reason,
            install: format!("cd {} && npm {}", shell::word(&folder), args.join(" ")),
        };
        let node = self.find_node().map_err(|lack| failed(lack.to_string()))?;
        fs::create_dir_all(&folder)
            .and_then(|()| fs::write(folder.join("package.json"), MANIFEST))
            .and_then(|()| fs::write(folder.join("package-lock.json"), LOCK))
            .map_err(|error| failed(format!("{}: {error}", folder.display())))?;
        let status = Command::new("npm")
            .args(args)
            .current_dir(&folder)
            .env("PATH", node.path())
            .stdin(Stdio::null())
            .stdout(std::io::stderr())
            .status()
            .map_err(|error| failed(format!("`npm` could not be started ({error})")))?;
        if status.success() {
            Ok(())
        } else {
            Err(failed(format!("`npm ci` ended with {status}")))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn the_lock_file_is_of_the_same_versions() {
        let lock: Value = serde_json::from_str(LOCK).unwrap();
        let pinned = pinned();
        assert_eq!(lock["version"], pinned.version.as_str());
        assert!(!pinned.dependencies.is_empty());
        for (package, version) in &pinned.dependencies {
            let locked = &lock["packages"][format!("node_modules/{package}")];
            assert_eq!(locked["version"], version.as_str(), "{package}");
        }
    }

    #[test]
    fn no_registry_is_named() {
        assert!(!LOCK.contains("\"resolved\""));
    }
}
