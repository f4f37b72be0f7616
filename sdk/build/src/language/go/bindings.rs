//! Bindings for the stages of one plugin, laid over the SDK's sources.
//!
//! The SDK's packages import them as its own. They are not written among its files, though: the compiler is told
//! to see them there (`-overlay`), so that what the command brought stays as it is and nothing of one build is
//! left for the next.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use wit_bindgen_core::Files;
use wit_bindgen_go::{Format, Opts};
use wit_parser::{Resolve, WorldId};

use crate::language::{Language, MakeError};
use crate::sources::Sources;

/// The SDK's packages that the bindings become, and those that the generated exports call.
const BINDINGS: &str = "switchyard/internal/bindings";
const EXPORTS: &str = "switchyard/internal/exports";

/// Generates the bindings and gives the file that lays them over the SDK. The folder of `sources` must be
/// canonical.
pub(super) fn write(
    resolve: &Resolve,
    world: WorldId,
    sources: &Sources,
) -> Result<PathBuf, MakeError> {
    let made = sources.made();
    let folder = made.join("bindings");
    // What another set of stages left behind would do no harm, and confuse whoever looks.
    let _ = fs::remove_dir_all(&folder);
    let seen = sources.sdk("go").join("internal/bindings");
    let mut replaced = Map::new();
    for (path, text) in generate(resolve, world)? {
        let file = folder.join(&path);
        save(&file, &text)?;
        let seen = seen.join(&path).to_string_lossy().into_owned();
        replaced.insert(seen, json!(file.to_string_lossy()));
    }
    let overlay = made.join("overlay.json");
    let text = json!({ "Replace": Value::Object(replaced) }).to_string();
    save(&overlay, text.as_bytes())?;
    Ok(overlay)
}

/// The files in Go, by their paths.
fn generate(resolve: &Resolve, world: WorldId) -> Result<Vec<(String, Vec<u8>)>, MakeError> {
    let options = Opts {
        // By gofmt, if it is on PATH: then its owner may well ask it about the whole folder.
        format: Format::True,
        pkg_name: Some(BINDINGS.to_owned()),
        export_pkg_name: Some(EXPORTS.to_owned()),
        ..Opts::default()
    };
    let mut files = Files::default();
    options
        .build()
        .generate(&mut resolve.clone(), world, &mut files)
        .map_err(|error| MakeError::Bindings {
            language: Language::Go,
            reason: format!("{error:#}"),
        })?;
    // The others are for compiling bindings where they cannot run.
    let sources = files.iter().filter(|(path, _)| path.ends_with(".go"));
    Ok(sources
        .map(|(path, text)| (path.to_owned(), text.to_vec()))
        .collect())
}

fn save(path: &Path, text: &[u8]) -> Result<(), MakeError> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)
        .and_then(|()| fs::write(path, text))
        .map_err(|source| MakeError::File {
            path: path.to_path_buf(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Stage;
    use crate::manifest::Manifest;
    use crate::world;

    fn sources(folder: &Path, stages: &[Stage]) -> Sources {
        Sources {
            folder: folder.to_path_buf(),
            manifest: Manifest {
                name: "fair".parse().unwrap(),
                language: Language::Go,
                stages: stages.to_vec(),
                settings: toml::Table::new(),
                limits: toml::Table::new(),
            },
        }
    }

    #[test]
    fn the_bindings_of_the_stages_lie_over_the_sdk() {
        let dir = tempfile::tempdir().unwrap();
        let wit = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../wit");
        let stages = [Stage::Scorer, Stage::ProfileHandler];
        let sources = sources(dir.path(), &stages);
        let (resolve, world) = world::resolve(&wit, &stages).unwrap();
        let stale = sources.made().join("bindings/stale.go");
        save(&stale, b"package stale").unwrap();

        let overlay = write(&resolve, world, &sources).unwrap();
        assert!(!stale.exists());
        let overlay: Value = serde_json::from_slice(&fs::read(overlay).unwrap()).unwrap();
        let replaced = overlay["Replace"].as_object().unwrap();
        let seen = sources
            .sdk("go")
            .join("internal/bindings/wit_exports/wit_exports.go");
        let file = replaced[&*seen.to_string_lossy()].as_str().unwrap();
        let text = fs::read_to_string(file).unwrap();
        let check = |stage: &str, exported: bool| {
            let package = format!("\"{EXPORTS}/export_switchyard_plugin_{stage}\"");
            assert_eq!(text.contains(&package), exported, "{package}");
        };
        check("lifecycle", true);
        check("scorer", true);
        check("profile_handler", true);
        check("filter", false);
        for file in replaced.values() {
            assert!(Path::new(file.as_str().unwrap()).is_file(), "{file}");
        }
    }

    #[test]
    fn the_sdk_has_each_package_that_the_exports_call() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let (resolve, world) = world::resolve(&root.join("wit"), &Stage::ALL).unwrap();
        let files = generate(&resolve, world).unwrap();
        let exports = files
            .iter()
            .find(|(path, _)| path.starts_with("wit_exports/"));
        let exports = String::from_utf8(exports.unwrap().1.clone()).unwrap();
        let called: Vec<&str> = exports
            .split('"')
            .filter_map(|part| part.strip_prefix("switchyard/"))
            .filter(|package| package.starts_with("internal/exports/"))
            .collect();
        assert_eq!(called.len(), Stage::ALL.len() + 1, "{called:?}");
        for package in called {
            assert!(root.join("sdk/go").join(package).is_dir(), "{package}");
        }
    }
}
