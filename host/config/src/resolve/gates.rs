//! Feature gates.

use std::collections::BTreeMap;

use crate::document::Reference;
use crate::problem::Problems;

/// Name, default, and what turning it on or off means here.
const GATES: [(&str, bool, &str); 4] = [
    (
        "flowControl",
        false,
        "flow control is not here yet, requests are never queued",
    ),
    (
        "haPopulateNonLeaderDatastore",
        true,
        "a standby always keeps its endpoints",
    ),
    ("dataLayer", true, "the data layer is always on"),
    ("prepareDataPlugins", true, "data producers are always on"),
];

pub(super) fn resolve(
    gates: &[Reference],
    problems: &mut Problems,
    warnings: &mut Vec<String>,
) -> BTreeMap<String, bool> {
    let mut resolved: BTreeMap<_, _> = GATES
        .iter()
        .map(|(name, default, _)| ((*name).to_owned(), *default))
        .collect();
    for gate in gates {
        let (name, value) = gate.name.split_once('=').unwrap_or((&gate.name, "true"));
        let Some((_, default, why)) = GATES.iter().find(|(known, ..)| *known == name) else {
            problems.not_one_of(
                &gate.path,
                format!("\"{name}\", an unknown feature gate"),
                name,
                "one of",
                GATES.iter().map(|(known, ..)| *known),
            );
            continue;
        };
        let value = match value {
            "true" => true,
            "false" => false,
            _ => {
                problems.add(
                    &gate.path,
                    format!("\"{}\"", gate.name),
                    format!("{name}=true or {name}=false"),
                );
                continue;
            }
        };
        if value != *default {
            warnings.push(format!(
                "{}: {}={value} has no effect here: {why}",
                gate.path, name
            ));
        }
        resolved.insert(name.to_owned(), value);
    }
    resolved
}
