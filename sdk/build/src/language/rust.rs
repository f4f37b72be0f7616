//! Plugins in Rust: cargo makes a module, and the rest happens here.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use super::{MakeError, Toolchain, module};
use crate::sources::Sources;
use crate::tools::{Finding, Lack, last_line, named, numbers};

/// What plugins are compiled for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// The oldest compiler that the SDK builds with, as two numbers.
const OLDEST: (u32, u32) = (1, 95);

/// Where the Rust tools are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rust {
    /// `cargo`, by its path or to be found on PATH.
    pub cargo: OsString,
    /// The compiler.
    pub rustc: OsString,
}

const INSTALL_RUST: &str = "apt-get install rustup && rustup default stable";
const UPDATE_RUST: &str = "rustup update stable";
const INSTALL_TARGET: &str = "rustup target add wasm32-unknown-unknown";

impl Default for Rust {
    /// Those that the environment names in `CARGO` and `RUSTC`, else those on PATH.
    fn default() -> Self {
        Self {
            cargo: named("CARGO", "cargo"),
            rustc: named("RUSTC", "rustc"),
        }
    }
}

impl Toolchain for Rust {
    fn findings(&self) -> Vec<Finding> {
        vec![self.cargo(), self.compiler(), self.target()]
    }

    fn component(&self, sources: &Sources) -> Result<Vec<u8>, MakeError> {
        module::component(&self.module(&sources.folder)?, None)
    }
}

/// What cargo writes of each file it made, one object a line.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

impl Rust {
    /// Compiles; where the core module is.
    fn module(&self, folder: &Path) -> Result<PathBuf, MakeError> {
        let failed = |reason: String| MakeError::Tool {
            tool: "cargo",
            folder: folder.to_path_buf(),
            reason,
        };
        let output = Command::new(&self.cargo)
            .current_dir(folder)
            .args(["build", "--release", "--target", TARGET])
            .args(["--message-format", "json-render-diagnostics"])
            .stdin(Stdio::null())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| failed(error.to_string()))?;
        let folder = || folder.to_path_buf();
        if !output.status.success() {
            return Err(MakeError::Failed {
                tool: "cargo",
                folder: folder(),
            });
        }
        last_module(&output.stdout)
            .map_err(|error| failed(format!("what it built cannot be read: {error}")))?
            .ok_or_else(|| MakeError::NoModule {
                folder: folder(),
                hint: "has Cargo.toml `[lib]` with `crate-type = [\"cdylib\"]`?",
            })
    }

    fn cargo(&self) -> Finding {
        let tool = "cargo";
        Finding {
            tool,
            found: version(tool, &self.cargo),
        }
    }

    fn compiler(&self) -> Finding {
        let tool = "rustc";
        let found = version(tool, &self.rustc).and_then(|found| match numbers(&found) {
            Some(numbers) if numbers < OLDEST => Err(Lack {
                tool,
                found: format!("found {found}"),
                expected: format!("{}.{} or later", OLDEST.0, OLDEST.1),
                install: UPDATE_RUST.to_owned(),
            }),
            _ => Ok(found),
        });
        Finding { tool, found }
    }

    fn target(&self) -> Finding {
        let libraries = last_line(
            &self.rustc,
            &["--print", "target-libdir", "--target", TARGET],
        );
        let libraries = libraries.unwrap_or_default();
        let found = if holds_std(Path::new(&libraries)) {
            Ok(libraries)
        } else {
            Err(Lack {
                tool: TARGET,
                found: "rustc has no standard library for it".to_owned(),
                expected: "Rust's target for plugins".to_owned(),
                install: INSTALL_TARGET.to_owned(),
            })
        };
        Finding {
            tool: TARGET,
            found,
        }
    }
}

/// The last module that was made: dependencies come before what needs them.
fn last_module(messages: &[u8]) -> serde_json::Result<Option<PathBuf>> {
    let mut module = None;
    for message in serde_json::Deserializer::from_slice(messages).into_iter::<Message>() {
        let message = message?;
        if message.reason == "compiler-artifact" {
            let is_module = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "wasm");
            module = message.filenames.into_iter().find(is_module).or(module);
        }
    }
    Ok(module)
}

/// Whether a folder holds the compiled standard library.
pub fn holds_std(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let name = entry.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libstd-") && name.ends_with(".rlib")
    })
}

/// `1.95.0` of `cargo 1.95.0 (f2d3ce0bd 2026-03-21)`.
fn version(tool: &'static str, program: &OsString) -> Result<String, Lack> {
    let lack = |found: String| Lack {
        tool,
        found,
        expected: "it on PATH".to_owned(),
        install: INSTALL_RUST.to_owned(),
    };
    let told = last_line(program, &["--version"]).map_err(lack)?;
    let version = told.split(' ').nth(1).unwrap_or(&told);
    Ok(version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn a_folder_without_the_library_does_not_count() {
        let dir = tempfile::tempdir().unwrap();
        assert!(!holds_std(&dir.path().join("absent")));
        std::fs::write(dir.path().join("libcore-1.rlib"), "").unwrap();
        assert!(!holds_std(dir.path()));
        std::fs::write(dir.path().join("libstd-1.rlib"), "").unwrap();
        assert!(holds_std(dir.path()));
    }

    #[test]
    fn missing_tools_are_named_with_what_installs_them() {
        let rust = Rust {
            cargo: "no-such-cargo".into(),
            rustc: "no-such-rustc".into(),
        };
        let told: Vec<String> = rust
            .findings()
            .into_iter()
            .filter_map(|finding| finding.found.err())
            .map(|lack| lack.to_string())
            .collect();
        expect![[r#"
            cargo: `no-such-cargo` could not be started (No such file or directory (os error 2)), expected it on PATH; install it with `apt-get install rustup && rustup default stable`
            rustc: `no-such-rustc` could not be started (No such file or directory (os error 2)), expected it on PATH; install it with `apt-get install rustup && rustup default stable`
            wasm32-unknown-unknown: rustc has no standard library for it, expected Rust's target for plugins; install it with `rustup target add wasm32-unknown-unknown`"#]].assert_eq(&told.join("\n"));
    }

    #[test]
    fn the_last_module_is_taken() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","filenames":["/a/libserde.rlib"]}"#,
            "\n",
            r#"{"reason":"compiler-artifact","filenames":["/a/fair.wasm","/a/fair.d"]}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        let found = last_module(messages.as_bytes()).unwrap();
        assert_eq!(found, Some(PathBuf::from("/a/fair.wasm")));
        assert_eq!(last_module(b"").unwrap(), None);
        assert!(last_module(b"oops").is_err());
    }
}
