//! Plugins in Rust: cargo makes a module, and the rest happens here.

mod install;

pub use install::Source;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use self::install::{Missing, program};
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
    /// What installs them; looked for where that is needed, if not given.
    pub source: Option<Source>,
}

/// What is called a linter and what a formatter, as cargo and as rustup name them.
const LINTERS: [(&str, &str); 2] = [("clippy", "clippy"), ("fmt", "rustfmt")];

impl Default for Rust {
    /// Those that the environment names in `CARGO` and `RUSTC`, else those on PATH.
    fn default() -> Self {
        Self {
            cargo: named("CARGO", "cargo"),
            rustc: named("RUSTC", "rustc"),
            source: None,
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
    /// The linter and the formatter. Building needs neither.
    pub fn linters(&self) -> Vec<Finding> {
        let find = |(command, tool)| {
            let found = last_line(&program(&self.cargo), &[command, "--version"]);
            let found = found.map_err(|found| Lack {
                tool,
                found,
                expected: format!("`cargo {command}`"),
                install: self.install(Missing::Component(tool)),
            });
            // `rustfmt 1.9.0-stable (f2d3ce0bd 2026-03-21)`
            let found = found.map(|told| told.split(' ').nth(1).unwrap_or(&told).to_owned());
            Finding { tool, found }
        };
        LINTERS.map(find).into()
    }

    /// The command `cargo`.
    pub fn cargo_command(&self) -> Command {
        Command::new(program(&self.cargo))
    }

    fn install(&self, missing: Missing) -> String {
        let source = self.source.clone();
        source.unwrap_or_else(Source::found).command(missing)
    }

    /// Compiles; where the core module is.
    fn module(&self, folder: &Path) -> Result<PathBuf, MakeError> {
        let failed = |reason: String| MakeError::Tool {
            tool: "cargo",
            folder: folder.to_path_buf(),
            reason,
        };
        let output = self
            .cargo_command()
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
            found: self.version(tool, &self.cargo),
        }
    }

    fn compiler(&self) -> Finding {
        let tool = "rustc";
        let found = self
            .version(tool, &self.rustc)
            .and_then(|found| match numbers(&found) {
                Some(numbers) if numbers < OLDEST => Err(Lack {
                    tool,
                    found: format!("found {found}"),
                    expected: format!("{}.{} or later", OLDEST.0, OLDEST.1),
                    install: self.install(Missing::Newer),
                }),
                _ => Ok(found),
            });
        Finding { tool, found }
    }

    /// `1.95.0` of `cargo 1.95.0 (f2d3ce0bd 2026-03-21)`.
    fn version(&self, tool: &'static str, named: &OsString) -> Result<String, Lack> {
        let lack = |found: String| Lack {
            tool,
            found,
            expected: "it on PATH".to_owned(),
            install: self.install(Missing::Compiler),
        };
        let told = last_line(&program(named), &["--version"]).map_err(lack)?;
        let version = told.split(' ').nth(1).unwrap_or(&told);
        Ok(version.to_owned())
    }

    fn target(&self) -> Finding {
        let libraries = last_line(
            &program(&self.rustc),
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
                install: self.install(Missing::Target),
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
            source: Some(Source::Script),
        };
        let told: Vec<String> = rust
            .findings()
            .into_iter()
            .filter_map(|finding| finding.found.err())
            .map(|lack| lack.to_string())
            .collect();
        expect![[r#"
            cargo: `no-such-cargo` could not be started (No such file or directory (os error 2)), expected it on PATH; install it with `script=$(curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs) && sh -c "$script" sh -y --target wasm32-unknown-unknown`
            rustc: `no-such-rustc` could not be started (No such file or directory (os error 2)), expected it on PATH; install it with `script=$(curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs) && sh -c "$script" sh -y --target wasm32-unknown-unknown`
            wasm32-unknown-unknown: rustc has no standard library for it, expected Rust's target for plugins; install it with `script=$(curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs) && sh -c "$script" sh -y --target wasm32-unknown-unknown`"#]].assert_eq(&told.join("\n"));
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
