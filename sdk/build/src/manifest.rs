//! `plugin.toml`: what the command knows of a plugin.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::contract::Stage;
use crate::language::Language;
use crate::name::PluginName;

/// Its file name.
pub const FILE: &str = "plugin.toml";

/// The content of `plugin.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// The plugin's name, and that of the component's file.
    pub name: PluginName,
    /// What it is written in.
    pub language: Language,
    /// What the component shall be.
    pub stages: Vec<Stage>,
    /// Example settings.
    #[serde(default)]
    pub settings: toml::Table,
    /// What a call may use, in the words of a configuration's `limits`.
    #[serde(default)]
    pub limits: toml::Table,
}

/// Why a plugin's folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ManifestError {
    /// There is none.
    #[error(
        "{} holds no {FILE}, expected a plugin's folder; name one with `--dir DIR`, or make one with \
         `switchyard plugin new NAME --stage scorer --lang rust`",
        folder.display()
    )]
    Missing {
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// It cannot be read.
    #[error("{} cannot be read: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// It says what it cannot say.
    #[error("{} is wrong: {}", path.display(), reason.trim_end())]
    Wrong {
        /// The file.
        path: PathBuf,
        /// What, and where.
        reason: String,
    },
    /// A plugin that is nothing.
    #[error("{}: found no stages, expected at least one, such as `stages = [\"scorer\"]`", path.display())]
    NoStages {
        /// The file.
        path: PathBuf,
    },
}

impl Manifest {
    /// Reads the one in `folder`.
    pub fn read(folder: &Path) -> Result<Self, ManifestError> {
        let path = folder.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) if source.kind() == std::io::ErrorKind::NotFound => {
                let folder = folder.to_path_buf();
                return Err(ManifestError::Missing { folder });
            }
            Err(source) => return Err(ManifestError::Read { path, source }),
        };
        let manifest: Self = match toml::from_str(&text) {
            Ok(manifest) => manifest,
            Err(error) => {
                let reason = error.to_string();
                return Err(ManifestError::Wrong { path, reason });
            }
        };
        if manifest.stages.is_empty() {
            return Err(ManifestError::NoStages { path });
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn told(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), text).unwrap();
        let error = Manifest::read(folder.path()).unwrap_err().to_string();
        error.replace(&folder.path().display().to_string(), "DIR")
    }

    #[track_caller]
    fn check(text: &str, expected: &Expect) {
        expected.assert_eq(&told(text));
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        check(
            "name = \"a\"\nlanguage = \"rust\"\nstages = [\"scroer\"]\n",
            &expect![[r#"
                DIR/plugin.toml is wrong: TOML parse error at line 3, column 11
                  |
                3 | stages = ["scroer"]
                  |           ^^^^^^^^
                unknown variant `scroer`, expected one of `filter`, `scorer`, `picker`, `decider`, `profile-handler`, `scraper`, `hooks`"#]],
        );
        check(
            "name = \"a\"\nlanguage = \"rust\"\nstages = [\"scorer\"]\nstage = 1\n",
            &expect![[r#"
                DIR/plugin.toml is wrong: TOML parse error at line 4, column 1
                  |
                4 | stage = 1
                  | ^^^^^
                unknown field `stage`, expected one of `name`, `language`, `stages`, `settings`, `limits`"#]],
        );
        check(
            "name = \"A\"\n",
            &expect![[r#"
            DIR/plugin.toml is wrong: TOML parse error at line 1, column 8
              |
            1 | name = "A"
              |        ^^^
            `A` cannot be a plugin's name: allowed are lower-case letters, digits and single hyphens between them, beginning with a letter, at most 64 characters; such as `tenant-fairness`"#]],
        );
        check(
            "name = \"a\"\nlanguage = \"rust\"\nstages = []\n",
            &expect![[
                r#"DIR/plugin.toml: found no stages, expected at least one, such as `stages = ["scorer"]`"#
            ]],
        );
    }

    #[test]
    fn a_folder_without_one_is_named() {
        let error = Manifest::read(Path::new("/no/where")).unwrap_err();
        expect![[r#"/no/where holds no plugin.toml, expected a plugin's folder; name one with `--dir DIR`, or make one with `switchyard plugin new NAME --stage scorer --lang rust`"#]].assert_eq(&error.to_string());
    }
}
