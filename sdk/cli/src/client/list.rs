//! `switchyard plugin list`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::{ClientError, Connection, Target, time};
use crate::said::Said;
use switchyard_build::table::aligned_left;

/// A plugin of a picker. What a picker of another version leaves out is `-`.
#[derive(Debug, Deserialize)]
struct Plugin {
    name: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    version: Option<String>,
    digest: Option<String>,
    #[serde(default)]
    stages: Vec<String>,
    state: Option<String>,
    mode: Option<String>,
    calls: Option<u64>,
    mean_ns: Option<f64>,
    /// By cause.
    faults: Option<BTreeMap<String, u64>>,
    shadow: Option<Shadow>,
    loaded: Option<Loaded>,
}

/// What it would have done, where it is in shadow mode.
#[derive(Debug, Deserialize)]
struct Shadow {
    asked: u64,
    would_change: u64,
}

/// How it came, where it did not come with the configuration.
#[derive(Debug, Deserialize)]
struct Loaded {
    by: Option<String>,
    at_ms: u64,
}

/// Lists the plugins.
pub fn run(picker: &Connection) -> Result<Said, ClientError> {
    let plugins: Vec<Plugin> = picker.get(Target::new("/admin/plugins"))?;
    let head = [
        "name", "type", "version", "stages", "state", "mode", "calls", "mean us", "faults",
        "digest", "from",
    ];
    let mut rows = vec![head.map(str::to_owned).to_vec()];
    rows.extend(plugins.iter().map(row));
    Ok(Said::well(
        aligned_left(&rows),
        picker.next("explain --last"),
    ))
}

fn row(plugin: &Plugin) -> Vec<String> {
    let word = |word: &Option<String>| word.clone().unwrap_or_else(|| "-".to_owned());
    let count = |count: Option<u64>| count.map_or_else(|| "-".to_owned(), |n| n.to_string());
    let from = match &plugin.loaded {
        None => "configuration".to_owned(),
        Some(loaded) => {
            let by = loaded.by.as_deref().unwrap_or("?");
            format!("loaded by {by}, {}", time::told(loaded.at_ms))
        }
    };
    vec![
        plugin.name.clone(),
        word(&plugin.kind),
        word(&plugin.version),
        plugin.stages.join("+"),
        state(plugin),
        mode(plugin),
        count(plugin.calls),
        plugin
            .mean_ns
            .map_or_else(|| "-".to_owned(), |ns| format!("{:.1}", ns / 1000.0)),
        count(
            plugin
                .faults
                .as_ref()
                .map(|by_cause| by_cause.values().sum()),
        ),
        plugin
            .digest
            .as_deref()
            .map_or_else(|| "-".to_owned(), short),
        from,
    ]
}

/// How the plugin does, from the state of its breaker: "closed" would read as if it did not run.
fn state(plugin: &Plugin) -> String {
    let state = plugin.state.as_deref().unwrap_or("-");
    let told = match state {
        "closed" => "works",
        "open" => "rests",
        "half-open" => "is tried",
        other => other,
    };
    told.to_owned()
}

/// The mode, and of a shadow how often it would have made a difference.
fn mode(plugin: &Plugin) -> String {
    let mode = plugin.mode.as_deref().unwrap_or("-");
    match &plugin.shadow {
        Some(Shadow {
            asked,
            would_change,
        }) => {
            format!("{mode}: {would_change} of {asked} picks would change")
        }
        None => mode.to_owned(),
    }
}

/// The beginning of a digest, enough to tell two apart.
pub(super) fn short(digest: &str) -> String {
    let hex = digest.strip_prefix("sha256:").unwrap_or(digest);
    hex.chars().take(12).collect()
}
