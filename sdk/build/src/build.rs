//! `switchyard plugin build`: from sources to a component that a picker can load.

use std::path::{Path, PathBuf};

use crate::contract::{self, Stage, VERSION};
use crate::facts::{self, Facts, InspectError, Misfit};
use crate::language::{Language, MakeError};
use crate::manifest::{FILE, Manifest, ManifestError};
use crate::sources::Sources;
use crate::tools::Lack;

/// Why there is no component.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// There is no plugin, or `plugin.toml` is wrong.
    #[error(transparent)]
    Manifest(#[from] ManifestError),
    /// A tool is missing.
    #[error(transparent)]
    Tool(#[from] Lack),
    /// The sources did not become a component.
    #[error(transparent)]
    Make(#[from] MakeError),
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
        "{name}: the component exports {}, {FILE} expects {}; name the same stages in {} \
         and in `stages` of {FILE}",
        contract::listed(found),
        contract::listed(expected),
        stages_are_named_in(*language)
    )]
    Stages {
        /// The plugin.
        name: String,
        /// What the component is.
        found: Vec<Stage>,
        /// What `plugin.toml` says.
        expected: Vec<Stage>,
        /// What it is written in.
        language: Language,
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

/// A component that is what its manifest says, and where it lies.
#[derive(Debug)]
pub struct Built {
    /// The file.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// What they tell.
    pub facts: Facts,
}

/// Builds a plugin. What the tools say goes to standard error as it comes.
pub fn build(sources: &Sources) -> Result<Built, BuildError> {
    let toolchain = sources.manifest.language.toolchain();
    toolchain.check()?;
    let bytes = toolchain.component(sources)?;
    let path = sources.component();
    let facts = facts::look(&path, &bytes)?;
    check(&sources.manifest, &facts)?;
    write(&path, &bytes)?;
    Ok(Built { path, bytes, facts })
}

/// Where an author names the stages of a component.
fn stages_are_named_in(language: Language) -> &'static str {
    match language {
        Language::Rust => "`export!` of src/lib.rs",
        _ => "the plugin",
    }
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
            language: manifest.language,
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
            language: Language::Rust,
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
}
