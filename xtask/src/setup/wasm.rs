//! A Rust compiler that can build plugins, which are WebAssembly.
//!
//! The ordinary way is one rustup command. Where rustup is absent or cannot download, Debian's own
//! compiler does it once its standard library was built for wasm. `SWITCHYARD_WASM_ROUTE` = `rustup`
//! or `debian` forces one of the two.

mod debian;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use switchyard_build::language::rust::{TARGET, holds_std};
use switchyard_build::tools;

use crate::progress::Progress;
use crate::tool::{Tool, ToolError};
use crate::workspace::Workspace;

const ROUTE: &str = "SWITCHYARD_WASM_ROUTE";
const QUERY_LIMIT: Duration = Duration::from_secs(20);
/// Without a network rustup hangs instead of failing.
const RUSTUP_LIMIT: Duration = Duration::from_secs(60);

/// How to call the compiler for plugins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WasmToolchain {
    /// The compiler, where it is not the one cargo would take.
    pub rustc: Option<PathBuf>,
    /// A directory to put before PATH, where the linker is not beside the compiler.
    pub extra_path: Option<PathBuf>,
}

impl WasmToolchain {
    /// What a program that builds plugins in Rust must have in its environment to use this compiler.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        let mut variables = Vec::new();
        if let Some(rustc) = &self.rustc {
            variables.push(("RUSTC", rustc.into()));
            // The standard library built for this compiler carries no bitcode.
            variables.push(("CARGO_PROFILE_RELEASE_LTO", "off".into()));
        }
        if let Some(linkers) = &self.extra_path {
            variables.push(("PATH", tools::path_with([linkers.clone()])));
        }
        variables
    }

    /// A tool that builds plugins in Rust, such as `switchyard plugin build`, with this compiler.
    pub fn given_to(&self, tool: Tool) -> Tool {
        let variables = self.environment().into_iter();
        variables.fold(tool, |tool, (name, value)| tool.env(name, value))
    }
}

/// Why plugins cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum WasmError {
    /// Neither way worked.
    #[error("Rust cannot compile for {TARGET}, which the plugins need.\n  rustup: {rustup}\n  Debian: {debian}\nmake one of the two work: `rustup target add {TARGET}`, or `apt-get install {}` and try again", debian::PACKAGES.join(" "))]
    NoWay {
        /// What was wrong with rustup.
        rustup: Box<WasmError>,
        /// What was wrong with the Debian way.
        debian: Box<WasmError>,
    },
    /// The switch has another value than the two it knows.
    #[error("{ROUTE} is `{0}`; it may be `rustup` or `debian`, or unset to try both")]
    UnknownRoute(String),
    /// A tool is not installed.
    #[error("{0} is not there")]
    Missing(&'static str),
    /// A tool failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// rustup reported success, and the library is not there.
    #[error(
        "`rustup target add {TARGET}` succeeded, but rustc still finds no standard library for it; rustup serves another toolchain than the rustc on PATH"
    )]
    StillMissing,
    /// A file of the Debian way could not be made.
    #[error("{} could not be made: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

pub(super) fn ensure(
    workspace: &Workspace,
    progress: &Progress,
) -> Result<WasmToolchain, WasmError> {
    let log = workspace.made().join("setup/wasm.log");
    let route = std::env::var(ROUTE).unwrap_or_default();
    let toolchain = match route.as_str() {
        "rustup" => rustup(&log, progress),
        "debian" => debian::ensure(workspace, &log, progress),
        "" => rustup(&log, progress).or_else(|rustup| {
            progress.rest();
            progress.say(format!(
                "rustup did not help ({rustup}); trying Debian's compiler"
            ));
            debian::ensure(workspace, &log, progress).map_err(|debian| WasmError::NoWay {
                rustup: Box::new(rustup),
                debian: Box::new(debian),
            })
        }),
        other => Err(WasmError::UnknownRoute(other.to_owned())),
    }?;
    let rustc = toolchain.rustc.as_deref().unwrap_or(Path::new("rustc"));
    progress.say(format!("Rust for {TARGET}: {}", rustc.display()));
    Ok(toolchain)
}

fn rustup(log: &Path, progress: &Progress) -> Result<WasmToolchain, WasmError> {
    let rustc = std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
    if has_std(&rustc, log)? {
        return Ok(WasmToolchain::default());
    }
    let rustup = tools::find("rustup", &[]).ok_or(WasmError::Missing("rustup"))?;
    progress.say(format!(
        "installing the Rust target {TARGET} with rustup, a download of about 20 MB"
    ));
    progress.doing(format!("rustup target add {TARGET}"));
    let added = Tool::new(rustup)
        .args(["target", "add", TARGET])
        .limit(RUSTUP_LIMIT)
        .run_logged(log);
    progress.rest();
    added?;
    if has_std(&rustc, log)? {
        Ok(WasmToolchain::default())
    } else {
        Err(WasmError::StillMissing)
    }
}

/// Whether the compiler has the standard library for wasm.
fn has_std(rustc: &Path, log: &Path) -> Result<bool, ToolError> {
    let libraries = Tool::new(rustc)
        .args(["--print", "target-libdir", "--target", TARGET])
        .limit(QUERY_LIMIT)
        .run_logged(log)?;
    Ok(holds_std(Path::new(last_line(&libraries))))
}

/// The answer to a `--print`; rustup may write remarks of its own before it.
fn last_line(output: &str) -> &str {
    output.trim_end().lines().next_back().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remarks_before_the_answer_are_ignored() {
        assert_eq!(
            last_line("info: syncing\n/usr/lib/rustlib\n"),
            "/usr/lib/rustlib"
        );
    }

    #[test]
    fn another_compiler_comes_with_all_that_it_needs() {
        assert_eq!(WasmToolchain::default().environment(), []);
        let toolchain = WasmToolchain {
            rustc: Some("/a/rustc".into()),
            extra_path: Some("/linkers".into()),
        };
        let variables = toolchain.environment();
        let names: Vec<&str> = variables.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["RUSTC", "CARGO_PROFILE_RELEASE_LTO", "PATH"]);
        let first = std::env::split_paths(&variables[2].1).next();
        assert_eq!(first, Some("/linkers".into()));
    }

    #[test]
    fn the_last_word_names_both_ways() {
        let error = WasmError::NoWay {
            rustup: Box::new(WasmError::Missing("rustup")),
            debian: Box::new(WasmError::Missing("apt-get")),
        };
        expect_test::expect![[r#"
            Rust cannot compile for wasm32-unknown-unknown, which the plugins need.
              rustup: rustup is not there
              Debian: apt-get is not there
            make one of the two work: `rustup target add wasm32-unknown-unknown`, or `apt-get install rustc-web libstd-rust-web-dev rust-web-src` and try again"#]]
        .assert_eq(&error.to_string());
    }
}
