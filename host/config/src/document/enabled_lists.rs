//! The form with `profiles[].plugins.{filter,score,scrape}.enabled` and `pluginConfig`.
//!
//! It names plugins where they are used instead of declaring them first, so each name becomes a
//! declared plugin and a reference to it. Settings come from `pluginConfig`, of the profile or of the
//! whole document; a profile's own make a plugin of their own, named `<profile>/<name>`.

use serde_json::Value;

use super::plugin::parameters_of;
use super::{Document, EntryDecl, PluginDecl, ProfileDecl, Reference};
use crate::catalog::{self, Kind};
use crate::fields::{Fields, Node};
use crate::problem::Problems;

/// Field of `plugins`, and what its entries must be.
const STAGES: [(&str, Kind); 4] = [
    ("filter", Kind::Filter),
    ("score", Kind::Scorer),
    ("pick", Kind::Picker),
    ("scrape", Kind::Scraper),
];

/// Settings for the plugin of this name.
struct Settings {
    plugin: Reference,
    parameters: Value,
    used: bool,
}

pub(super) fn read(fields: &mut Fields<'_>, document: &mut Document, problems: &mut Problems) {
    let mut common = settings(fields, problems);
    let Some(profiles) = fields.get("profiles") else {
        return unused(&common, problems);
    };
    if document.profiles.is_some() {
        problems.add(
            &profiles.path,
            "profiles beside schedulingProfiles",
            "only one of the two",
        );
        return;
    }
    let mut declared = Vec::new();
    for node in profiles.list(problems) {
        if let Some(profile) = read_profile(&node, &mut common, document, problems) {
            declared.push(profile);
        }
    }
    unused(&common, problems);
    document.profiles = Some(declared);
}

fn read_profile(
    node: &Node<'_>,
    common: &mut [Settings],
    document: &mut Document,
    problems: &mut Problems,
) -> Option<ProfileDecl> {
    let mut fields = node.fields(problems)?;
    let name = fields
        .text("name", problems)
        .unwrap_or("default")
        .to_owned();
    let mut own = settings(&mut fields, problems);
    let mut entries = Vec::new();
    if let Some(mut stages) = fields.get("plugins").and_then(|node| node.fields(problems)) {
        for (stage, kind) in STAGES {
            let Some(mut lists) = stages.get(stage).and_then(|node| node.fields(problems)) else {
                continue;
            };
            for node in lists.list("enabled", problems) {
                let mut enabled = Enabled {
                    profile: &name,
                    own: &mut own,
                    common,
                    document,
                };
                let Some(entry) = enabled.read(&node, kind, problems) else {
                    continue;
                };
                if kind == Kind::Scraper {
                    document.scrapers.push(entry.plugin);
                } else {
                    entries.push(entry);
                }
            }
            lists.finish(problems);
        }
        stages.finish(problems);
    }
    unused(&own, problems);
    fields.finish(problems);
    Some(ProfileDecl {
        name,
        path: node.path.clone(),
        entries,
    })
}

/// What an `enabled` entry is read against.
struct Enabled<'a> {
    profile: &'a str,
    own: &'a mut [Settings],
    common: &'a mut [Settings],
    document: &'a mut Document,
}

impl Enabled<'_> {
    /// Reads `name`, or `{name, weight, ...}`.
    fn read(&mut self, node: &Node<'_>, kind: Kind, problems: &mut Problems) -> Option<EntryDecl> {
        if let Value::String(name) = node.value {
            let decl = PluginDecl::plain(name, &node.path);
            return Some(self.declare(decl, &node.path, None, kind, problems));
        }
        let mut fields = node.fields(problems)?;
        let name = fields.required_text("name", "a plugin type or name", problems);
        let mut decl = PluginDecl::plain(name.unwrap_or_default(), &node.path);
        let weight = fields.get("weight").and_then(|node| node.number(problems));
        decl.read_ours(&mut fields, problems);
        fields.finish(problems);
        name?;
        let path = format!("{}.name", node.path);
        Some(self.declare(decl, &path, weight, kind, problems))
    }

    /// Declares the plugin unless it is, and refers to it.
    fn declare(
        &mut self,
        mut decl: PluginDecl,
        path: &str,
        weight: Option<f64>,
        kind: Kind,
        problems: &mut Problems,
    ) -> EntryDecl {
        check_kind(&decl.type_name, path, kind, problems);
        if let Some(parameters) = find(self.own, &decl.name) {
            decl.name = format!("{}/{}", self.profile, decl.name);
            decl.parameters = parameters;
        } else if let Some(parameters) = find(self.common, &decl.name) {
            decl.parameters = parameters;
        }
        let plugin = Reference {
            name: decl.name.clone(),
            path: path.to_owned(),
        };
        let plugins = &mut self.document.plugins;
        match plugins.iter_mut().find(|known| known.name == decl.name) {
            Some(known) => known.used_as.push(kind),
            None => {
                decl.used_as.push(kind);
                plugins.push(decl);
            }
        }
        EntryDecl { plugin, weight }
    }
}

fn check_kind(type_name: &str, path: &str, kind: Kind, problems: &mut Problems) {
    let Some(entry) = catalog::find(type_name) else {
        return;
    };
    if !entry.kinds.contains(&kind) {
        problems.add(
            path,
            format!("\"{type_name}\", {}", Kind::listed(entry.kinds)),
            Kind::listed(&[kind]),
        );
    }
}

fn find(settings: &mut [Settings], name: &str) -> Option<Value> {
    let found = settings
        .iter_mut()
        .find(|settings| settings.plugin.name == name)?;
    found.used = true;
    Some(found.parameters.clone())
}

/// Reads `pluginConfig: [{name, args}]`; `parameters` is another word for `args`.
fn settings(fields: &mut Fields<'_>, problems: &mut Problems) -> Vec<Settings> {
    let mut all = Vec::new();
    for node in fields.list("pluginConfig", problems) {
        let Some(mut fields) = node.fields(problems) else {
            continue;
        };
        let plugin = Reference::field(&mut fields, "name", problems);
        let args = fields.get("args").or_else(|| fields.get("parameters"));
        fields.accept(&["parameters"]);
        let parameters = args.map(|node| parameters_of(&node, problems));
        fields.finish(problems);
        if let Some(plugin) = plugin {
            all.push(Settings {
                plugin,
                parameters: parameters.unwrap_or_else(|| Value::Object(serde_json::Map::new())),
                used: false,
            });
        }
    }
    all
}

fn unused(settings: &[Settings], problems: &mut Problems) {
    for settings in settings.iter().filter(|settings| !settings.used) {
        problems.add(
            &settings.plugin.path,
            format!("\"{}\", which no profile enables", settings.plugin.name),
            "the name of an enabled plugin",
        );
    }
}
