//! The folder `.switchyard` of a plugin: the SDK of its language and the contract, as this binary brings them.

use std::path::{Path, PathBuf};

use switchyard_build::language::Language;
use switchyard_build::sources::BROUGHT;

use crate::embedded::{CONTRACT, SDK_RUST_MANIFEST, sdk};

/// A file could not be written.
#[derive(Debug, thiserror::Error)]
#[error(
    "{} could not be written: {source}; make room for it or its folder writable, or choose another folder with `--dir DIR`",
    path.display()
)]
pub struct WriteError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    pub source: std::io::Error,
}

/// Paths and texts of all its files, from the plugin's folder.
pub(crate) fn files(language: Language) -> Vec<(String, String)> {
    let home = format!("{BROUGHT}/sdk/{}", language.sdk());
    let mut files = Vec::new();
    let sources = match language {
        Language::Rust => {
            let manifest = (format!("{home}/Cargo.toml"), SDK_RUST_MANIFEST.to_owned());
            files.push(manifest);
            format!("{home}/src")
        }
        _ => home,
    };
    let within = |folder: &str, file: &crate::embedded::File| {
        (format!("{folder}/{}", file.path), file.text.to_owned())
    };
    files.extend(sdk(language).iter().map(|file| within(&sources, file)));
    // Bindings of the SDK find the contract where they find it in our own repository.
    let wit = format!("{BROUGHT}/wit");
    files.extend(CONTRACT.iter().map(|file| within(&wit, file)));
    files
}

/// Brings it to a plugin that has none, as after a clone that leaves it out. What is there stays as it is: a plugin
/// keeps its contract until somebody decides otherwise.
pub(crate) fn restore(folder: &Path, language: Language) -> Result<(), WriteError> {
    if folder.join(BROUGHT).join("wit").exists() {
        return Ok(());
    }
    files(language)
        .iter()
        .try_for_each(|(path, text)| write(&folder.join(path), text))
}

/// Writes a file and the folders it lies in.
pub(crate) fn write(path: &Path, text: &str) -> Result<(), WriteError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)
        .and_then(|()| std::fs::write(path, text))
        .map_err(|source| WriteError {
            path: path.to_path_buf(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_brought_once_and_then_left_alone() {
        for language in Language::ALL {
            let dir = tempfile::tempdir().unwrap();
            restore(dir.path(), language).unwrap();
            let sdk = dir.path().join(".switchyard/sdk").join(language.sdk());
            assert!(sdk.is_dir(), "{language}");
            let types = dir.path().join(".switchyard/wit/types.wit");
            std::fs::write(&types, "mine").unwrap();
            restore(dir.path(), language).unwrap();
            assert_eq!(std::fs::read_to_string(&types).unwrap(), "mine");
        }
    }

    #[test]
    fn tests_of_the_sdks_stay_at_home() {
        for language in Language::ALL {
            for (path, _) in files(language) {
                let is_test = path.ends_with("_test.go")
                    || path.contains("/test_")
                    || path.contains("/tests/");
                assert!(!is_test, "{path}");
            }
        }
    }
}
