//! What installs Rust: rustup where it is, else Debian's package of it where this may install one, else rustup's own
//! script. Debian's own compiler does not do: it has no standard library for wasm.

use std::ffi::OsString;
use std::path::PathBuf;

use super::TARGET;
use crate::shell;
use crate::tools::{self, last_line};

/// Not every Debian has the package; 12 has none.
const BY_APT: &str = "apt-get install --yes rustup && rustup default stable && rustup target add wasm32-unknown-unknown";

/// In a variable first, because of a pipe only the last command says how it ended.
const BY_SCRIPT: &str = "script=$(curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs) && sh -c \"$script\" sh -y --target wasm32-unknown-unknown";

/// Where Rust comes from on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The command `rustup`.
    Rustup(PathBuf),
    /// Debian's package of it.
    Apt,
    /// The script that all others have.
    Script,
}

/// What a compiler lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Missing {
    /// It is not there.
    Compiler,
    /// It is too old.
    Newer,
    /// The library for plugins.
    Target,
    /// A part of the toolchain, by rustup's name for it.
    Component(&'static str),
}

impl Source {
    /// The one here. Asked only where something is missing, because it asks other programs.
    pub(super) fn found() -> Self {
        if let Some(rustup) = find("rustup") {
            return Self::Rustup(rustup);
        }
        let root = last_line("id".as_ref(), &["-u"]).is_ok_and(|user| user == "0");
        let candidates = last_line("apt-cache".as_ref(), &["madison", "rustup"]);
        match root && candidates.is_ok_and(|line| !line.is_empty()) {
            true => Self::Apt,
            false => Self::Script,
        }
    }

    /// The command that brings what is missing. Without rustup that is all of Rust.
    pub(super) fn command(&self, missing: Missing) -> String {
        let rustup = match self {
            Self::Apt => return BY_APT.to_owned(),
            Self::Script => return BY_SCRIPT.to_owned(),
            Self::Rustup(path) => shell::word(path),
        };
        match missing {
            Missing::Compiler => format!("{rustup} default stable"),
            Missing::Newer => format!("{rustup} update stable"),
            Missing::Target => format!("{rustup} target add {TARGET}"),
            Missing::Component(name) => format!("{rustup} component add {name}"),
        }
    }
}

/// A program as it was named; one that is not on PATH where rustup's script puts it, because only a new shell has that
/// folder on PATH.
pub(super) fn program(named: &OsString) -> OsString {
    let found = named.to_str().and_then(find);
    found.map_or_else(|| named.clone(), PathBuf::into_os_string)
}

/// A program by its bare name: on PATH, unless rustup is only in the folder of its script. Then what lies there goes
/// before what is on PATH, which is a distribution's own.
fn find(name: &str) -> Option<PathBuf> {
    if name.contains('/') {
        return None;
    }
    let on_path = |name: &str| tools::find(name, &[]).is_some();
    let installed = installed(name).filter(|_| !on_path("rustup") && installed("rustup").is_some());
    installed.or_else(|| on_path(name).then(|| name.into()))
}

/// A program in the folder of rustup's script.
fn installed(name: &str) -> Option<PathBuf> {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    let file = home?.join("bin").join(name);
    file.is_file().then_some(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_rustup_one_command_brings_all() {
        for missing in [
            Missing::Compiler,
            Missing::Target,
            Missing::Component("clippy"),
        ] {
            for source in [Source::Apt, Source::Script] {
                let command = source.command(missing);
                assert!(
                    command.contains("rustup") && command.contains(TARGET),
                    "{command}"
                );
                // Nobody is there to say yes.
                assert!(
                    command.contains("--yes") || command.contains(" -y "),
                    "{command}"
                );
            }
        }
    }

    #[test]
    fn a_script_that_cannot_be_fetched_is_a_failure() {
        let script = BY_SCRIPT.replace("curl", "false");
        let status = std::process::Command::new("sh")
            .args(["-c", &script])
            .status();
        assert!(!status.unwrap().success());
    }
}
