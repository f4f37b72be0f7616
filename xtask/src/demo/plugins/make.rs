//! Makes the examples into components, from copies, so that nothing is left between their sources.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::setup::WasmToolchain;
use crate::tool::{Tool, ToolError};
use crate::workspace::Workspace;

/// A first build of the slowest language on a busy machine takes a minute.
const BUILD_LIMIT: Duration = Duration::from_secs(600);
const LIST_LIMIT: Duration = Duration::from_secs(60);

/// Where the examples are in the repository.
const EXAMPLES: &str = "examples/plugins";
/// What builds keep in a plugin's folder; with it the next one is faster.
const KEPT: [&str; 2] = ["target", ".switchyard"];

/// Why a plugin was not made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    /// A tool failed.
    #[error(transparent)]
    Tool(#[from] ToolError),
    /// A file could not be copied, or an old one not removed.
    #[error("{} could not be copied to {}: {source}", from.display(), to.display())]
    Copy {
        /// The example's file.
        from: PathBuf,
        /// Its copy.
        to: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// A component, and how long it took.
#[derive(Debug)]
pub(super) struct Made {
    pub(super) component: PathBuf,
    pub(super) took: Duration,
}

/// Copies the example `name` into `folder`, and builds it there with `command`, which is `switchyard`.
pub(super) fn make(
    workspace: &Workspace,
    command: &Path,
    rust: &WasmToolchain,
    name: &str,
    folder: &Path,
) -> Result<Made, MakeError> {
    let log = folder.with_extension("log");
    copy(workspace.root(), &Path::new(EXAMPLES).join(name), folder)?;
    let start = Instant::now();
    let build = Tool::new(command)
        .args(["plugin", "build", "--dir"])
        .arg(folder)
        .limit(BUILD_LIMIT);
    rust.given_to(build).run_logged(&log)?;
    Ok(Made {
        component: folder.join(name).with_extension("wasm"),
        took: start.elapsed(),
    })
}

/// Makes `folder` hold the files of `example` that belong to the repository, and what builds keep.
fn copy(root: &Path, example: &Path, folder: &Path) -> Result<(), MakeError> {
    let failed = |from: &Path, to: &Path| {
        let (from, to) = (from.to_path_buf(), to.to_path_buf());
        move |source| MakeError::Copy { from, to, source }
    };
    clear(folder).map_err(failed(&root.join(example), folder))?;
    let listed = Tool::new("git")
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "--",
        ])
        .arg(example)
        .within(root)
        .limit(LIST_LIMIT)
        .run_logged(&folder.with_extension("files"))?;
    for line in listed.lines() {
        // The log that `listed` comes from has git's warnings too, which name no such file.
        let from = root.join(line);
        let Ok(within) = Path::new(line).strip_prefix(example) else {
            continue;
        };
        if !from.is_file() {
            continue;
        }
        let to = folder.join(within);
        let parent = to.parent().unwrap_or(folder);
        std::fs::create_dir_all(parent)
            .and_then(|()| std::fs::copy(&from, &to))
            .map_err(failed(&from, &to))?;
    }
    Ok(())
}

/// Removes what an earlier copy left in `folder`, all but what builds keep.
fn clear(folder: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(folder)?;
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if KEPT.iter().any(|kept| entry.file_name() == *kept) {
            continue;
        }
        if entry.file_type()?.is_dir() {
            std::fs::remove_dir_all(entry.path())?;
        } else {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_has_what_the_repository_has_and_what_builds_keep() {
        let dir = tempfile::tempdir().unwrap();
        let (root, folder) = (dir.path().join("repository"), dir.path().join("copy"));
        let write = |path: PathBuf| {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "text").unwrap();
        };
        for file in ["one/src/a.go", "one/.gitignore", "other/b.go"] {
            write(root.join(file));
        }
        std::fs::write(root.join("one/.gitignore"), "*.wasm\n").unwrap();
        write(root.join("one/one.wasm"));
        for left in ["src/removed.go", "old.wasm", "target/kept"] {
            write(folder.join(left));
        }
        let git = Tool::new("git").args(["init", "--quiet"]).within(&root);
        git.run_logged(&dir.path().join("log")).unwrap();

        copy(&root, Path::new("one"), &folder).unwrap();
        for (file, there) in [
            ("src/a.go", true),
            (".gitignore", true),
            ("target/kept", true),
            ("one.wasm", false),
            ("b.go", false),
            ("src/removed.go", false),
            ("old.wasm", false),
        ] {
            assert_eq!(folder.join(file).exists(), there, "{file}");
        }
    }
}
