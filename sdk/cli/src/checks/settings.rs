//! Who the plugin says it is, and what its settings may be.

use serde_json::{Map, Value, json};
use switchyard_engine::{Diagnostic, StartError};

use super::{Subject, Wrong};

/// A name that no plugin has a setting of.
const UNKNOWN: &str = "noSuchSetting";

pub(super) fn says_who(subject: &Subject<'_>) -> Result<(), Wrong> {
    let guest = subject.start()?;
    let about = guest.plugin().about();
    if about.name != subject.name {
        return Err(Wrong::from(format!(
            "`describe` says it is `{}`, plugin.toml says `{}`: name it the same in both",
            about.name, subject.name
        )));
    }
    for (what, text) in [("version", &about.version), ("summary", &about.summary)] {
        if text.trim().is_empty() {
            return Err(format!("`describe` gives no {what}, expected some text").into());
        }
    }
    Ok(())
}

/// Its schema; `{}` where it takes no settings.
fn schema_of(subject: &Subject<'_>) -> Result<Value, String> {
    let guest = subject.start()?;
    let text = &guest.plugin().about().settings_schema;
    if text.is_empty() {
        return Ok(json!({}));
    }
    serde_json::from_str(text)
        .map_err(|error| format!("the schema is not JSON: {error}; it is {text}"))
}

pub(super) fn schema(subject: &Subject<'_>) -> Result<(), Wrong> {
    // The engine refuses a plugin whose schema is none; what is left is that it says something.
    let schema = schema_of(subject)?;
    let properties = properties(&schema);
    let given = subject.settings.as_object().into_iter().flatten();
    for (name, _) in given {
        if !properties.contains_key(name) {
            return Err(Wrong::from(format!(
                "plugin.toml sets `{name}`, which the schema does not describe; it describes {:?}",
                properties.keys().collect::<Vec<_>>()
            )));
        }
    }
    Ok(())
}

fn properties(schema: &Value) -> Map<String, Value> {
    let properties = schema["properties"].as_object();
    properties.cloned().unwrap_or_default()
}

/// What it says to settings that are like the example's but for one.
fn refusal(subject: &Subject<'_>, name: &str, value: &Value) -> Result<Vec<Diagnostic>, String> {
    let mut settings = subject.settings.as_object().cloned().unwrap_or_default();
    settings.insert(name.to_owned(), value.clone());
    match subject.start_with(&Value::Object(settings)) {
        Ok(_) => Err(format!("`{name}: {value}` was taken, expected diagnostics")),
        Err(StartError::Settings { diagnostics, .. }) => Ok(diagnostics),
        Err(error) => Err(format!(
            "`{name}: {value}` was not refused but broke it: {error}"
        )),
    }
}

fn has_path(diagnostics: &[Diagnostic], name: &str) -> Result<(), String> {
    let named = |one: &Diagnostic| one.path == name || one.path.starts_with(&format!("{name}."));
    if diagnostics.iter().any(named) {
        return Ok(());
    }
    let said: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
    Err(format!(
        "no diagnostic has the path `{name}`: {}",
        said.join("; ")
    ))
}

pub(super) fn unknown_is_refused(subject: &Subject<'_>) -> Result<(), Wrong> {
    Ok(has_path(&refusal(subject, UNKNOWN, &json!(1))?, UNKNOWN)?)
}

pub(super) fn wrong_kind_is_refused(subject: &Subject<'_>) -> Result<(), Wrong> {
    for (name, property) in properties(&schema_of(subject)?) {
        let wrong = match property["type"].as_str() {
            Some("string") => json!(7),
            Some("number" | "integer" | "boolean" | "array" | "object") => json!("no such kind"),
            // Several kinds, or none said: nothing is surely wrong.
            _ => continue,
        };
        has_path(&refusal(subject, &name, &wrong)?, &name)?;
    }
    Ok(())
}
