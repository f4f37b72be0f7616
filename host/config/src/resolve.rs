//! From the document as written to a configuration with nothing left to guess.

mod data;
mod gates;
mod handler;
mod hosts;
mod plugins;
mod prefix;
mod profiles;
mod unused;

use crate::catalog::Kind;
use crate::document::{Document, Reference};
use crate::problem::Problems;
use crate::resolved::Resolved;

use plugins::{Declared, Found};

pub(crate) fn resolve(file: &str, mut document: Document, problems: &mut Problems) -> Resolved {
    let mut warnings = std::mem::take(&mut document.warnings);
    let mut declared = Declared::read(&document.plugins, problems, &mut warnings);
    let feature_gates = gates::resolve(&document.gates, problems, &mut warnings);
    let profiles = profiles::resolve(&document, &mut declared, problems, &mut warnings);
    let handler = handler::resolve(&document, &mut declared, &profiles, problems, &mut warnings);
    let scrape_tls = data::resolve(&document, &mut declared, problems, &mut warnings);
    let discovery = data::discovery(&document, &declared, problems, &mut warnings);
    let prefix = prefix::resolve(&mut declared, problems, &mut warnings);
    hosts::check(&declared, problems, &mut warnings);
    for (reference, kind) in &document.checked {
        check_reference(reference, *kind, &declared, problems);
    }
    let prefill_profile = handler::prefill_profile(handler.map(|at| &declared.components[at]));
    let mut resolved = Resolved {
        file: file.to_owned(),
        plugins: declared.components,
        profiles,
        handler,
        prefill_profile,
        deciders: Vec::new(),
        hooks: Vec::new(),
        scrapers: Vec::new(),
        scrape_tls,
        prefix,
        discovery,
        feature_gates,
        warnings,
    };
    unused::drop(&mut resolved);
    resolved.deciders = positions(&resolved, Kind::Decider);
    resolved.hooks = positions(&resolved, Kind::Hooks);
    resolved.scrapers = positions(&resolved, Kind::Scraper);
    resolved
}

fn positions(resolved: &Resolved, kind: Kind) -> Vec<usize> {
    (0..resolved.plugins.len())
        .filter(|index| resolved.plugins[*index].kinds.contains(&kind))
        .collect()
}

/// A reference to something the host does: declared here, or one of the host's own by its type.
fn check_reference(
    reference: &Reference,
    kind: Kind,
    declared: &Declared,
    problems: &mut Problems,
) {
    match declared.find(&reference.name) {
        Some(Found::Host(host)) if declared.hosts[host].kinds.contains(&kind) => {}
        Some(Found::Broken) => {}
        Some(found) => declared.wrong_kind(reference, found, &Kind::listed(&[kind]), problems),
        None => {
            let own = crate::catalog::find(&reference.name);
            let fits = |entry: &crate::catalog::Entry| {
                matches!(entry.state, crate::catalog::State::Host(_)) && entry.kinds.contains(&kind)
            };
            if !own.is_some_and(fits) {
                declared.undeclared(reference, problems);
            }
        }
    }
}
