//! `switchyard plugin load` and `unload`.

use std::path::PathBuf;

use serde::Deserialize;
use serde_json::Value;
use switchyard_build::facts;

use super::{ClientError, Connection, Target, Who};
use crate::said::Said;

/// What to load, and as what.
#[derive(Debug, Clone, Default, clap::Args)]
pub struct Options {
    /// The component
    pub file: PathBuf,
    /// The plugin's name in the picker; the file's name if not given
    #[arg(long)]
    pub name: Option<String>,
    /// The profile it joins
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// The weight of its scores
    #[arg(long)]
    pub weight: Option<f64>,
    /// Ask it, and do nothing with its answers but compare them
    #[arg(long)]
    pub shadow: bool,
    /// Its settings
    #[arg(long, value_name = "JSON")]
    pub parameters: Option<String>,
    /// Who loads it.
    #[command(flatten)]
    pub who: Who,
}

#[derive(Deserialize)]
struct Loaded {
    plan: u64,
    #[serde(default)]
    plugin: Value,
}

/// Loads a component.
pub fn run(options: &Options, picker: &Connection) -> Result<Said, ClientError> {
    let name = name(options)?;
    if let Some(parameters) = &options.parameters {
        check_parameters(parameters)?;
    }
    let component = facts::read(&options.file)?;
    // What is no component needs no picker to say so; whether it fits, only the picker knows.
    facts::look(&options.file, &component)?;
    let mode = if options.shadow { "shadow" } else { "active" };
    let target = Target::new("/admin/plugins")
        .part(&name)
        .maybe("profile", options.profile.as_deref())
        .maybe("weight", options.weight)
        .query("mode", mode)
        .maybe("parameters", options.parameters.as_deref())
        .maybe("by", options.who.name());
    let loaded: Loaded = picker.send(target, &component)?;
    let digest = loaded.plugin["digest"].as_str().unwrap_or("?");
    let text = format!(
        "{name} is loaded, {mode}, in plan {}: {digest}\n",
        loaded.plan
    );
    let next = if options.shadow {
        "plugin list"
    } else {
        "explain --last"
    };
    Ok(Said::well(text, picker.next(next)))
}

fn name(options: &Options) -> Result<String, ClientError> {
    let stem = || options.file.file_stem()?.to_str().map(str::to_owned);
    let name = options.name.clone().or_else(stem);
    name.ok_or_else(|| ClientError::Nameless(options.file.clone()))
}

fn check_parameters(parameters: &str) -> Result<(), ClientError> {
    let wrong = |reason: String| ClientError::Parameters { reason };
    match serde_json::from_str(parameters) {
        Ok(Value::Object(_)) => Ok(()),
        Ok(other) => Err(wrong(format!("found `{other}`"))),
        Err(error) => Err(wrong(format!(
            "found `{parameters}`, which is no JSON ({error})"
        ))),
    }
}

/// Takes a loaded component out.
pub fn unload(name: &str, who: &Who, picker: &Connection) -> Result<Said, ClientError> {
    let target = Target::new("/admin/plugins").part(name);
    let answer: Value = picker.delete(target.maybe("by", who.name()))?;
    let text = match answer["plan"].as_u64() {
        Some(plan) => format!("{name} is unloaded in plan {plan}\n"),
        None => format!("{name} is unloaded\n"),
    };
    Ok(Said::well(text, picker.next("plugin list")))
}
