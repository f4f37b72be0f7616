//! The scorer of every language's template as a component, and one that traps, made as a newcomer makes them.

use std::path::{Path, PathBuf};
use std::time::Duration;

use switchyard_build::language::Language;

use crate::progress::Progress;
use crate::setup::WasmToolchain;
use crate::tool::{Tool, ToolError};

/// A first build of the slowest language on a busy machine takes minutes.
const LIMIT: Duration = Duration::from_secs(900);
/// Folders of the scorer that traps and of its twin, and whether it does.
const VICTIMS: [(&str, bool); 2] = [("trapping", true), ("sound", false)];
/// Where a template in Rust has its rule.
const RULE: &str = "src/scorer.rs";

/// Why a component was not made.
#[derive(Debug, thiserror::Error)]
pub enum GuestError {
    /// The command failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// A file could not be read or written.
    #[error("{} could not be used: {source}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The template is not what it was.
    #[error("{} has no `{expected}`, before which a trap would go; adapt xtask/src/bench_epp/guests.rs to the template", path.display())]
    Template {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        expected: &'static str,
    },
}

/// Makes them all anew in `folder`, with `command`, which is `switchyard`.
pub(super) fn make(
    command: &Path,
    rust: &WasmToolchain,
    folder: &Path,
    progress: &Progress,
) -> Result<(), GuestError> {
    for language in Language::ALL {
        progress.doing(format!("building the template's scorer in {language}"));
        // Each in a folder of its name.
        let plugin = new(command, folder, language.name(), language)?;
        build(command, rust, folder, &plugin)?;
    }
    for (name, traps) in VICTIMS {
        progress.doing(format!("building the scorer {name}"));
        let plugin = new(command, folder, name, Language::Rust)?;
        spoil(&plugin.join(RULE), traps)?;
        build(command, rust, folder, &plugin)?;
    }
    progress.rest();
    Ok(())
}

fn new(
    command: &Path,
    folder: &Path,
    name: &str,
    language: Language,
) -> Result<PathBuf, GuestError> {
    let plugin = folder.join(name);
    let failed = |source| GuestError::File {
        path: plugin.clone(),
        source,
    };
    if plugin.exists() {
        std::fs::remove_dir_all(&plugin).map_err(failed)?;
    }
    std::fs::create_dir_all(folder).map_err(failed)?;
    Tool::new(command)
        .args(["plugin", "new", &format!("bench-{name}")])
        .args(["--stage", "scorer", "--lang", language.name(), "--dir"])
        .arg(&plugin)
        .limit(LIMIT)
        .run_logged(&log(folder))?;
    Ok(plugin)
}

fn build(
    command: &Path,
    rust: &WasmToolchain,
    folder: &Path,
    plugin: &Path,
) -> Result<(), GuestError> {
    let build = Tool::new(command)
        .args(["plugin", "build", "--dir"])
        .arg(plugin)
        // The plugins in Rust share what they depend on.
        .env("CARGO_TARGET_DIR", folder.join("rust-build"))
        .limit(LIMIT);
    rust.given_to(build).run_logged(&log(folder))?;
    Ok(())
}

fn log(folder: &Path) -> PathBuf {
    folder.join("build.log")
}

/// Has the rule ask for the request's seed, and break in one call of a hundred if it is to.
fn spoil(path: &Path, traps: bool) -> Result<(), GuestError> {
    let failed = |source| GuestError::File {
        path: path.to_owned(),
        source,
    };
    let rule = std::fs::read_to_string(path).map_err(failed)?;
    let spoilt = spoilt(&rule, traps).map_err(|expected| GuestError::Template {
        path: path.to_owned(),
        expected,
    })?;
    std::fs::write(path, spoilt).map_err(failed)
}

fn spoilt(rule: &str, traps: bool) -> Result<String, &'static str> {
    const ARGUMENT: &str = "_request: &Request,";
    const FIRST: &str = "let waiting = endpoints.column(";
    for expected in [ARGUMENT, FIRST] {
        if !rule.contains(expected) {
            return Err(expected);
        }
    }
    let break_off = if traps {
        r#"assert!(seed % 100 != 0, "this call was to trap");"#
    } else {
        "std::hint::black_box(seed);"
    };
    let first = format!("let seed = request.seed();\n        {break_off}\n        {FIRST}");
    let rule = rule.replacen(ARGUMENT, "request: &Request,", 1);
    Ok(rule.replacen(FIRST, &first, 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_template_has_a_place_for_the_trap() {
        let rule = include_str!("../../../sdk/templates/rust/src/scorer.rs");
        let trapping = spoilt(rule, true).unwrap();
        assert!(
            trapping.contains("        request: &Request,\n"),
            "{trapping}"
        );
        let body = "let seed = request.seed();\n        assert!(seed % 100 != 0, ";
        assert!(trapping.contains(body), "{trapping}");
        let sound = spoilt(rule, false).unwrap();
        assert!(
            sound.contains("black_box(seed)") && !sound.contains("seed %"),
            "{sound}"
        );
        assert_eq!(spoilt("fn score() {}", true), Err("_request: &Request,"));
    }
}
