//! What a command has to say.

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
