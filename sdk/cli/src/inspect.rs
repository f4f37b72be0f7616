//! `switchyard plugin inspect`: what a component is, by its bytes and in its own words.

use std::path::Path;

use clap::Args;
use serde_json::{Value, json};
use switchyard_build::contract::VERSION;
use switchyard_build::facts::{self, InspectError, row};
use switchyard_build::manifest;
use switchyard_build::table::aligned_left;
use switchyard_engine::{Input, Limits, StartError};
use switchyard_registry::Reference;

use crate::registry::{self, Connection};
use crate::said::{Said, in_folder};
use crate::trial::{Guest, Trial};

/// What to look at.
#[derive(Debug, Args)]
pub struct Options {
    /// The component: a file, or HOST[:PORT]/NAME:TAG in a registry
    #[arg(value_name = "FILE|OCI-REF")]
    component: String,
    #[command(flatten)]
    connection: Connection,
}

/// The command.
pub fn run(options: &Options) -> Result<Said, registry::Error> {
    let path = Path::new(&options.component);
    match options.component.parse::<Reference>() {
        // A file may well have a name that could also be a place.
        Ok(reference) if !path.exists() => {
            let pulled = options.connection.registry().pull(&reference)?;
            let exact = reference.at(&pulled.digest).to_string();
            Ok(look(
                Path::new(&exact),
                &pulled.component,
                &options.connection.next(&format!("pull {exact}")),
            )?)
        }
        _ => {
            let bytes = facts::read(path)?;
            let next = format!("switchyard plugin load {}", path.display());
            Ok(look(path, &bytes, &next)?)
        }
    }
}

/// Says what a component is, and what to do next with one that fits.
fn look(path: &Path, bytes: &[u8], next: &str) -> Result<Said, InspectError> {
    let facts = facts::look(path, bytes)?;
    let shown = path.display();
    let told = |fits: String, further: Vec<Vec<String>>| {
        let mut rows = facts.rows();
        rows.push(row("fits", fits));
        rows.extend(further);
        format!("{shown}\n{}", aligned_left(&rows))
    };
    let no =
        |reason: String, next: &str| Said::ill(told(format!("no: {reason}"), Vec::new()), next);
    if let Err(misfit) = facts.fit() {
        return Ok(no(misfit.to_string(), &from_its_folder("build", path)));
    }
    Ok(match started(path, bytes) {
        Ok(guest) => {
            let fits = format!("yes: pickers with contract {VERSION}");
            Said::well(told(fits, own_words(&guest)), next)
        }
        Err(reason) => no(reason, &from_its_folder("test", path)),
    })
}

/// A command about the sources of a component that lies where `plugin build` puts it.
fn from_its_folder(command: &str, component: &Path) -> String {
    let folder = component.parent().unwrap_or(Path::new(""));
    match folder.join(manifest::FILE).is_file() {
        true => in_folder(command, folder),
        false => format!("switchyard plugin {command}"),
    }
}

/// The plugin, started as a picker starts it.
fn started(path: &Path, bytes: &[u8]) -> Result<Guest, String> {
    let shown = path.display().to_string();
    let trial = Trial::new(&shown, "inspected", bytes, false).map_err(|error| error.to_string())?;
    match trial.start(&json!({}), trial.limits()) {
        Ok(guest) => Ok(guest),
        Err(StartError::Settings { diagnostics, .. }) => {
            let named: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
            Err(format!(
                "it does not start without settings ({}); `switchyard plugin test` starts it with those of plugin.toml",
                named.join("; ")
            ))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// What it says of itself, what it reads and may do, and its settings.
fn own_words(guest: &Guest) -> Vec<Vec<String>> {
    let (about, needs) = (guest.plugin().about(), guest.plugin().needs());
    let inputs = |inputs: &[Input]| {
        let names = inputs.iter().map(|input| match input.required {
            true => input.name.clone(),
            false => format!("{} (optional)", input.name),
        });
        names.collect::<Vec<_>>().join(", ")
    };
    let all = [
        ("name", format!("{} {}", about.name, about.version)),
        ("summary", about.summary.clone()),
        ("columns", inputs(&needs.columns)),
        ("scalars", inputs(&needs.scalars)),
        ("writes", needs.own_columns.join(", ")),
        ("capabilities", needs.capabilities.join(", ")),
        ("limits", usual(guest.limits())),
        (
            "fetches",
            guest
                .fetches()
                .iter()
                .map(|fetch| format!("{} ({})", fetch.path, fetch.columns.join(", ")))
                .collect::<Vec<_>>()
                .join(", "),
        ),
    ];
    let rows = all.into_iter().map(|(name, value)| {
        row(
            name,
            if value.is_empty() {
                "none".to_owned()
            } else {
                value
            },
        )
    });
    let mut rows: Vec<_> = rows.collect();
    rows.extend(settings(&about.settings_schema));
    rows
}

/// What it may use where nobody says otherwise: more, if it brings a runtime.
fn usual(limits: &Limits) -> String {
    let (ms, mebibytes) = (limits.call.as_millis(), limits.memory_bytes >> 20);
    format!("{ms} ms a call and {mebibytes} MiB, if not given")
}

/// A row for each setting of a schema: its kind, its default, what it is for.
fn settings(schema: &str) -> Vec<Vec<String>> {
    let schema: Value = serde_json::from_str(schema).unwrap_or_default();
    let properties = schema["properties"].as_object().into_iter().flatten();
    let rows: Vec<_> = properties
        .map(|(name, property)| {
            let kind = property["type"].as_str().unwrap_or("any");
            let default = match &property["default"] {
                Value::Null => String::new(),
                default => format!(", {default} if not given"),
            };
            let about = property["description"].as_str().unwrap_or_default();
            let about = about.split_whitespace().collect::<Vec<_>>().join(" ");
            row(
                &format!("setting {name}"),
                format!("{kind}{default}: {about}"),
            )
        })
        .collect();
    match rows.is_empty() {
        true => vec![row("settings", "none".to_owned())],
        false => rows,
    }
}

#[cfg(test)]
mod tests;
