//! The scheduling profiles: their plugins, weights and pickers.

use std::collections::BTreeSet;

use super::plugins::{Declared, Found};
use crate::catalog::Kind;
use crate::document::{Document, EntryDecl, ProfileDecl};
use crate::fields::child;
use crate::problem::Problems;
use crate::resolved::{Profile, ProfileEntry};

/// What schedules where the document names nothing that does.
const DEFAULT: [(&str, f64); 4] = [
    ("queue-scorer", 2.0),
    ("kv-cache-utilization-scorer", 2.0),
    ("prefix-cache-scorer", 3.0),
    ("max-score-picker", 1.0),
];
const DEFAULT_PICKER: &str = "max-score-picker";
const DEFAULT_PROFILE: &str = "default";

pub(super) fn resolve(
    document: &Document,
    declared: &mut Declared,
    problems: &mut Problems,
    warnings: &mut Vec<String>,
) -> Vec<Profile> {
    let written = document.profiles.as_deref().unwrap_or_default();
    if written.is_empty() {
        return vec![implicit(declared, problems)];
    }
    let mut names = BTreeSet::new();
    for profile in written {
        if !names.insert(&profile.name) {
            problems.add(
                &child(&profile.path, "name"),
                format!("\"{}\", the name of an earlier profile", profile.name),
                "a name that is not taken",
            );
        }
    }
    written
        .iter()
        .map(|profile| explicit(profile, declared, problems, warnings))
        .collect()
}

/// The one profile of a document without profiles: everything that may stand in one.
fn implicit(declared: &mut Declared, problems: &mut Problems) -> Profile {
    let belongs = |kinds: &[Kind]| kinds.is_empty() || kinds.iter().any(|kind| kind.in_profiles());
    let mut entries: Vec<_> = (0..declared.components.len())
        .filter(|index| belongs(&declared.components[*index].kinds))
        .map(|plugin| ProfileEntry {
            plugin,
            weight: 1.0,
        })
        .collect();
    if entries.is_empty() {
        entries = DEFAULT
            .iter()
            .map(|(type_name, weight)| ProfileEntry {
                plugin: declared.inject(type_name),
                weight: *weight,
            })
            .collect();
    }
    let pickers = pickers(&entries, declared);
    if pickers.len() > 1 {
        two_pickers("plugins", &pickers, declared, problems);
    }
    Profile {
        name: DEFAULT_PROFILE.to_owned(),
        fallback_picker: pickers.is_empty().then(|| fallback(declared)),
        implicit: true,
        entries,
    }
}

fn explicit(
    written: &ProfileDecl,
    declared: &mut Declared,
    problems: &mut Problems,
    warnings: &mut Vec<String>,
) -> Profile {
    let entries: Vec<_> = written
        .entries
        .iter()
        .filter_map(|entry| resolve_entry(entry, declared, problems, warnings))
        .collect();
    let pickers = pickers(&entries, declared);
    if pickers.len() > 1 {
        let path = child(&written.path, "plugins");
        two_pickers(&path, &pickers, declared, problems);
    }
    Profile {
        name: written.name.clone(),
        fallback_picker: pickers.is_empty().then(|| fallback(declared)),
        implicit: false,
        entries,
    }
}

fn resolve_entry(
    entry: &EntryDecl,
    declared: &Declared,
    problems: &mut Problems,
    warnings: &mut Vec<String>,
) -> Option<ProfileEntry> {
    let reference = &entry.plugin;
    let plugin = match declared.find(&reference.name) {
        Some(Found::Component(index)) => index,
        Some(Found::Broken) => return None,
        Some(Found::Host(index))
            if declared.hosts[index]
                .kinds
                .iter()
                .any(|kind| kind.in_profiles()) =>
        {
            problems.add(
                &reference.path,
                format!(
                    "\"{}\", whose work in a profile is known, not here yet",
                    reference.name
                ),
                "a filter, scorer or picker that is built, or a `component` of your own",
            );
            return None;
        }
        Some(found @ Found::Host(_)) => {
            declared.wrong_kind(reference, found, "a filter, scorer or picker", problems);
            return None;
        }
        None => {
            declared.undeclared(reference, problems);
            return None;
        }
    };
    let kinds = &declared.components[plugin].kinds;
    if !kinds.is_empty() && !kinds.iter().any(|kind| kind.in_profiles()) {
        let found = Found::Component(plugin);
        declared.wrong_kind(reference, found, "a filter, scorer or picker", problems);
        return None;
    }
    if let Some(weight) = entry.weight {
        if !kinds.is_empty() && !kinds.contains(&Kind::Scorer) {
            warnings.push(format!(
                "{}: a weight has no effect on {}, which is no scorer",
                reference.path, reference.name
            ));
        } else if weight < 0.0 {
            warnings.push(format!(
                "{}: the negative weight {weight} turns {} around: the better it scores, the worse",
                reference.path, reference.name
            ));
        }
    }
    Some(ProfileEntry {
        plugin,
        weight: entry.weight.unwrap_or(1.0),
    })
}

fn pickers(entries: &[ProfileEntry], declared: &Declared) -> Vec<usize> {
    entries
        .iter()
        .map(|entry| entry.plugin)
        .filter(|plugin| declared.components[*plugin].kinds.contains(&Kind::Picker))
        .collect()
}

fn two_pickers(path: &str, pickers: &[usize], declared: &Declared, problems: &mut Problems) {
    let names: Vec<_> = pickers
        .iter()
        .map(|index| &*declared.components[*index].name)
        .collect();
    problems.add(
        path,
        format!("{} pickers ({})", names.len(), names.join(", ")),
        "one picker a profile",
    );
}

/// The first declared picker, else the default one, which all profiles share.
fn fallback(declared: &mut Declared) -> usize {
    let known = declared
        .components
        .iter()
        .position(|plugin| plugin.kinds.contains(&Kind::Picker));
    known.unwrap_or_else(|| declared.inject(DEFAULT_PICKER))
}
