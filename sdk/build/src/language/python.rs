//! Plugins in Python: componentize-py puts the plugin, the SDK and an interpreter that has imported both into a component.

mod install;
mod told;

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use wasm_encoder::{Encode as _, ProducersField, ProducersSection, Section as _};

use super::{MakeError, Toolchain};
use crate::sources::Sources;
use crate::tools::{self, Finding, Lack, last_line, named, numbers};
use crate::world;

use install::COMPONENTIZE_PY;

/// The command that runs a plugin's own unit tests.
pub(super) const TEST: &str = "python3 -m pytest";

/// The oldest Python that plugins are tested with, as two numbers. In a component it is always componentize-py's own.
const OLDEST: (u32, u32) = (3, 10);

const TOOL: &str = "componentize-py";

/// The module that componentize-py begins with, and its text.
const ENTRY: &str = "switchyard_entry";
const ENTRY_TEXT: &str = "\
import sys

# Building leaves nothing behind beside the sources.
sys.dont_write_bytecode = True

from switchyard_sdk.component import *
";

/// Where the tools are.
#[derive(Debug, Clone)]
pub(super) struct Python {
    python: OsString,
    /// The componentize-py to take where none is installed here, by its path or to be found on PATH.
    other: OsString,
    /// Where componentize-py is installed, with all that belongs to it.
    environment: PathBuf,
}

impl Default for Python {
    /// The Python that the environment names in `PYTHON`, else the one on PATH; and the componentize-py that was
    /// installed here, else the one on PATH.
    fn default() -> Self {
        Self {
            python: named("PYTHON", "python3"),
            other: TOOL.into(),
            environment: tools::folder().join(install::FOLDER),
        }
    }
}

impl Toolchain for Python {
    fn findings(&self) -> Vec<Finding> {
        vec![
            Finding {
                tool: "python",
                found: self.find_python(),
            },
            Finding {
                tool: TOOL,
                found: self.find_componentizer(),
            },
        ]
    }

    fn folders(&self) -> Vec<PathBuf> {
        vec![self.environment.join("bin")]
    }

    fn component(&self, sources: &Sources) -> Result<Vec<u8>, MakeError> {
        let made = sources.made().join("python");
        world::write(&sources.wit(), &sources.manifest.stages, &made.join("wit"))?;
        let entry = made.join("entry").join(ENTRY).with_extension("py");
        // Named for an environment without packages, see `componentize`.
        let bare = made.join("bare/lib/site-packages");
        let file = |path: &Path| {
            let path = path.to_path_buf();
            |source| MakeError::File { path, source }
        };
        for folder in [entry.parent().unwrap_or(&made), bare.as_path()] {
            std::fs::create_dir_all(folder).map_err(file(folder))?;
        }
        std::fs::write(&entry, ENTRY_TEXT).map_err(file(&entry))?;
        let component = made.join("plugin.wasm");
        self.componentize(sources, &made, &component)?;
        let mut bytes = std::fs::read(&component).map_err(file(&component))?;
        mark(&mut bytes);
        Ok(bytes)
    }
}

impl Python {
    /// Looked for anew each time, because it may be installed meanwhile.
    fn componentizer(&self) -> OsString {
        let installed = self.environment.join("bin").join(TOOL);
        match installed.is_file() {
            true => installed.into(),
            false => self.other.clone(),
        }
    }

    fn find_python(&self) -> Result<String, Lack> {
        let lack = |found: String| Lack {
            tool: "python",
            found,
            expected: format!("{}.{} or later", OLDEST.0, OLDEST.1),
            install: install::PYTHON.to_owned(),
        };
        let told = last_line(&self.python, &["--version"]).map_err(lack)?;
        let version = told.trim_start_matches("Python ");
        match numbers(version) {
            Some(numbers) if numbers >= OLDEST => Ok(version.to_owned()),
            _ => Err(lack(format!("found {version}"))),
        }
    }

    fn find_componentizer(&self) -> Result<String, Lack> {
        let told = last_line(&self.componentizer(), &["--version"]);
        let found = match told {
            Ok(told) => told.trim_start_matches("componentize-py ").to_owned(),
            Err(reason) => return Err(install::lack(self, reason)),
        };
        if found == COMPONENTIZE_PY {
            Ok(found)
        } else {
            Err(install::lack(self, format!("found {found}")))
        }
    }

    /// Makes the component `to`.
    fn componentize(&self, sources: &Sources, made: &Path, to: &Path) -> Result<(), MakeError> {
        let failed = |reason: String| MakeError::Tool {
            tool: TOOL,
            folder: sources.folder.clone(),
            reason,
        };
        let folders = [
            sources.sdk("python"),
            sources.folder.clone(),
            made.join("entry"),
        ];
        let mut command = Command::new(self.componentizer());
        command
            .arg("--quiet")
            .arg("--wit-path")
            .arg(made.join("wit"))
            .args(["--world", world::NAME, "componentize", "--stub-wasi"])
            .args(
                folders
                    .iter()
                    .flat_map(|folder| ["--python-path".as_ref(), folder.as_os_str()]),
            )
            .arg("--output")
            .arg(to)
            .arg(ENTRY)
            // Its own backtrace says nothing to the author of a plugin.
            .env("RUST_BACKTRACE", "0")
            .stdin(Stdio::null());
        // It takes in the packages of the active environment. Without one it would take in those of the system, and a
        // plugin would be another one on another machine.
        if std::env::var_os("VIRTUAL_ENV").is_none() {
            command.env("VIRTUAL_ENV", made.join("bare"));
        }
        let Output { status, stderr, .. } = command
            .output()
            .map_err(|error| failed(error.to_string()))?;
        if status.success() {
            return Ok(());
        }
        let shown = told::shown(&String::from_utf8_lossy(&stderr), &folders, &sources.folder);
        // Where standard error is closed nobody reads it.
        let _ = std::io::stderr().write_all(shown.as_bytes());
        Err(MakeError::Failed {
            tool: TOOL,
            folder: sources.folder.clone(),
        })
    }
}

/// Notes in a component what made it, which componentize-py does not: a picker tells by it that this is no native code
/// and gives it the time that an interpreter takes.
fn mark(component: &mut Vec<u8>) {
    let mut language = ProducersField::new();
    language.value("Python", "3.14");
    let mut processed_by = ProducersField::new();
    processed_by.value(TOOL, COMPONENTIZE_PY);
    let mut section = ProducersSection::new();
    section.field("language", &language);
    section.field("processed-by", &processed_by);
    component.push(section.id());
    section.encode(component);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract::Stage;
    use crate::facts;
    use crate::language::Language;
    use crate::manifest::Manifest;
    use crate::testing;
    use expect_test::{Expect, expect};

    fn program(folder: &Path, name: &str, script: &str) -> PathBuf {
        let path = folder.join(name);
        std::fs::create_dir_all(folder).unwrap();
        testing::program(&path, script);
        path
    }

    fn python(dir: &Path, version: &str, componentizer: &str) -> Python {
        let environment = dir.join("env");
        program(&environment.join("bin"), TOOL, componentizer);
        Python {
            python: program(dir, "python3", &format!("echo Python {version}")).into(),
            other: dir.join("other").into(),
            environment,
        }
    }

    fn sources(dir: &Path) -> Sources {
        let sources = Sources {
            folder: dir.join("fair"),
            manifest: Manifest {
                name: "fair".parse().unwrap(),
                language: Language::Python,
                stages: vec![Stage::Scorer],
                settings: toml::Table::new(),
                limits: toml::Table::new(),
            },
        };
        std::fs::create_dir_all(sources.wit()).unwrap();
        sources
    }

    #[track_caller]
    fn check_findings(python: &Python, dir: &Path, expected: &Expect) {
        let told: String = python
            .findings()
            .into_iter()
            .map(|finding| match finding.found {
                Ok(version) => format!("{}: {version}\n", finding.tool),
                Err(lack) => format!("{lack}\n"),
            })
            .collect();
        expected.assert_eq(&told.replace(&dir.display().to_string(), "DIR"));
    }

    #[test]
    fn tools_of_the_right_versions_are_found() {
        let dir = tempfile::tempdir().unwrap();
        let python = python(dir.path(), "3.11.2", "echo componentize-py 0.25.1");
        check_findings(
            &python,
            dir.path(),
            &expect![[r#"
            python: 3.11.2
            componentize-py: 0.25.1
        "#]],
        );
        assert!(python.check().is_ok());
    }

    #[test]
    fn other_versions_are_named_with_what_installs_the_right_ones() {
        let dir = tempfile::tempdir().unwrap();
        let python = python(dir.path(), "3.9.18", "echo componentize-py 0.17.0");
        check_findings(
            &python,
            dir.path(),
            &expect![[r#"
            python: found 3.9.18, expected 3.10 or later; install it with `apt-get install --yes python3 python3-venv`
            componentize-py: found 0.17.0, expected 0.25.1; install it with `DIR/python3 -m venv DIR/env && DIR/env/bin/pip install --quiet --disable-pip-version-check componentize-py==0.25.1 pytest==9.2.0 ruff==0.17.6`
        "#]],
        );
    }

    #[test]
    fn missing_tools_are_named() {
        let python = Python {
            python: "no-such-python".into(),
            other: "no-such-componentize-py".into(),
            environment: PathBuf::from("/no/where"),
        };
        check_findings(
            &python,
            Path::new("/no"),
            &expect![[r#"
            python: `no-such-python` could not be started (No such file or directory (os error 2)), expected 3.10 or later; install it with `apt-get install --yes python3 python3-venv`
            componentize-py: `no-such-componentize-py` could not be started (No such file or directory (os error 2)), expected 0.25.1; install it with `no-such-python -m venv DIR/where && DIR/where/bin/pip install --quiet --disable-pip-version-check componentize-py==0.25.1 pytest==9.2.0 ruff==0.17.6`
        "#]],
        );
    }

    #[test]
    fn what_is_installed_counts_from_then_on() {
        let dir = tempfile::tempdir().unwrap();
        let python = Python {
            environment: dir.path().join("new"),
            other: program(dir.path(), TOOL, "echo componentize-py 0.17.0").into(),
            ..python(dir.path(), "3.11.2", "")
        };
        assert_eq!(python.check().unwrap_err().found, "found 0.17.0");
        let bin = dir.path().join("new/bin");
        program(&bin, TOOL, "echo componentize-py 0.25.1");
        assert_eq!(python.check(), Ok(()));
    }

    #[test]
    fn the_component_says_what_made_it() {
        let dir = tempfile::tempdir().unwrap();
        // An empty component. The arguments are kept for a look.
        let script = r#"
echo "$@" > "$0.args"
while [ "$1" != --output ]; do shift; done
printf '\0asm\15\0\1\0' > "$2""#;
        let python = python(dir.path(), "3.11.2", script);
        let sources = sources(dir.path());
        let component = python.component(&sources).unwrap();
        let facts = facts::look(Path::new("fair.wasm"), &component).unwrap();
        assert_eq!(facts.made_with, ["Python 3.14", "componentize-py 0.25.1"]);
        let args = std::fs::read_to_string(python.environment.join("bin/componentize-py.args"));
        let args = args
            .unwrap()
            .replace(&dir.path().display().to_string(), "DIR");
        expect![[r#"
            --quiet --wit-path DIR/fair/.switchyard/made/python/wit --world plugin componentize --stub-wasi --python-path DIR/fair/.switchyard/sdk/python --python-path DIR/fair --python-path DIR/fair/.switchyard/made/python/entry --output DIR/fair/.switchyard/made/python/plugin.wasm switchyard_entry
        "#]].assert_eq(&args);
        let entry = sources.made().join("python/entry/switchyard_entry.py");
        assert_eq!(std::fs::read_to_string(entry).unwrap(), ENTRY_TEXT);
    }

    #[test]
    fn what_fails_is_said() {
        let dir = tempfile::tempdir().unwrap();
        let python = python(dir.path(), "3.11.2", "exit 1");
        let error = python.component(&sources(dir.path())).unwrap_err();
        let told = error
            .to_string()
            .replace(&dir.path().display().to_string(), "DIR");
        expect!["DIR/fair does not build: see what componentize-py said above, then run `switchyard plugin build` again"].assert_eq(&told);
    }
}
