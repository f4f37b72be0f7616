//! `switchyard plugin load` and `unload`.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;
use switchyard_build::facts;
use switchyard_registry::{MAX_COMPONENT_BYTES, Reference};

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
    /// The profile it joins; all of them if not given
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// The weight of its scores; 1 if not given
    #[arg(long, allow_negative_numbers = true)]
    pub weight: Option<f64>,
    /// Ask it, and do nothing with its answers but compare them
    #[arg(long)]
    pub shadow: bool,
    /// Its settings
    #[arg(long, value_name = "JSON")]
    pub parameters: Option<String>,
    /// What a call may use, such as {"call": "5ms", "memory": "64Mi"}; that of its kind if not given
    #[arg(long, value_name = "JSON")]
    pub limits: Option<String>,
    /// What a request gets when it gives no answer: skip, pass or fail
    #[arg(long, value_name = "WHAT")]
    pub on_fault: Option<String>,
    /// The share of decisions that it is asked about in shadow mode, above 0, at most 1
    #[arg(long, value_name = "SHARE", requires = "shadow")]
    pub shadow_sample: Option<f64>,
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
    let objects = [
        ("--parameters", &options.parameters),
        ("--limits", &options.limits),
    ];
    for (flag, text) in objects {
        text.iter().try_for_each(|text| check_object(flag, text))?;
    }
    check_weight(options.weight)?;
    let component = component(&options.file)?;
    // A picker that wants a token, or is none, answers before it has read a large body, and closes; whoever is still
    // sending then learns nothing but that. So the same door is tried with a small question first.
    let _: IgnoredAny = picker.get(Target::new("/admin/plugins"))?;
    let mode = if options.shadow { "shadow" } else { "active" };
    let target = Target::new("/admin/plugins")
        .part(&name)
        .maybe("profile", options.profile.as_deref())
        .maybe("weight", options.weight)
        .query("mode", mode)
        .maybe("parameters", options.parameters.as_deref())
        .maybe("limits", options.limits.as_deref())
        .maybe("onFault", options.on_fault.as_deref())
        .maybe("shadowSample", options.shadow_sample)
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

/// The bytes of a file that a picker may take. What is no component needs no picker to say so; whether it fits, only
/// the picker knows.
fn component(file: &Path) -> Result<Vec<u8>, ClientError> {
    let bytes = std::fs::metadata(file).map_or(0, |about| about.len());
    if bytes > MAX_COMPONENT_BYTES {
        let path = file.to_path_buf();
        return Err(ClientError::TooLarge { path, bytes });
    }
    if let Some(Ok(reference)) = file.to_str().map(str::parse::<Reference>)
        && !file.exists()
    {
        return Err(ClientError::InRegistry(reference));
    }
    let component = facts::read(file)?;
    facts::look(file, &component)?;
    Ok(component)
}

fn name(options: &Options) -> Result<String, ClientError> {
    let stem = || options.file.file_stem()?.to_str().map(str::to_owned);
    let name = options.name.clone().or_else(stem);
    let name = name.ok_or_else(|| ClientError::Nameless(options.file.clone()))?;
    check_name(&name)?;
    Ok(name)
}

/// A configuration takes any text that is not empty. White space in it would be one command's argument and two of
/// another, and an escape sequence would play with the terminals of those who list it.
fn check_name(name: &str) -> Result<(), ClientError> {
    let is_odd = |letter: char| letter.is_whitespace() || letter.is_control();
    match name.is_empty() || name.contains(is_odd) {
        true => Err(ClientError::Name(name.escape_debug().to_string())),
        false => Ok(()),
    }
}

/// A picker warns of a negative weight in its configuration and goes on; here somebody is there to be asked.
fn check_weight(weight: Option<f64>) -> Result<(), ClientError> {
    match weight {
        Some(weight) if !(weight.is_finite() && weight >= 0.0) => Err(ClientError::Weight(weight)),
        _ => Ok(()),
    }
}

fn check_object(flag: &'static str, text: &str) -> Result<(), ClientError> {
    let wrong = |reason: String| ClientError::Object { flag, reason };
    match serde_json::from_str(text) {
        Ok(Value::Object(_)) => Ok(()),
        Ok(other) => Err(wrong(format!("found `{other}`"))),
        Err(error) => Err(wrong(format!("found `{text}`, which is no JSON ({error})"))),
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
