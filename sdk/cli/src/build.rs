//! `switchyard plugin build`: from sources to a component that a picker can load.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde::Deserialize;

use crate::componentize::{self, EncodeError, StripError};
use crate::contract::{self, Stage, VERSION};
use crate::inspect::{self, Facts, InspectError, Misfit};
use crate::manifest::{FILE, Manifest, ManifestError};
use crate::said::Said;
use crate::table::aligned_left;
use crate::toolchain::{Lack, Rust, TARGET};

/// Why there is no component.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is no plugin, or `plugin.toml` is wrong.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A tool is missing.
    #[error(transparent)]
    Tool(#[from] Lack),
    /// Cargo could not be started, or what it says could not be read.
    #[error("cargo in {}: {reason}; `switchyard doctor` looks at the tools", folder.display())]
    Cargo {
        /// Where.
        folder: PathBuf,
        /// Why.
        reason: String,
    },
    /// Cargo said what is wrong.
    #[error("{} does not build for {TARGET}: see what cargo said above, then run `switchyard plugin build` again", folder.display())]
    Compile {
        /// The plugin.
        folder: PathBuf,
    },
    /// The crate is another kind of library.
    #[error("cargo built {} and found no module, expected one; has Cargo.toml `[lib]` with `crate-type = [\"cdylib\"]`?", folder.display())]
    NoModule {
        /// The plugin.
        folder: PathBuf,
    },
    /// The module could not be stripped.
    #[error("{}: {source}", path.display())]
    Strip {
        /// The module.
        path: PathBuf,
        /// Why.
        source: StripError,
    },
    /// The module did not become a component.
    #[error("{} did not become a component: {source}", path.display())]
    Encode {
        /// The module.
        path: PathBuf,
        /// Why.
        source: EncodeError,
    },
    /// The component cannot be looked at.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// No picker could run it.
    #[error("{name}: {misfit}")]
    Misfit {
        /// The plugin.
        name: String,
        /// Why.
        misfit: Misfit,
    },
    /// It is of another version of the contract.
    #[error(
        "{name} is of contract {found}, expected {VERSION}; make `.switchyard` anew with this version of `switchyard plugin new`"
    )]
    Contract {
        /// The plugin.
        name: String,
        /// What was found.
        found: String,
    },
    /// The component is something else than it should be.
    #[error(
        "{name}: the component exports {}, {FILE} expects {}; name the same stages in `export!` of src/lib.rs \
         and in `stages` of {FILE}",
        contract::listed(found),
        contract::listed(expected)
    )]
    Stages {
        /// The plugin.
        name: String,
        /// What the component is.
        found: Vec<Stage>,
        /// What `plugin.toml` says.
        expected: Vec<Stage>,
    },
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
}

/// The command. What cargo says goes to standard error as it comes.
pub fn run(folder: &Path) -> Result<Said, BuildError> {
    let manifest = Manifest::read(folder)?;
    let rust = Rust::default();
    rust.check()?;
    let module = compile(&rust, folder)?;
    let component = component(&module)?;
    let path = folder.join(format!("{}.wasm", manifest.name));
    let facts = inspect::look(&path, &component)?;
    check(&manifest, &facts)?;
    write(&path, &component)?;
    // `./a.wasm` reads no better than `a.wasm`.
    let path = path
        .strip_prefix(".")
        .unwrap_or(&path)
        .display()
        .to_string();
    let text = format!("{path}\n{}", aligned_left(&facts.rows()));
    Ok(Said::well(text, format!("switchyard plugin load {path}")))
}

/// What cargo writes of each file it made, one object a line.
#[derive(Deserialize)]
struct Message {
    reason: String,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

/// The core module.
fn compile(rust: &Rust, folder: &Path) -> Result<PathBuf, BuildError> {
    let failed = |reason: String| BuildError::Cargo {
        folder: folder.to_path_buf(),
        reason,
    };
    let output = Command::new(&rust.cargo)
        .current_dir(folder)
        .args(["build", "--release", "--target", TARGET])
        .args(["--message-format", "json-render-diagnostics"])
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| failed(error.to_string()))?;
    let folder = || folder.to_path_buf();
    if !output.status.success() {
        return Err(BuildError::Compile { folder: folder() });
    }
    module(&output.stdout)
        .map_err(|error| failed(format!("what it built cannot be read: {error}")))?
        .ok_or_else(|| BuildError::NoModule { folder: folder() })
}

/// The last module that was made: dependencies come before what needs them.
fn module(messages: &[u8]) -> serde_json::Result<Option<PathBuf>> {
    let mut module = None;
    for message in serde_json::Deserializer::from_slice(messages).into_iter::<Message>() {
        let message = message?;
        if message.reason == "compiler-artifact" {
            let is_module = |path: &PathBuf| path.extension().is_some_and(|kind| kind == "wasm");
            module = message.filenames.into_iter().find(is_module).or(module);
        }
    }
    Ok(module)
}

fn component(module: &Path) -> Result<Vec<u8>, BuildError> {
    let path = || module.to_path_buf();
    let core = std::fs::read(module).map_err(|source| BuildError::File {
        path: path(),
        source,
    })?;
    let stripped = componentize::strip(&core).map_err(|source| BuildError::Strip {
        path: path(),
        source,
    })?;
    componentize::encode(&stripped).map_err(|source| BuildError::Encode {
        path: path(),
        source,
    })
}

/// Whether the component is a plugin of this contract and what `plugin.toml` says.
fn check(manifest: &Manifest, facts: &Facts) -> Result<(), BuildError> {
    let name = || manifest.name.to_string();
    // First, because here the author can do more about it than an inspector can say.
    let found = facts.contracts().join(", ");
    if !found.is_empty() && found != VERSION {
        return Err(BuildError::Contract {
            name: name(),
            found,
        });
    }
    facts.fit().map_err(|misfit| BuildError::Misfit {
        name: name(),
        misfit,
    })?;
    let mut expected = manifest.stages.clone();
    expected.sort_unstable();
    expected.dedup();
    if facts.stages != expected {
        return Err(BuildError::Stages {
            name: name(),
            found: facts.stages.clone(),
            expected,
        });
    }
    Ok(())
}

/// By way of a temporary file, so that a picker that watches it never sees half of it.
fn write(path: &Path, component: &[u8]) -> Result<(), BuildError> {
    let temporary = path.with_extension("wasm.new");
    std::fs::write(&temporary, component)
        .and_then(|()| std::fs::rename(&temporary, path))
        .map_err(|source| BuildError::File {
            path: path.to_path_buf(),
            source,
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::{Expect, expect};

    fn manifest(stages: &[Stage]) -> Manifest {
        Manifest {
            name: "fair".parse().unwrap(),
            language: crate::manifest::Language::Rust,
            stages: stages.to_vec(),
            settings: toml::Table::new(),
            limits: toml::Table::new(),
        }
    }

    fn facts(stages: &[Stage], version: &str) -> Facts {
        let names = stages.iter().map(|stage| stage.name());
        let names = names.chain(["lifecycle"]);
        Facts {
            bytes: 8,
            digest: String::new(),
            stages: stages.to_vec(),
            imports: Vec::new(),
            exports: names
                .map(|name| format!("{}{name}@{version}", contract::PACKAGE))
                .collect(),
            made_with: Vec::new(),
        }
    }

    #[track_caller]
    fn check_refused(expected_stages: &[Stage], facts: &Facts, expected: &Expect) {
        let error = check(&manifest(expected_stages), facts).unwrap_err();
        expected.assert_eq(&error.to_string());
    }

    #[test]
    fn the_component_must_be_what_the_manifest_says() {
        let both = [Stage::Scorer, Stage::Hooks];
        let turned = manifest(&[Stage::Hooks, Stage::Scorer]);
        assert!(check(&turned, &facts(&both, VERSION)).is_ok());
        check_refused(
            &both,
            &facts(&[Stage::Scorer], VERSION),
            &expect![[
                r#"fair: the component exports scorer, plugin.toml expects scorer, hooks; name the same stages in `export!` of src/lib.rs and in `stages` of plugin.toml"#
            ]],
        );
        check_refused(
            &both,
            &facts(&both, "0.2.0"),
            &expect![[
                r#"fair is of contract 0.2.0, expected 0.1.0; make `.switchyard` anew with this version of `switchyard plugin new`"#
            ]],
        );
        check_refused(
            &both,
            &facts(&both, "0.1.7"),
            &expect![[
                r#"fair is of contract 0.1.7, expected 0.1.0; make `.switchyard` anew with this version of `switchyard plugin new`"#
            ]],
        );
        check_refused(
            &both,
            &facts(&[], VERSION),
            &expect![[
                r#"fair: it exports no stage, expected at least one of filter, scorer, picker, decider, profile-handler, scraper, hooks; name the stages in `export!`"#
            ]],
        );
    }

    #[test]
    fn the_last_module_is_taken() {
        let messages = concat!(
            r#"{"reason":"compiler-artifact","filenames":["/a/libserde.rlib"]}"#,
            "\n",
            r#"{"reason":"compiler-artifact","filenames":["/a/fair.wasm","/a/fair.d"]}"#,
            "\n",
            r#"{"reason":"build-finished","success":true}"#,
        );
        let found = module(messages.as_bytes()).unwrap();
        assert_eq!(found, Some(PathBuf::from("/a/fair.wasm")));
        assert_eq!(module(b"").unwrap(), None);
        assert!(module(b"oops").is_err());
    }
}
