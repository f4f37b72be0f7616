//! The tools that building a plugin takes: whether they are there, and what installs them.

use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

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

/// What was found of one tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The tool.
    pub tool: &'static str,
    /// Its version, or what is wrong.
    pub found: Result<String, Lack>,
}

/// A tool that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{tool}: {found}, expected {expected}; install it with `{install}`")]
pub struct Lack {
    /// The tool.
    pub tool: &'static str,
    /// What there is.
    pub found: String,
    /// What there must be.
    pub expected: String,
    /// The one command.
    pub install: &'static str,
}

const INSTALL_RUST: &str = "apt-get install rustup && rustup default stable";
const UPDATE_RUST: &str = "rustup update stable";
const INSTALL_TARGET: &str = "rustup target add wasm32-unknown-unknown";

impl Default for Rust {
    /// Those that the environment names in `CARGO` and `RUSTC`, else those on PATH.
    fn default() -> Self {
        let named = |variable: &str, name: &str| {
            std::env::var_os(variable).unwrap_or_else(|| OsString::from(name))
        };
        Self {
            cargo: named("CARGO", "cargo"),
            rustc: named("RUSTC", "rustc"),
        }
    }
}

impl Rust {
    /// Looks at each tool, in the order in which they need one another.
    pub fn findings(&self) -> Vec<Finding> {
        vec![self.cargo(), self.compiler(), self.target()]
    }

    /// The first that is not as it must be.
    pub fn check(&self) -> Result<(), Lack> {
        self.findings()
            .into_iter()
            .try_for_each(|finding| finding.found.map(drop))
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
                install: UPDATE_RUST,
            }),
            _ => Ok(found),
        });
        Finding { tool, found }
    }

    fn target(&self) -> Finding {
        let libraries = output(
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
                install: INSTALL_TARGET,
            })
        };
        Finding {
            tool: TARGET,
            found,
        }
    }
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
        install: INSTALL_RUST,
    };
    let told = output(program, &["--version"]).map_err(lack)?;
    let version = told.split(' ').nth(1).unwrap_or(&told);
    Ok(version.to_owned())
}

fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// The last line a program writes: rustup may write remarks of its own before it.
fn output(program: &OsString, args: &[&str]) -> Result<String, String> {
    let shown = Path::new(program).display();
    let output = Command::new(program)
        .args(args)
        .output()
        .map_err(|error| format!("`{shown}` could not be started ({error})"))?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        let reason = reason.lines().next().unwrap_or_default();
        return Err(format!("`{shown} {}` failed ({reason})", args.join(" ")));
    }
    let told = String::from_utf8_lossy(&output.stdout);
    let last = told.trim_end().lines().next_back();
    Ok(last.unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(numbers("1.9.0") < Some(OLDEST));
        assert!(numbers("1.100.0-nightly") > Some(OLDEST));
        assert_eq!(numbers("nightly"), None);
    }

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
}
