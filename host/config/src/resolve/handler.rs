//! The profile handler, and the profiles and deciders it names in its parameters.

use serde_json::Value;

use super::plugins::{Declared, Found};
use crate::catalog::Kind;
use crate::document::{Document, Reference};
use crate::fields::child;
use crate::problem::Problems;
use crate::resolved::Profile;

const DEFAULT_HANDLER: &str = "single-profile-handler";
/// These run exactly one profile.
const SINGLE: [&str; 2] = [DEFAULT_HANDLER, "data-parallel-profile-handler"];
/// These run a decode profile, `decode` unless a parameter names another.
const DISAGGREGATED: [&str; 2] = ["disagg-profile-handler", "pd-profile-handler"];

/// Parameters that name a profile.
const PROFILES: [&[&str]; 6] = [
    &["profiles", "decode"],
    &["profiles", "prefill"],
    &["profiles", "encode"],
    &["decodeProfile"],
    &["prefillProfile"],
    &["encodeProfile"],
];
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
    if !DISAGGREGATED.contains(&&*plugin.type_name) {
        return;
    }
    let names = || profiles.iter().map(|profile| &*profile.name);
    let mut names_decode = false;
    for keys in PROFILES {
        let Some(reference) = named(&plugin.parameters, path, keys) else {
            continue;
        };
        names_decode |= keys.last().is_some_and(|key| key.starts_with("decode"));
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
    if !names_decode && !names().any(|name| name == "decode") {
        problems.not_one_of(
            "schedulingProfiles",
            format!("no profile `decode`, which {} runs first", plugin.type_name),
            "decode",
            "a profile of that name, or one of these in the handler's decodeProfile",
            names(),
        );
    }
    for keys in DECIDERS {
        if let Some(reference) = named(&plugin.parameters, path, keys) {
            check_decider(&reference, declared, problems);
        }
    }
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
