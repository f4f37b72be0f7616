//! The profile handler, and the profiles and deciders it names in its parameters.

use serde_json::Value;

use super::plugins::{Declared, Found};
use crate::catalog::Kind;
use crate::document::{Document, Reference};
use crate::fields::child;
use crate::problem::Problems;
use crate::resolved::{Plugin, Profile};

const DEFAULT_HANDLER: &str = "single-profile-handler";
/// These run exactly one profile.
const SINGLE: [&str; 2] = [DEFAULT_HANDLER, "data-parallel-profile-handler"];
const DISAGG: &str = "disagg-profile-handler";
const PD: &str = "pd-profile-handler";
/// What [`PD`] asks unless it is told otherwise.
const PD_DECIDER: &str = "prefix-based-pd-decider";

/// Parameters that name a profile.
const PROFILES: [&[&str]; 6] = [
    &["profiles", "decode"],
    &["profiles", "prefill"],
    &["profiles", "encode"],
    &["decodeProfile"],
    &["prefillProfile"],
    &["encodeProfile"],
];
/// Those of them that name the one that prefills.
const PREFILL: [&[&str]; 2] = [PROFILES[1], PROFILES[4]];
/// Parameters that name a decider.
const DECIDERS: [&[&str]; 5] = [
    &["deciders", "prefill"],
    &["deciders", "encode"],
    &["deciderPluginName"],
    &["prefillDeciderPluginName"],
    &["encodeDeciderPluginName"],
];

pub(super) fn resolve(
    document: &Document,
    declared: &mut Declared,
    profiles: &[Profile],
    problems: &mut Problems,
    warnings: &mut Vec<String>,
) -> Option<usize> {
    let handlers: Vec<_> = (0..declared.components.len())
        .filter(|index| {
            let kinds = &declared.components[*index].kinds;
            kinds.contains(&Kind::ProfileHandler)
        })
        .collect();
    match handlers.as_slice() {
        [] => missing(declared, profiles, problems),
        [handler] => {
            first_generation(*handler, declared, warnings);
            check(*handler, declared, profiles, problems);
            Some(*handler)
        }
        several => {
            let names: Vec<_> = several
                .iter()
                .map(|index| &*declared.components[*index].name)
                .collect();
            problems.add(
                if document.plugins.is_empty() {
                    "profiles"
                } else {
                    "plugins"
                },
                format!("{} profile handlers ({})", names.len(), names.join(", ")),
                "one profile handler",
            );
            None
        }
    }
}

/// The profile that prefills: what the handler's parameters call it, or `prefill`.
pub(super) fn prefill_profile(handler: Option<&Plugin>) -> String {
    let told = handler.and_then(|handler| {
        let parameters = &handler.parameters;
        PREFILL.iter().find_map(|keys| named(parameters, "", keys))
    });
    told.map_or_else(|| "prefill".to_owned(), |reference| reference.name)
}

fn missing(
    declared: &mut Declared,
    profiles: &[Profile],
    problems: &mut Problems,
) -> Option<usize> {
    if profiles.len() == 1 {
        return Some(declared.inject(DEFAULT_HANDLER));
    }
    let listed = |index: usize| {
        let mut entries = profiles.iter().flat_map(|profile| &profile.entries);
        entries.any(|entry| entry.plugin == index)
    };
    let may_handle = (0..declared.components.len())
        .any(|index| declared.components[index].kinds_unknown() && !listed(index));
    if !may_handle {
        problems.add(
            "plugins",
            format!("no profile handler for {} profiles", profiles.len()),
            "a profile handler, such as disagg-profile-handler, or one profile only",
        );
    }
    None
}

fn check(handler: usize, declared: &Declared, profiles: &[Profile], problems: &mut Problems) {
    let plugin = &declared.components[handler];
    let path = &declared.paths[handler];
    if SINGLE.contains(&&*plugin.type_name) && profiles.len() > 1 {
        problems.add(
            "schedulingProfiles",
            format!("{} profiles with {}", profiles.len(), plugin.type_name),
            "one profile, or a handler for several, such as disagg-profile-handler",
        );
    }
    if ![DISAGG, PD].contains(&&*plugin.type_name) {
        return;
    }
    let names = || profiles.iter().map(|profile| &*profile.name);
    let mut named_stages = Vec::new();
    for keys in PROFILES {
        let Some(reference) = named(&plugin.parameters, path, keys) else {
            continue;
        };
        named_stages.extend(keys.last().map(|key| key.trim_end_matches("Profile")));
        if !names().any(|name| name == reference.name) {
            problems.not_one_of(
                &reference.path,
                format!("\"{}\", which is no profile", reference.name),
                &reference.name,
                "one of the profiles",
                names(),
            );
        }
    }
    for stage in ["decode", "prefill", "encode"] {
        let missing = !named_stages.contains(&stage) && !names().any(|name| name == stage);
        if missing && runs(stage, &plugin.type_name, &plugin.parameters) {
            problems.not_one_of(
                "schedulingProfiles",
                format!("no profile `{stage}`, which {} runs", plugin.name),
                stage,
                &format!("a profile of that name, or one of these in its {stage}Profile"),
                names(),
            );
        }
    }
    for keys in DECIDERS {
        if let Some(reference) = named(&plugin.parameters, path, keys) {
            check_decider(&reference, declared, problems);
        }
    }
}

/// Whether the handler has a use for this stage: decode always, the others where a decider or the
/// order says so.
fn runs(stage: &str, type_name: &str, parameters: &Value) -> bool {
    let decided = |keys: &[&[&str]]| {
        keys.iter()
            .any(|keys| named(parameters, "", keys).is_some())
    };
    match stage {
        "prefill" if type_name == PD => true,
        "prefill" => {
            let order = parameters.get("stageOrder").and_then(Value::as_str);
            order.is_some_and(|order| order.to_ascii_lowercase().starts_with("prefill"))
                || decided(&[DECIDERS[0], DECIDERS[2], DECIDERS[3]])
        }
        "encode" => decided(&[DECIDERS[1], DECIDERS[4]]),
        _ => true,
    }
}

/// The first generation of [`PD`] had no deciders: without parameters it always prefilled apart. A
/// document that declares no decider means that.
fn first_generation(handler: usize, declared: &mut Declared, warnings: &mut Vec<String>) {
    let told = ["threshold", "hashBlockSize", "deciderPluginName"];
    let plugin = &declared.components[handler];
    let parameters = plugin.parameters.as_object();
    let silent = parameters.is_some_and(|map| told.iter().all(|name| !map.contains_key(*name)));
    if plugin.type_name != PD || !silent || declared.find(PD_DECIDER).is_some() {
        return;
    }
    let plugin = &mut declared.components[handler];
    if let Value::Object(map) = &mut plugin.parameters {
        map.insert("threshold".to_owned(), Value::from(0));
    }
    warnings.push(format!(
        "{} always prefills apart (threshold 0): neither a threshold nor {PD_DECIDER} is there",
        plugin.name
    ));
}

fn check_decider(reference: &Reference, declared: &Declared, problems: &mut Problems) {
    match declared.find(&reference.name) {
        Some(Found::Component(index)) => {
            let plugin = &declared.components[index];
            if !plugin.kinds_unknown() && !plugin.kinds.contains(&Kind::Decider) {
                declared.wrong_kind(reference, Found::Component(index), "a decider", problems);
            }
        }
        Some(found) => declared.wrong_kind(reference, found, "a decider", problems),
        None => declared.undeclared(reference, problems),
    }
}

/// The name that stands at `keys` in the parameters, if there is one.
fn named(parameters: &Value, path: &str, keys: &[&str]) -> Option<Reference> {
    let mut value = parameters;
    let mut path = path.to_owned();
    for key in keys {
        value = value.get(key)?;
        path = child(&path, key);
    }
    let name = value.as_str().filter(|name| !name.is_empty())?.to_owned();
    Some(Reference { name, path })
}
