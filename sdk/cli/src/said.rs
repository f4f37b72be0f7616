//! What a command has to say.

use std::path::Path;

/// The end of a command that could do its work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// For standard output.
    pub text: String,
    /// The command to go on with; it goes to standard error, so that the text can be piped.
    pub next: String,
    /// False: what was looked at is not as it should be, and the exit code says so.
    pub well: bool,
}

impl Said {
    /// All is well.
    pub fn well(text: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            next: next.into(),
            well: true,
        }
    }

    /// The text says what is wrong.
    pub fn ill(text: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            well: false,
            ..Self::well(text, next)
        }
    }
}

/// A command of `switchyard plugin` about the plugin in a folder.
pub(crate) fn in_folder(command: &str, folder: &Path) -> String {
    let is_here = folder.as_os_str().is_empty() || folder == Path::new(".");
    match is_here {
        true => format!("switchyard plugin {command}"),
        false => format!("switchyard plugin {command} --dir {}", folder.display()),
    }
}
