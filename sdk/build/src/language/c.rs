//! Plugins in C: bindings are made here, and one call of a compiler makes a module of them, the SDK and the plugin.

mod bindings;
mod compiler;
mod install;

use std::path::{Path, PathBuf};

use self::compiler::{Compiler, MODULE};
use super::{MakeError, Toolchain, module};
use crate::contract::Stage;
use crate::sources::Sources;
use crate::tools::{self, Finding, Lack, named};
use crate::world;

/// The command that runs a plugin's own unit tests.
pub(super) const TEST: &str = "make test";

/// Room for the plugin's stack. It lies below everything else, so that running over it is a trap.
const STACK: &str = "-Wl,-z,stack-size=131072";

/// Parts of the SDK that every component has, beside one for each of its stages.
const PARTS: [&str; 5] = ["guest", "imports", "lifecycle", "memory", "wasi"];

/// Where the tools are.
#[derive(Debug, Clone)]
pub(super) struct C {
    clang: Compiler,
    zig: Compiler,
}

impl Default for C {
    /// The clang that the environment names in `CLANG`, else the one on PATH; and the zig that `doctor --fix` brings.
    fn default() -> Self {
        Self {
            clang: Compiler::clang(named("CLANG", "clang")),
            zig: Compiler::zig(&tools::folder().join(install::FOLDER)),
        }
    }
}

impl Toolchain for C {
    fn findings(&self) -> Vec<Finding> {
        vec![match self.compiler() {
            Ok((compiler, version)) => Finding {
                tool: compiler.tool(),
                found: Ok(version),
            },
            Err(lack) => Finding {
                tool: lack.tool,
                found: Err(lack),
            },
        }]
    }

    fn component(&self, sources: &Sources) -> Result<Vec<u8>, MakeError> {
        let (compiler, _) = self.compiler().map_err(|lack| MakeError::Tool {
            tool: lack.tool,
            folder: sources.folder.clone(),
            reason: lack.to_string(),
        })?;
        let stages = &sources.manifest.stages;
        let (resolve, world) = world::resolve(&sources.wit(), stages)?;
        let made = sources.made().join("c");
        bindings::write(resolve, world, &made)?;
        let path = made.join("plugin.wasm");
        compile(compiler, sources, &made, &path)?;
        module::component(&path, None)
    }
}

impl C {
    /// The first compiler that makes modules, and its version.
    fn compiler(&self) -> Result<(&Compiler, String), Lack> {
        let found = match self.clang.check() {
            Ok(version) => return Ok((&self.clang, version)),
            Err(found) => found,
        };
        if self.zig.is_installed() {
            return match self.zig.check() {
                Ok(version) => Ok((&self.zig, version)),
                Err(found) => Err(install::lack(self.zig.tool(), found)),
            };
        }
        Err(install::lack(self.clang.tool(), found))
    }
}

/// Compiles and links the plugin, the SDK and the bindings in `made` to the file `to`.
fn compile(
    compiler: &Compiler,
    sources: &Sources,
    made: &Path,
    to: &Path,
) -> Result<(), MakeError> {
    let folder = &sources.folder;
    let mut own = c_files(&folder.join("src"), Depth::All)?;
    own.retain(|file| !is_test(file));
    if own.is_empty() {
        return Err(MakeError::NoModule {
            folder: folder.clone(),
            hint: "expected the plugin's C files in `src/`",
        });
    }
    let sdk = sources.sdk("c");
    let parts = PARTS
        .into_iter()
        .chain(sources.manifest.stages.iter().map(|stage| stage.name()))
        .map(|part| sdk.join("src/wasm").join(part).with_extension("c"));
    let files = own
        .into_iter()
        .chain(c_files(&sdk.join("src"), Depth::One)?)
        .chain(parts)
        .chain(bindings::FILES.map(|name| made.join(name)));
    // Seen from the plugin's folder, as people see them in the compiler's messages.
    let seen = |path: PathBuf| {
        path.strip_prefix(folder)
            .map_or(path.clone(), Path::to_path_buf)
    };
    let mut command = compiler.command();
    command
        .current_dir(folder)
        .args(MODULE.split(' '))
        .args(["-std=c11", "-Wall", "-Wextra"])
        .arg(STACK)
        .args(compiler.more_arguments())
        .arg(format!(
            "-DSWITCHYARD_STAGES={}",
            stage_bits(&sources.manifest.stages)
        ))
        .arg("-I")
        .arg(seen(sdk.join("include")))
        .arg("-I")
        .arg(seen(made.to_path_buf()))
        .args(files.map(seen))
        .arg("-o")
        .arg(seen(to.to_path_buf()));
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(MakeError::Failed {
            tool: compiler.tool(),
            folder: folder.clone(),
        }),
        Err(error) => Err(MakeError::Tool {
            tool: compiler.tool(),
            folder: folder.clone(),
            reason: error.to_string(),
        }),
    }
}

/// The stages as the SDK's `wasm/lifecycle.c` reads them: one bit each, in the order of the contract.
fn stage_bits(stages: &[Stage]) -> u32 {
    let bit = |(at, stage): (usize, &Stage)| u32::from(stages.contains(stage)) << at;
    Stage::ALL.iter().enumerate().map(bit).sum()
}

/// Unit tests stand beside what they test, and are no part of the component.
fn is_test(file: &Path) -> bool {
    let stem = file.file_stem().unwrap_or_default();
    stem.to_string_lossy().ends_with("_test")
}

/// How far to look for files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Depth {
    /// In the folder itself.
    One,
    /// In the folders in it as well.
    All,
}

/// The C files in a folder, in the order of their names, so that the same sources give the same component.
fn c_files(folder: &Path, depth: Depth) -> Result<Vec<PathBuf>, MakeError> {
    let failed = |source| MakeError::File {
        path: folder.to_path_buf(),
        source,
    };
    let mut entries = std::fs::read_dir(folder)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(failed)?;
    entries.sort_by_key(std::fs::DirEntry::file_name);
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.path();
        if path.is_dir() && depth == Depth::All {
            files.extend(c_files(&path, depth)?);
        } else if path.extension().is_some_and(|extension| extension == "c") {
            files.push(path);
        }
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_stage_has_its_bit() {
        let check =
            |stages: &[Stage], want: u32| assert_eq!(stage_bits(stages), want, "{stages:?}");
        check(&[Stage::Filter], 1);
        check(&[Stage::Scorer], 2);
        check(&[Stage::Hooks, Stage::ProfileHandler], 64 + 16);
        check(&Stage::ALL, 127);
    }

    #[test]
    fn the_sdk_has_a_part_for_every_stage() {
        let parts = Path::new(env!("CARGO_MANIFEST_DIR")).join("../c/src/wasm");
        let names = PARTS.into_iter().chain(Stage::ALL.map(Stage::name));
        for name in names {
            assert!(parts.join(name).with_extension("c").is_file(), "{name}");
        }
    }

    #[test]
    fn tests_are_told_by_their_name() {
        assert!(is_test(Path::new("src/scorer_test.c")));
        assert!(!is_test(Path::new("src_test/test.c")));
    }

    #[test]
    fn files_come_in_the_order_of_their_names() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("more")).unwrap();
        for name in ["b.c", "a.c", "a.h", "more/c.c"] {
            std::fs::write(dir.path().join(name), "").unwrap();
        }
        let found = |depth| -> Vec<String> {
            let files = c_files(dir.path(), depth).unwrap();
            let shown =
                |file: &PathBuf| file.strip_prefix(dir.path()).unwrap().display().to_string();
            files.iter().map(shown).collect()
        };
        assert_eq!(found(Depth::One), ["a.c", "b.c"]);
        assert_eq!(found(Depth::All), ["a.c", "b.c", "more/c.c"]);
    }
}
