//! A plugin's settings: from JSON to its own type, and mistakes to diagnostics with a path.

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::bindings::types;

/// The settings of a plugin that takes none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NoSettings {}

/// One mistake in the settings.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// A path into the settings, such as `conditions[1].maxValue`; empty: the whole.
    pub path: String,
    /// What was found and what is allowed.
    pub message: String,
}

/// All mistakes that were found in the settings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Diagnostics(Vec<Diagnostic>);

impl Diagnostics {
    /// None so far.
    pub fn none() -> Self {
        Self::default()
    }

    /// Just one.
    pub fn one(path: impl Into<String>, message: impl Into<String>) -> Self {
        let mut diagnostics = Self::none();
        diagnostics.add(path, message);
        diagnostics
    }

    /// Notes another mistake, so that a person sees all of them at once.
    pub fn add(&mut self, path: impl Into<String>, message: impl Into<String>) {
        self.0.push(Diagnostic {
            path: path.into(),
            message: message.into(),
        });
    }

    /// `value` if nothing was noted, else everything that was.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() {
            Ok(value)
        } else {
            Err(self)
        }
    }

    /// The mistakes in the order in which they were noted.
    pub fn iter(&self) -> impl Iterator<Item = &Diagnostic> {
        self.0.iter()
    }

    pub(crate) fn into_contract(self) -> Vec<types::Diagnostic> {
        let to_contract = |diagnostic: Diagnostic| types::Diagnostic {
            path: diagnostic.path,
            message: diagnostic.message,
        };
        self.0.into_iter().map(to_contract).collect()
    }
}

/// Reads settings; the path of a mistake is where the reader stood.
pub(crate) fn parse<T: DeserializeOwned>(settings: &str) -> Result<T, Diagnostics> {
    let mut reader = serde_json::Deserializer::from_str(settings);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = match error.path().to_string() {
            whole if whole == "." => String::new(),
            path => path,
        };
        Diagnostics::one(path, error.inner().to_string())
    })?;
    match reader.end() {
        Ok(()) => Ok(value),
        Err(error) => Err(Diagnostics::one("", error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields, default, rename_all = "camelCase")]
    struct Sample {
        max_value: u32,
        steps: Vec<Step>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    struct Step {
        weight: f64,
    }

    #[test]
    fn mistakes_have_a_path() {
        let check = |settings: &str, path: &str, message: &str| {
            let diagnostics = parse::<Sample>(settings).unwrap_err();
            let found: Vec<_> = diagnostics.iter().collect();
            assert_eq!(found.len(), 1, "{settings}");
            assert_eq!(found[0].path, path, "{settings}");
            assert!(
                found[0].message.starts_with(message),
                "{settings}: {}",
                found[0].message
            );
        };
        check(
            r#"{"maxValue": -1}"#,
            "maxValue",
            "invalid value: integer `-1`",
        );
        check(r#"{"maxvalue": 1}"#, "maxvalue", "unknown field `maxvalue`");
        check(
            r#"{"steps": [{"weight": 1}, {"weight": "much"}]}"#,
            "steps[1].weight",
            "invalid type: string \"much\"",
        );
        check("[", "", "EOF while parsing");
        check("{} x", "", "trailing characters");
    }

    #[test]
    fn nothing_given_is_the_default() {
        assert_eq!(parse::<Sample>("{}"), Ok(Sample::default()));
        assert_eq!(parse::<NoSettings>("{}"), Ok(NoSettings {}));
    }

    #[test]
    fn several_mistakes_are_kept() {
        let mut diagnostics = Diagnostics::none();
        diagnostics.add("a", "first");
        diagnostics.add("b", "second");
        assert_eq!(diagnostics.or(()).unwrap_err().iter().count(), 2);
        assert_eq!(Diagnostics::none().or(7), Ok(7));
    }
}
