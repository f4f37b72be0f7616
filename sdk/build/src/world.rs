//! The world of one plugin: what every plugin imports and exports, and the stages it has.
//!
//! Bindings generators want one named world. The contract has worlds for the usual cases only; this makes the one
//! for any set of stages.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use wit_parser::{Resolve, UnresolvedPackageGroup, WorldId};

use crate::contract::{Stage, VERSION};

/// The world's name, in the package [`PACKAGE`].
pub const NAME: &str = "plugin";

/// The package that holds the world.
pub const PACKAGE: &str = "switchyard:guest";

/// Why there is no world.
#[derive(Debug, thiserror::Error)]
pub enum WorldError {
    /// The contract cannot be read.
    #[error(
        "the contract in {} cannot be read: {reason}; delete the folder `.switchyard` and build again, which brings it anew",
        folder.display()
    )]
    Contract {
        /// Where it was looked for.
        folder: PathBuf,
        /// Why.
        reason: String,
    },
    /// A file cannot be written.
    #[error("{} could not be written: {source}", path.display())]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// The WIT text of the world with these stages.
pub fn text(stages: &[Stage]) -> String {
    let mut text = format!(
        "package {PACKAGE};\n\nworld {NAME} {{\n  include switchyard:plugin/guest@{VERSION};\n"
    );
    for stage in stages {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "  export switchyard:plugin/{stage}@{VERSION};");
    }
    text.push_str("}\n");
    text
}

/// The world with these stages, over the contract in the folder `wit`.
pub fn resolve(wit: &Path, stages: &[Stage]) -> Result<(Resolve, WorldId), WorldError> {
    let failed = |error: &dyn std::fmt::Display| WorldError::Contract {
        folder: wit.to_path_buf(),
        reason: format!("{error:#}"),
    };
    let mut resolve = Resolve::default();
    resolve.push_dir(wit).map_err(|error| failed(&error))?;
    let group = UnresolvedPackageGroup::parse("world.wit", &text(stages))
        .map_err(|(_, error)| failed(&error))?;
    let package = resolve.push_group(group).map_err(|error| failed(&error))?;
    let world = resolve
        .select_world(&[package], Some(NAME))
        .map_err(|error| failed(&error))?;
    Ok((resolve, world))
}

/// The same as files, for tools that read a folder: `world.wit`, and the contract under `deps/`.
pub fn write(wit: &Path, stages: &[Stage], to: &Path) -> Result<(), WorldError> {
    let deps = to.join("deps/switchyard-plugin");
    let write = |path: PathBuf, text: &str| {
        std::fs::write(&path, text).map_err(|source| WorldError::Write { path, source })
    };
    // What an earlier contract left behind would be read too.
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(&deps).map_err(|source| WorldError::Write {
        path: deps.clone(),
        source,
    })?;
    write(to.join("world.wit"), &text(stages))?;
    let failed = |error: std::io::Error| WorldError::Contract {
        folder: wit.to_path_buf(),
        reason: error.to_string(),
    };
    for entry in std::fs::read_dir(wit).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if let Some(name) = path
            .file_name()
            .filter(|_| path.extension().is_some_and(|e| e == "wit"))
        {
            write(
                deps.join(name),
                &std::fs::read_to_string(&path).map_err(failed)?,
            )?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contract() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit")
    }

    #[test]
    fn every_stage_is_exported_beside_the_lifecycle() {
        let (resolve, world) = resolve(&contract(), &Stage::ALL).unwrap();
        assert_eq!(resolve.worlds[world].exports.len(), Stage::ALL.len() + 1);
    }

    #[test]
    fn the_files_make_the_same_world() {
        let dir = tempfile::tempdir().unwrap();
        let to = dir.path().join("wit");
        write(&contract(), &[Stage::Scorer], &to).unwrap();
        let mut resolve = Resolve::default();
        let (package, _) = resolve.push_dir(&to).unwrap();
        let world = resolve.select_world(&[package], Some(NAME)).unwrap();
        assert_eq!(resolve.worlds[world].exports.len(), 2);
    }

    #[test]
    fn a_missing_contract_is_named() {
        let error = resolve(Path::new("/no/where"), &[])
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("the contract in /no/where cannot be read"),
            "{error}"
        );
    }
}
