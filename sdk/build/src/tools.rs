//! The tools that building a plugin takes: where they are kept, whether they are there, what installs them.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What was found of one tool.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The tool.
    pub tool: &'static str,
    /// Its version, or what is wrong.
    pub found: Result<String, Lack>,
}

/// A tool that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{tool}: {found}, expected {expected}; install it with `{install}`")]
pub struct Lack {
    /// The tool.
    pub tool: &'static str,
    /// What there is.
    pub found: String,
    /// What there must be.
    pub expected: String,
    /// The one command, as a shell takes it.
    pub install: String,
}

/// Why a tool was not installed.
#[derive(Debug, thiserror::Error)]
#[error("{tool} could not be installed: {reason}; `{install}` shows more")]
pub struct FixError {
    /// The tool.
    pub tool: &'static str,
    /// What went wrong.
    pub reason: String,
    /// What was tried.
    pub install: String,
}

impl Lack {
    /// Runs the command that installs it. What it prints goes to standard error as it comes.
    pub fn install(&self) -> Result<(), FixError> {
        let failed = |reason: String| FixError {
            tool: self.tool,
            reason,
            install: self.install.clone(),
        };
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("( {} ) >&2", self.install)]);
        let status = shell.stdin(Stdio::null()).status();
        match status {
            Ok(status) if status.success() => Ok(()),
            Ok(status) => Err(failed(format!("`{}` ended with {status}", self.install))),
            Err(error) => Err(failed(error.to_string())),
        }
    }
}

/// Where tools that are not on PATH are kept, each in a folder named for its version. `SWITCHYARD_TOOLS` names it;
/// else it lies in the user's cache.
pub fn folder() -> PathBuf {
    let named = |variable: &str| {
        let value = std::env::var_os(variable).filter(|value| !value.is_empty());
        value.map(PathBuf::from)
    };
    named("SWITCHYARD_TOOLS").unwrap_or_else(|| {
        let cache = named("XDG_CACHE_HOME").or_else(|| Some(named("HOME")?.join(".cache")));
        let cache = cache.unwrap_or_else(std::env::temp_dir);
        cache.join("switchyard/tools")
    })
}

/// The first file of this name in `folders`, then on PATH.
pub fn find(program: &str, folders: &[PathBuf]) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = std::env::split_paths(&path);
    let mut candidates = folders.iter().cloned().chain(on_path);
    candidates.find_map(|folder| {
        let file = folder.join(program);
        file.is_file().then_some(file)
    })
}

/// PATH with these folders before all else. Only a folder whose name holds the separator cannot be joined; PATH is then
/// as it was.
pub fn path_with(folders: impl IntoIterator<Item = PathBuf>) -> OsString {
    let known = std::env::var_os("PATH").unwrap_or_default();
    let all = folders.into_iter().chain(std::env::split_paths(&known));
    std::env::join_paths(all).unwrap_or(known)
}

/// A program that the environment names in `variable`, else the one of this name on PATH.
pub fn named(variable: &str, name: &str) -> OsString {
    std::env::var_os(variable).unwrap_or_else(|| OsString::from(name))
}

/// The last line a program writes to standard output: some write remarks of their own before it. The error says
/// what was tried and why it failed.
pub fn last_line<A: AsRef<OsStr>>(program: &OsStr, args: &[A]) -> Result<String, String> {
    let shown = Path::new(program).display();
    let output = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("`{shown}` could not be started ({error})"))?;
    if !output.status.success() {
        let args: Vec<_> = args
            .iter()
            .map(|arg| arg.as_ref().to_string_lossy())
            .collect();
        let reason = String::from_utf8_lossy(&output.stderr);
        let reason = reason.lines().next().unwrap_or_default();
        return Err(format!("`{shown} {}` failed ({reason})", args.join(" ")));
    }
    let told = String::from_utf8_lossy(&output.stdout);
    let last = told.trim_end().lines().next_back();
    Ok(last.unwrap_or_default().to_owned())
}

/// The first two numbers of a version such as `1.95.0`.
pub fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_as_numbers() {
        assert!(numbers("1.9.0") < numbers("1.95"));
        assert!(numbers("1.100.0-nightly") > numbers("1.95"));
        assert_eq!(numbers("nightly"), None);
    }

    #[test]
    fn a_program_is_found_in_its_folder_before_path() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("sh"), "").unwrap();
        let folders = [dir.path().join("absent"), dir.path().to_path_buf()];
        assert_eq!(find("sh", &folders), Some(dir.path().join("sh")));
        assert!(find("sh", &[]).is_some_and(|file| !file.starts_with(dir.path())));
        assert_eq!(find("no-such-program", &folders), None);
    }

    #[test]
    fn folders_come_before_path_where_they_can() {
        let known = std::env::var_os("PATH").unwrap();
        let path = path_with(["/a".into(), "/b".into()]);
        let known = known.into_string().unwrap();
        assert_eq!(path, OsString::from(format!("/a:/b:{known}")));
        assert_eq!(path_with(["/with:colon".into()]), OsString::from(known));
    }

    #[test]
    fn an_installation_that_fails_says_what_was_tried() {
        let lack = Lack {
            tool: "nothing",
            found: "none".to_owned(),
            expected: "some".to_owned(),
            install: "true && exit 3".to_owned(),
        };
        expect_test::expect![[r#"nothing could not be installed: `true && exit 3` ended with exit status: 3; `true && exit 3` shows more"#]]
            .assert_eq(&lack.install().unwrap_err().to_string());
        let lack = Lack {
            install: "true".to_owned(),
            ..lack
        };
        assert!(lack.install().is_ok());
    }
}
