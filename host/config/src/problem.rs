//! One mistake in a configuration, and all of them together.

use std::fmt;

/// One mistake: where it is, what was found, what was expected, and what was probably meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Path inside the document, such as `schedulingProfiles[0].plugins[2].pluginRef`. Empty: the whole.
    pub path: String,
    /// What stands there.
    pub found: String,
    /// What may stand there, or what to do.
    pub expected: String,
    /// The valid name nearest to the one found.
    pub nearest: Option<String>,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path)?;
        }
        write!(f, "found {}; expected {}", self.found, self.expected)?;
        match &self.nearest {
            Some(nearest) => write!(f, "; did you mean `{nearest}`?"),
            None => Ok(()),
        }
    }
}

/// Every mistake of one document, in the order in which they were met.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigError {
    /// The document, as the caller named it.
    pub file: String,
    /// At least one.
    pub problems: Vec<Problem>,
}

impl std::error::Error for ConfigError {}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.problems.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{}: {problem}", self.file)?;
        }
        Ok(())
    }
}

/// The mistakes met so far.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    pub(crate) fn add(
        &mut self,
        path: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) {
        self.push(path, found.into(), expected.into(), None);
    }

    /// A name that is none of `valid`.
    pub(crate) fn not_one_of<'n>(
        &mut self,
        path: &str,
        found: impl Into<String>,
        name: &str,
        what: &str,
        valid: impl IntoIterator<Item = &'n str>,
    ) {
        let valid: Vec<&str> = valid.into_iter().collect();
        let expected = match valid.as_slice() {
            [] => format!("{what}, and there are none"),
            names => format!("{what}: {}", names.join(", ")),
        };
        let nearest = crate::nearest(name, valid).map(str::to_owned);
        self.push(path, found.into(), expected, nearest);
    }

    pub(crate) fn with_nearest(
        &mut self,
        path: &str,
        found: impl Into<String>,
        expected: impl Into<String>,
        nearest: Option<&str>,
    ) {
        self.push(
            path,
            found.into(),
            expected.into(),
            nearest.map(str::to_owned),
        );
    }

    fn push(&mut self, path: &str, found: String, expected: String, nearest: Option<String>) {
        self.0.push(Problem {
            path: path.to_owned(),
            found,
            expected,
            nearest,
        });
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_error(self, file: &str) -> ConfigError {
        ConfigError {
            file: file.to_owned(),
            problems: self.0,
        }
    }
}
