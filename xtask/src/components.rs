//! The built-in plugins, from source to components.
//!
//! Cargo makes a core module of each crate in `plugins/`; this wraps each into a component, with the
//! code of `switchyard plugin build`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde::Deserialize;
use switchyard_build::componentize::{EncodeError, encode};
use switchyard_build::language::rust::TARGET;

use crate::setup::WasmToolchain;

/// Why the components were not built.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Cargo could not be started.
    #[error("cargo could not be started in {folder}: {source}; is a Rust toolchain on PATH?")]
    Start {
        /// Where.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Cargo ended with an error.
    #[error("cargo could not {task} in {folder}:\n{output}")]
    Cargo {
        /// What it should have done.
        task: &'static str,
        /// Where.
        folder: PathBuf,
        /// What it printed.
        output: String,
    },
    /// The list of plugins could not be read.
    #[error("cargo's description of the plugins in {folder} could not be read: {source}")]
    Metadata {
        /// Where.
        folder: PathBuf,
        /// Why.
        source: serde_json::Error,
    },
    /// A core module could not be made a component.
    #[error("the plugin `{plugin}` did not become a component: {source}")]
    Encode {
        /// Its crate.
        plugin: String,
        /// Why.
        source: EncodeError,
    },
    /// A file could not be read or written.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Builds every plugin under `root` and writes it to `target/plugins/<name>.wasm`, unless the same
/// bytes are there already. Answers the paths, in the order of their names.
///
/// `toolchain` names another compiler where rustup has no wasm target.
pub fn build(
    root: &Path,
    toolchain: &WasmToolchain,
    progress: &dyn Fn(&str),
) -> Result<Vec<PathBuf>, Error> {
    let folder = root.join("plugins");
    let modules = root.join("target/plugins-build");
    let components = root.join("target/plugins");

    let mut names = plugins(&folder)?;
    names.sort_unstable();
    progress(&format!("compiling {} plugins", names.len()));
    compile(&folder, &modules, toolchain)?;

    fs::create_dir_all(&components).map_err(|source| file(&components, source))?;
    let mut paths = Vec::with_capacity(names.len());
    for name in names {
        let module = modules
            .join(TARGET)
            .join("release")
            .join(format!("{}.wasm", name.replace('-', "_")));
        let core = fs::read(&module).map_err(|source| file(&module, source))?;
        let component = encode(&core).map_err(|source| Error::Encode {
            plugin: name.clone(),
            source,
        })?;
        let path = components.join(format!("{name}.wasm"));
        let changed = write_if_changed(&path, &component)?;
        progress(&format!(
            "{name}: {:.1} KiB{}",
            component.len() as f64 / 1024.0,
            if changed { "" } else { " (unchanged)" }
        ));
        paths.push(path);
    }
    Ok(paths)
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    targets: Vec<Target>,
}

#[derive(Deserialize)]
struct Target {
    crate_types: Vec<String>,
}

/// The crates of the plugins' workspace that become components.
fn plugins(folder: &Path) -> Result<Vec<String>, Error> {
    let mut cargo = cargo(folder);
    cargo.args(["metadata", "--no-deps", "--format-version", "1"]);
    let output = run(cargo, "list the plugins", folder)?;
    let metadata: Metadata = serde_json::from_slice(&output).map_err(|source| Error::Metadata {
        folder: folder.to_owned(),
        source,
    })?;
    let is_plugin = |package: &Package| {
        let mut crate_types = package
            .targets
            .iter()
            .flat_map(|target| &target.crate_types);
        crate_types.any(|crate_type| crate_type == "cdylib")
    };
    let packages = metadata.packages.into_iter();
    Ok(packages
        .filter(is_plugin)
        .map(|package| package.name)
        .collect())
}

fn compile(folder: &Path, modules: &Path, toolchain: &WasmToolchain) -> Result<(), Error> {
    let mut cargo = cargo(folder);
    cargo
        .args(["build", "--release", "--target", TARGET, "--target-dir"])
        .arg(modules)
        .envs(toolchain.environment());
    run(cargo, "build the plugins", folder).map(drop)
}

/// Cargo in `folder`, free of what an outer cargo run put into the environment for its own target.
fn cargo(folder: &Path) -> Command {
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(folder)
        .env_remove("CARGO_TARGET_DIR")
        .env_remove("CARGO_BUILD_TARGET")
        .env_remove("RUSTFLAGS")
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    cargo
}

fn run(mut command: Command, task: &'static str, folder: &Path) -> Result<Vec<u8>, Error> {
    let output = command.output().map_err(|source| Error::Start {
        folder: folder.to_owned(),
        source,
    })?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    Err(Error::Cargo {
        task,
        folder: folder.to_owned(),
        output: String::from_utf8_lossy(&output.stderr).trim().to_owned(),
    })
}

/// Writes a file by way of a temporary one, and only if its content is another: what is built from it
/// then isn't built again for nothing. Answers whether it was written.
fn write_if_changed(path: &Path, content: &[u8]) -> Result<bool, Error> {
    if fs::read(path).is_ok_and(|known| known == content) {
        return Ok(false);
    }
    let temporary = path.with_extension("wasm.new");
    fs::write(&temporary, content).map_err(|source| file(&temporary, source))?;
    fs::rename(&temporary, path).map_err(|source| file(path, source))?;
    Ok(true)
}

fn file(path: &Path, source: io::Error) -> Error {
    Error::File {
        path: path.to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_written_only_when_it_changes() {
        let folder = std::env::temp_dir().join(format!("components-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join("a.wasm");
        assert!(write_if_changed(&path, b"one").unwrap());
        assert!(!write_if_changed(&path, b"one").unwrap());
        assert!(write_if_changed(&path, b"two").unwrap());
        assert_eq!(fs::read(&path).unwrap(), b"two");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_missing_folder_is_named() {
        let error = build(
            Path::new("/nowhere/at/all"),
            &WasmToolchain::default(),
            &|_| {},
        )
        .unwrap_err();
        let text = error.to_string();
        assert!(text.contains("/nowhere/at/all/plugins"), "{text}");
    }
}
