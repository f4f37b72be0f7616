//! What a decision would have been with a plugin that does not count yet: asked after the fact, with what
//! the record knows.

use std::sync::Arc;

use crate::call::{Call, CallFault, Lane, Outcome, PluginIndex};
use crate::record::{ProfileRecord, Record};

/// A plugin beside one profile.
#[derive(Debug, Clone)]
pub struct Shadow {
    /// The profile.
    pub profile: Arc<str>,
    /// The plugin.
    pub plugin: PluginIndex,
    /// What it would do there.
    pub part: Part,
    /// Of how many decisions in a thousand it is asked.
    pub per_mille: u16,
}

/// What a shadow would do in its profile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Part {
    /// Drop rows, after the filters that count.
    Filter,
    /// Add scores of this weight.
    Scorer {
        /// What its answers are multiplied by.
        weight: f64,
    },
    /// Pick.
    Picker,
}

impl Shadow {
    /// Whether it is asked about this decision. The same decisions for all shadows of one share, so that they
    /// can be compared.
    pub fn samples(&self, record: &Record) -> bool {
        record.request.seed % 1000 < u64::from(self.per_mille)
    }

    /// Whether the profile's first pick would have been another; `None` where the profile picked nothing.
    ///
    /// # Errors
    /// The plugin's fault, or that of the picker that was asked again.
    pub fn would_change(
        &self,
        record: &Record,
        lane: &mut dyn Lane,
    ) -> Result<Option<bool>, CallFault> {
        let mut profiles = record.profiles.iter();
        let named = |profile: &&ProfileRecord| profile.profile == *self.profile;
        let Some(profile) = profiles.find(named) else {
            return Ok(None);
        };
        let (Outcome::Picked, Some(first)) = (profile.outcome, profile.picked.first()) else {
            return Ok(None);
        };
        let mut asked = Asked {
            shadow: self,
            record,
            lane,
            inputs: Vec::new(),
        };
        let picked = asked.pick(profile.kept.clone(), profile.totals.clone())?;
        Ok(Some(picked.first() != Some(first)))
    }
}

struct Asked<'a> {
    shadow: &'a Shadow,
    record: &'a Record,
    lane: &'a mut dyn Lane,
    inputs: Vec<f64>,
}

impl<'a> Asked<'a> {
    fn call(&mut self, plugin: PluginIndex, rows: &[u32]) -> Call<'a> {
        self.inputs.clear();
        let gathered = &self.record.gathered;
        gathered.extend_with(&self.record.plan, plugin, rows, &mut self.inputs);
        Call {
            plugin,
            request: &self.record.request,
            profile: &self.shadow.profile,
        }
    }

    /// The rows taken with the shadow in the profile.
    fn pick(&mut self, mut rows: Vec<u32>, mut totals: Vec<f64>) -> Result<Vec<u32>, CallFault> {
        let plugin = self.shadow.plugin;
        let call = self.call(plugin, &rows);
        match self.shadow.part {
            Part::Picker => return self.lane.pick(call, &rows, &totals, &self.inputs),
            Part::Scorer { weight } => {
                let mut scores = Vec::new();
                self.lane.score(call, &rows, &self.inputs, &mut scores)?;
                for (total, score) in totals.iter_mut().zip(scores) {
                    *total += weight * score.clamp(0.0, 1.0);
                }
            }
            Part::Filter => {
                let mut kept = Vec::new();
                self.lane.keep(call, &rows, &self.inputs, &mut kept)?;
                let stays: Vec<bool> = rows.iter().map(|row| kept.contains(row)).collect();
                let mut each = stays.iter();
                totals.retain(|_| each.next().copied().unwrap_or(false));
                rows = kept;
            }
        }
        let profile = self.record.plan.profile(&self.shadow.profile);
        let (Some(profile), false) = (profile, rows.is_empty()) else {
            return Ok(Vec::new());
        };
        let call = self.call(profile.picker, &rows);
        self.lane.pick(call, &rows, &totals, &self.inputs)
    }
}
