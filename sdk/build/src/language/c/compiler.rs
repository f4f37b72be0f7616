//! The two compilers that make modules of C: clang with the packages of a distribution, and zig.

use std::ffi::OsString;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::tools::last_line;

/// A compiler, and how it is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Compiler {
    kind: Kind,
    program: OsString,
    /// Before all other arguments.
    first: Vec<&'static str>,
    /// Where zig keeps what it made of its library.
    cache: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Clang,
    Zig,
}

/// What makes a module that others call, and no program. For each such set of arguments zig compiles its library
/// anew, so they are the same when it is installed and when it is used.
pub(super) const MODULE: &str = "--target=wasm32-wasi -mexec-model=reactor -O2";

/// Takes a header, the library's numbers and the compiler's own runtime: what a plugin's build fails for, where the
/// packages are not all there.
const PROBE: &str = "#include <stdio.h>\n#include <stdlib.h>\n\
    int probe(char *to, const char *text) { return snprintf(to, 9, \"%g\", strtod(text, 0)); }\n";

impl Compiler {
    /// A clang.
    pub(super) fn clang(program: OsString) -> Self {
        Self {
            kind: Kind::Clang,
            program,
            first: Vec::new(),
            cache: None,
        }
    }

    /// The zig in a Python environment.
    pub(super) fn zig(environment: &Path) -> Self {
        Self {
            kind: Kind::Zig,
            program: environment.join("bin/python").into_os_string(),
            first: vec!["-m", "ziglang"],
            cache: Some(environment.join("cache")),
        }
    }

    /// What people know it by.
    pub(super) fn tool(&self) -> &'static str {
        match self.kind {
            Kind::Clang => "clang",
            Kind::Zig => "zig",
        }
    }

    /// Whether the program is a file that is there.
    pub(super) fn is_installed(&self) -> bool {
        Path::new(&self.program).is_file()
    }

    /// Its version, if it makes modules; else what was found.
    pub(super) fn check(&self) -> Result<String, String> {
        let asked = match self.kind {
            Kind::Clang => "-dumpversion",
            Kind::Zig => "version",
        };
        let mut arguments = self.first.clone();
        arguments.push(asked);
        let version = last_line(&self.program, &arguments)?;
        match self.kind {
            Kind::Clang => self
                .probe()
                .map_err(|reason| format!("clang {version} makes no modules ({reason})"))?,
            // It comes with all it takes.
            Kind::Zig => {}
        }
        Ok(version)
    }

    /// The compiler, to be given files.
    pub(super) fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.first).stdin(Stdio::null());
        if let Some(cache) = &self.cache {
            command.arg("cc").env("ZIG_GLOBAL_CACHE_DIR", cache);
        }
        command
    }

    /// What this one must be told beside what both take. Zig puts the stack first by itself.
    pub(super) fn more_arguments(&self) -> &'static [&'static str] {
        match self.kind {
            Kind::Clang => &["-Wl,--stack-first"],
            Kind::Zig => &[],
        }
    }

    /// Makes a module of a few lines, and throws it away.
    fn probe(&self) -> Result<(), String> {
        let told = |error: std::io::Error| error.to_string();
        let mut child = self
            .command()
            .args(MODULE.split(' '))
            .args(["-Wl,--export=probe", "-x", "c", "-", "-o", "/dev/null"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(told)?;
        if let Some(mut stdin) = child.stdin.take() {
            // One that ends without reading says why on its standard error.
            let _ = stdin.write_all(PROBE.as_bytes());
        }
        let output = child.wait_with_output().map_err(told)?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        let line = said.lines().find(|line| line.contains("error"));
        Err(line.or(said.lines().next()).unwrap_or_default().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing;

    /// A program that answers so to `-dumpversion` and fails at all else.
    fn clang_without_library(folder: &Path) -> Compiler {
        let path = folder.join("clang");
        let script = "if [ \"$1\" = -dumpversion ]; then echo 14.0.6; exit; fi\n\
                      echo \"<stdin>:1:10: fatal error: 'stdio.h' file not found\" >&2; exit 1";
        testing::program(&path, script);
        Compiler::clang(path.into())
    }

    #[test]
    fn a_compiler_that_makes_no_modules_is_none() {
        let dir = tempfile::tempdir().unwrap();
        expect_test::expect![[
            r#"clang 14.0.6 makes no modules (<stdin>:1:10: fatal error: 'stdio.h' file not found)"#
        ]]
        .assert_eq(&clang_without_library(dir.path()).check().unwrap_err());
    }

    #[test]
    fn a_compiler_that_is_not_there_is_named() {
        expect_test::expect![[
            r#"`no-such-clang` could not be started (No such file or directory (os error 2))"#
        ]]
        .assert_eq(&Compiler::clang("no-such-clang".into()).check().unwrap_err());
        assert!(!Compiler::zig(Path::new("/no/where")).is_installed());
    }
}
