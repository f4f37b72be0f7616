//! What a plugin may be called.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

const LONGEST: usize = 64;

/// Words that a Rust crate cannot be called, in the form of this name.
const TAKEN: &[&str] = &[
    "abstract",
    "alloc",
    "as",
    "async",
    "await",
    "become",
    "box",
    "break",
    "const",
    "continue",
    "core",
    "crate",
    "do",
    "dyn",
    "else",
    "enum",
    "extern",
    "false",
    "final",
    "fn",
    "for",
    "gen",
    "if",
    "impl",
    "in",
    "let",
    "loop",
    "macro",
    "match",
    "mod",
    "move",
    "mut",
    "override",
    "priv",
    "proc-macro",
    "pub",
    "ref",
    "return",
    "self",
    "static",
    "std",
    "struct",
    "super",
    "test",
    "trait",
    "true",
    "try",
    "type",
    "typeof",
    "unsafe",
    "unsized",
    "use",
    "virtual",
    "where",
    "while",
    "yield",
];

/// A plugin's name, which is also its crate's: such as `tenant-fairness`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct PluginName(String);

/// Why a plugin cannot be called so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It has other characters, or hyphens where none may be.
    #[error(
        "`{0}` cannot be a plugin's name: allowed are lower-case letters, digits and single hyphens between them, \
         beginning with a letter, at most {LONGEST} characters; such as `tenant-fairness`"
    )]
    Form(String),
    /// A word of Rust's or a crate that plugins build on is called so.
    #[error(
        "`{0}` cannot be a plugin's name: a name must do in every language, and a word of Rust's, or a crate \
         that plugins in Rust build on, is called so; say what it does, such as `{0}-scorer`"
    )]
    Taken(String),
}

impl PluginName {
    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for PluginName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let word = |part: &str| {
            let mut letters = part.bytes();
            !part.is_empty()
                && letters.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        let begins = text.starts_with(|first: char| first.is_ascii_lowercase());
        if !begins || text.len() > LONGEST || !text.split('-').all(word) {
            return Err(NameError::Form(text.to_owned()));
        }
        if TAKEN.contains(&text) {
            return Err(NameError::Taken(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for PluginName {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl fmt::Display for PluginName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use expect_test::expect;

    #[test]
    fn crate_names_in_kebab_case_are_names() {
        for name in ["a", "tenant-fairness", "gpu0", "a-1-b"] {
            assert_eq!(name.parse(), Ok(PluginName(name.to_owned())));
        }
        let long = "a".repeat(65);
        for name in [
            "", "-a", "a-", "a--b", "A", "a_b", "1a", "ä", "a/b", "..", "a b", &long,
        ] {
            let wrong = Err(NameError::Form(name.to_owned()));
            assert_eq!(name.parse::<PluginName>(), wrong, "{name}");
        }
        for name in ["match", "std", "proc-macro"] {
            let wrong = Err(NameError::Taken(name.to_owned()));
            assert_eq!(name.parse::<PluginName>(), wrong, "{name}");
        }
    }

    #[test]
    fn the_error_says_what_is_allowed() {
        let told = |name: &str| name.parse::<PluginName>().unwrap_err().to_string();
        expect![[r#"`Tenant Fairness` cannot be a plugin's name: allowed are lower-case letters, digits and single hyphens between them, beginning with a letter, at most 64 characters; such as `tenant-fairness`"#]].assert_eq(&told("Tenant Fairness"));
        expect![[r#"`match` cannot be a plugin's name: a name must do in every language, and a word of Rust's, or a crate that plugins in Rust build on, is called so; say what it does, such as `match-scorer`"#]].assert_eq(&told("match"));
    }
}
