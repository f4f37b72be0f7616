//! Runs the command as a person would.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// How the command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code.
    pub(crate) code: i32,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

/// The command with these arguments, without a terminal.
pub(crate) fn switchyard(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_switchyard"));
    command.args(args).env("USER", "ada").stdin(Stdio::null());
    command
}

/// Runs it to its end.
pub(crate) fn run(command: &mut Command) -> Ended {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().expect("the program starts");
    Ended {
        code: status.code().unwrap_or(-1),
        out: String::from_utf8_lossy(&stdout).into_owned(),
        err: String::from_utf8_lossy(&stderr).into_owned(),
    }
}

/// A folder of this name that is not there yet. It lies in the build's own folder and is the same in
/// every run, so that cargo finds again what it built there.
pub(crate) fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join("made")
        .join(name);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).expect("it is ours");
    }
    folder
}

/// A copy of a folder's files, those that git knows, under a name as [`fresh`] takes it: building leaves nothing
/// behind in the repository.
pub(crate) fn copied(from: &Path, name: &str) -> PathBuf {
    let to = fresh(name);
    let listed = Command::new("git")
        .args(["ls-files", "-z"])
        .current_dir(from)
        .output()
        .expect("git is there");
    for file in String::from_utf8_lossy(&listed.stdout).split_terminator('\0') {
        let copy = to.join(file);
        let folder = copy.parent().expect("a file lies in a folder");
        std::fs::create_dir_all(folder).expect("it is ours");
        std::fs::copy(from.join(file), &copy).expect("git knows it");
    }
    to
}

/// Set by `cargo verify --long`.
const LONG: &str = "SWITCHYARD_LONG";

/// Whether a test that takes long shall run. If not, says so.
pub(crate) fn is_long(what: &str) -> bool {
    let is = std::env::var_os(LONG).is_some();
    if !is {
        // Written directly, because what a passing test prints is not shown.
        let mut out = std::io::stderr();
        let _ = writeln!(out, "skipped: {what}; `cargo verify --long` does it");
    }
    is
}
