//! Holds settings against the schema that their plugin gives of them, before the plugin sees them: what every author
//! would have to check, with every mistake named at once and in the same words for every language.
//!
//! The schema comes out of a sandbox and is read outside of it. So it is bounded: no references but those inside of
//! itself, patterns without backtracking, and no more nesting than a person would write.

mod bounds;
mod words;

use jsonschema::{Draft, PatternOptions, ValidationError, Validator};
use serde_json::Value;

use super::Diagnostic;

/// The longest schema that is read.
const MOST_BYTES: usize = 256 << 10;
/// Mistakes beyond these are not told.
const MOST_TOLD: usize = 50;

/// A schema that settings cannot be held against.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct SchemaError(String);

/// The mistakes in `settings`, a JSON object, by `schema`, a JSON Schema (2020-12) as `describe` gives it. An empty schema
/// belongs to a plugin that takes no settings.
pub fn check_settings(schema: &str, settings: &str) -> Result<Vec<Diagnostic>, SchemaError> {
    let settings: Value = match serde_json::from_str(settings) {
        Ok(settings) => settings,
        Err(error) => {
            return Ok(vec![whole(format!(
                "found {error}, expected a JSON object"
            ))]);
        }
    };
    let Value::Object(given) = &settings else {
        let found = words::shown(&settings);
        return Ok(vec![whole(format!(
            "found {found}, expected a JSON object"
        ))]);
    };
    if schema.is_empty() {
        let none = |name: &String| Diagnostic {
            path: name.clone(),
            message: "found a setting, expected none: this plugin takes no settings".to_owned(),
        };
        return Ok(given.keys().map(none).collect());
    }
    let schema = read(schema)?;
    let mut diagnostics = Vec::new();
    for mistake in compiled(&schema)?.iter_errors(&settings) {
        words::tell(&mistake, &schema, &mut diagnostics);
        if diagnostics.len() >= MOST_TOLD {
            break;
        }
    }
    Ok(diagnostics)
}

fn whole(message: String) -> Diagnostic {
    Diagnostic {
        path: String::new(),
        message,
    }
}

fn read(schema: &str) -> Result<Value, SchemaError> {
    if schema.len() > MOST_BYTES {
        return Err(SchemaError(format!(
            "{} bytes, and at most {MOST_BYTES} are read",
            schema.len()
        )));
    }
    let schema: Value =
        serde_json::from_str(schema).map_err(|error| SchemaError(format!("no JSON: {error}")))?;
    bounds::check(&schema).map_err(SchemaError)?;
    Ok(schema)
}

fn compiled(schema: &Value) -> Result<Validator, SchemaError> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex())
        .build(schema)
        .map_err(|error| SchemaError(flaw(&error, schema)))
}

/// What is wrong with a schema, where the library knows where it is.
fn flaw(error: &ValidationError<'_>, schema: &Value) -> String {
    let mut told = Vec::new();
    if !error.instance_path().as_str().is_empty() {
        words::tell(error, schema, &mut told);
    }
    told.first()
        .map_or_else(|| error.to_string(), Diagnostic::to_string)
}

#[cfg(test)]
mod tests;
