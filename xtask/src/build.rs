//! Builds what runs: the plugins as components, then the binaries that embed them.

use std::path::{Path, PathBuf};

use crate::components;
use crate::progress::Progress;
use crate::setup::{self, WasmError, WasmToolchain};
use crate::tool::{Tool, ToolError};
use crate::workspace::{Profile, Workspace};

/// Why the build failed.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is no compiler for plugins.
    #[error(transparent)]
    Wasm(#[from] WasmError),
    /// A plugin did not become a component.
    #[error("the plugins could not be built: {0}")]
    Components(#[from] components::Error),
    /// A binary was not built.
    #[error(transparent)]
    Cargo(#[from] ToolError),
    /// A component could not be put beside the binaries.
    #[error("{} could not be written: {source}", path.display())]
    Copy {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// Everything: compiler, components, binaries.
pub fn run(workspace: &Workspace, profile: Profile, progress: &Progress) -> Result<(), BuildError> {
    let toolchain = setup::wasm(workspace, progress)?;
    let components = components(workspace, &toolchain, progress)?;
    progress.say("building the binaries");
    Tool::cargo()
        .args(["build", "--workspace", "--exclude", "xtask", "--bins"])
        .args(profile.flags())
        .within(workspace.root())
        .run_shown()?;
    let binaries = workspace.binaries(profile);
    put_beside(&components, &binaries.join("plugins"))?;
    progress.say(format!(
        "built: binaries in {}, {} components in {}",
        binaries.display(),
        components.len(),
        workspace.plugins().display()
    ));
    Ok(())
}

/// The plugins alone.
pub fn components(
    workspace: &Workspace,
    toolchain: &WasmToolchain,
    progress: &Progress,
) -> Result<Vec<PathBuf>, BuildError> {
    progress.doing("building the plugins");
    let components = components::build(workspace.root(), toolchain, &|line| progress.say(line))?;
    progress.rest();
    Ok(components)
}

/// Copies the components to `directory`, which afterwards holds these and no others.
fn put_beside(components: &[PathBuf], directory: &Path) -> Result<(), BuildError> {
    let wrap = |path: &Path| {
        let path = path.to_path_buf();
        move |source| BuildError::Copy { path, source }
    };
    if directory.exists() {
        std::fs::remove_dir_all(directory).map_err(wrap(directory))?;
    }
    std::fs::create_dir_all(directory).map_err(wrap(directory))?;
    for component in components {
        if let Some(name) = component.file_name() {
            let to = directory.join(name);
            std::fs::copy(component, &to).map_err(wrap(&to))?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_copy_holds_these_components_and_no_others() {
        let dir = tempfile::tempdir().unwrap();
        let beside = dir.path().join("release/plugins");
        let component = |name: &str| {
            let path = dir.path().join(name);
            std::fs::write(&path, name).unwrap();
            path
        };
        put_beside(&[component("old.wasm")], &beside).unwrap();
        put_beside(&[component("new.wasm")], &beside).unwrap();
        let names: Vec<_> = std::fs::read_dir(&beside)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(names, ["new.wasm"]);
    }
}
