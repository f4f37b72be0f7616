//! Plugins that nothing names are left out: no instance is made of them, no column gathered.

use crate::catalog::Kind;
use crate::resolved::Resolved;

/// These work only where a profile lists them. Everything else works by being declared.
fn only_in_profiles(kinds: &[Kind]) -> bool {
    !kinds.is_empty() && kinds.iter().all(|kind| kind.in_profiles())
}

pub(super) fn drop(resolved: &mut Resolved) {
    let mut listed = vec![false; resolved.plugins.len()];
    for profile in &resolved.profiles {
        for entry in &profile.entries {
            listed[entry.plugin] = true;
        }
        if let Some(picker) = profile.fallback_picker {
            listed[picker] = true;
        }
    }
    // Where a plugin moves to.
    let mut moved = Vec::with_capacity(listed.len());
    let mut kept = Vec::new();
    for (plugin, listed) in resolved.plugins.drain(..).zip(listed) {
        moved.push(kept.len());
        if listed || !only_in_profiles(&plugin.kinds) {
            kept.push(plugin);
        } else {
            resolved.warnings.push(format!(
                "{} has no effect: no profile lists it",
                plugin.name
            ));
        }
    }
    resolved.plugins = kept;
    resolved.handler = resolved.handler.map(|index| moved[index]);
    for profile in &mut resolved.profiles {
        profile.fallback_picker = profile.fallback_picker.map(|index| moved[index]);
        for entry in &mut profile.entries {
            entry.plugin = moved[entry.plugin];
        }
    }
}
