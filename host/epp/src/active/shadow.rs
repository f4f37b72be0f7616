//! Plugins in shadow mode: which of their parts run, and what they must not touch.
//!
//! Filters, scorers and pickers are asked again after the fact. A scraper runs as ever, or its own scorer would see
//! nothing, as long as nobody whose answers count reads what it writes. What is written to own columns is dropped: a next
//! version beside the one that counts reads the columns of that one. Hooks, deciders and profile handlers have no
//! answer that could be left out and still mean something: they are not asked.

use switchyard_config::Mode;
use switchyard_engine::{Fetch, Plugin};
use switchyard_scheduler::{Part, PluginIndex, Shadow, Stage};

use super::{ActivateError, Joining, counts};

/// What can be in shadow mode.
const POSSIBLE: [Stage; 4] = [Stage::Filter, Stage::Scorer, Stage::Picker, Stage::Scraper];

impl Joining<'_> {
    /// Plugins in shadow mode, once for each profile and each part in it that they would have.
    pub(super) fn shadows(&self) -> Vec<Shadow> {
        let mut shadows = Vec::new();
        for profile in &self.resolved.profiles {
            for entry in &profile.entries {
                let Mode::Shadow { per_mille } = self.resolved.plugins[entry.plugin].mode else {
                    continue;
                };
                let weight = entry.weight;
                let parts = [
                    (Stage::Filter, Part::Filter),
                    (Stage::Scorer, Part::Scorer { weight }),
                    (Stage::Picker, Part::Picker),
                ];
                let stages = self.plugins[entry.plugin].stages();
                let parts = parts
                    .into_iter()
                    .filter(|(stage, _)| stages.contains(*stage));
                shadows.extend(parts.map(|(_, part)| Shadow {
                    profile: profile.name.as_str().into(),
                    plugin: PluginIndex(entry.plugin as u32),
                    part,
                    per_mille,
                }));
            }
        }
        shadows
    }

    /// Refuses plugins that cannot be in shadow mode, and says of the others what is not asked.
    pub(super) fn check_shadows(&self) -> Result<(), ActivateError> {
        for (at, plugin) in self.plugins.iter().enumerate() {
            if counts(self.resolved, at) {
                continue;
            }
            let stages = plugin.stages();
            let idle: Vec<&str> = stages
                .iter()
                .filter(|stage| !POSSIBLE.contains(stage))
                .map(Stage::as_str)
                .collect();
            if !POSSIBLE.into_iter().any(|stage| stages.contains(stage)) {
                return Err(ActivateError::NotInShadow {
                    plugin: plugin.name().to_owned(),
                    exports: idle.join(", "),
                });
            }
            if !idle.is_empty() {
                tracing::warn!(
                    plugin = plugin.name(),
                    "in shadow mode: its {} is not asked",
                    idle.join(", ")
                );
            }
            self.check_scraper(plugin)?;
        }
        Ok(())
    }

    /// What a scraper in shadow mode writes, nobody reads whose answers count.
    fn check_scraper(&self, shadow: &Plugin) -> Result<(), ActivateError> {
        let writes: Vec<String> = shadow.fetches().iter().flat_map(written).collect();
        let active = self.plugins.iter().enumerate();
        for (_, other) in active.filter(|(at, _)| counts(self.resolved, *at)) {
            let reads = other.needs().columns.iter();
            let read = reads.map(|input| (input.name.clone(), "reads"));
            let scraped = other.fetches().iter().flat_map(written);
            let mut touched = read.chain(scraped.map(|name| (name, "scrapes as well")));
            if let Some((column, does)) = touched.find(|(name, _)| writes.contains(name)) {
                return Err(ActivateError::ShadowWrites {
                    plugin: shadow.name().to_owned(),
                    column,
                    other: other.name().to_owned(),
                    does,
                });
            }
        }
        Ok(())
    }
}

/// The columns that come of a fetch.
pub(super) fn written(fetch: &Fetch) -> Vec<String> {
    let sets = fetch.sets.iter();
    let sets = sets.flat_map(|set| [format!("{set}/size"), format!("{set}/has-model")]);
    fetch.columns.iter().cloned().chain(sets).collect()
}
