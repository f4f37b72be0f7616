//! What a configuration comes to: which plugin runs where, and which inputs each one reads.

use std::sync::Arc;

use crate::call::{OnFault, PluginIndex};
use crate::gather::Source;

/// What a component can be. A plugin may be several.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs)]
pub enum Stage {
    Filter,
    Scorer,
    Picker,
    Decider,
    ProfileHandler,
    Scraper,
    Hooks,
}

impl Stage {
    /// All of them, in the order of a request's way.
    pub const ALL: [Self; 7] = [
        Self::Filter,
        Self::Scorer,
        Self::Picker,
        Self::Decider,
        Self::ProfileHandler,
        Self::Scraper,
        Self::Hooks,
    ];

    /// The interface's name in the contract, which is also the word for metrics and tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Filter => "filter",
            Self::Scorer => "scorer",
            Self::Picker => "picker",
            Self::Decider => "decider",
            Self::ProfileHandler => "profile-handler",
            Self::Scraper => "scraper",
            Self::Hooks => "hooks",
        }
    }

    /// What a request gets when the configuration does not say.
    pub fn default_on_fault(self) -> OnFault {
        match self {
            Self::Filter => OnFault::Pass,
            Self::Scorer | Self::Picker | Self::Decider | Self::Scraper | Self::Hooks => {
                OnFault::Skip
            }
            Self::ProfileHandler => OnFault::Fail,
        }
    }
}

/// One plugin of a plan.
#[derive(Debug, Clone)]
pub struct PlanPlugin {
    /// The name the configuration gives it, unique in the plan.
    pub name: Arc<str>,
    /// Its type, such as `queue-scorer`.
    pub kind: Arc<str>,
    /// SHA-256 of its component, in hex.
    pub digest: Arc<str>,
    /// What the configuration says; `None`: the stage's default.
    pub on_fault: Option<OnFault>,
    /// Its columns, as positions in [`Plan::columns`].
    pub columns: Vec<usize>,
    /// Its scalars, as positions in [`Plan::scalars`].
    pub scalars: Vec<usize>,
}

impl PlanPlugin {
    /// What a request gets when this plugin fails as a `stage`.
    pub fn on_fault(&self, stage: Stage) -> OnFault {
        self.on_fault.unwrap_or(stage.default_on_fault())
    }
}

/// A scorer with its weight.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub struct Weighted {
    pub plugin: PluginIndex,
    pub weight: f64,
}

/// Filters, scorers and a picker that run after each other.
#[derive(Debug, Clone)]
#[allow(missing_docs)]
pub struct Profile {
    pub name: Arc<str>,
    pub filters: Vec<PluginIndex>,
    pub scorers: Vec<Weighted>,
    pub picker: PluginIndex,
}

/// A column of the plan and where its numbers come from.
#[derive(Clone)]
#[allow(missing_docs)]
pub struct PlanColumn {
    pub name: Arc<str>,
    pub source: Source,
}

/// Everything a request needs to be scheduled. Immutable; a new configuration makes a new plan.
#[derive(Clone)]
pub struct Plan {
    /// All plugins; a [`PluginIndex`] is a position here.
    pub plugins: Vec<PlanPlugin>,
    /// Chooses the profiles.
    pub handler: PluginIndex,
    /// In the configuration's order.
    pub profiles: Vec<Profile>,
    /// Gates that steps may name.
    pub deciders: Vec<PluginIndex>,
    /// In the configuration's order.
    pub hooks: Vec<PluginIndex>,
    /// Every column some plugin reads, once.
    pub columns: Vec<PlanColumn>,
    /// Every scalar some plugin reads, once.
    pub scalars: Vec<Arc<str>>,
}

impl Plan {
    /// The plugin at this index.
    pub fn plugin(&self, index: PluginIndex) -> &PlanPlugin {
        &self.plugins[index.0 as usize]
    }

    /// The profile of this name.
    pub fn profile(&self, name: &str) -> Option<&Profile> {
        self.profiles.iter().find(|profile| &*profile.name == name)
    }

    /// The names of all profiles, for [`Request::profiles`](crate::Request::profiles).
    pub fn profile_names(&self) -> Arc<[Arc<str>]> {
        self.profiles
            .iter()
            .map(|profile| profile.name.clone())
            .collect()
    }

    /// The decider of this name.
    pub fn decider(&self, name: &str) -> Option<PluginIndex> {
        self.deciders
            .iter()
            .copied()
            .find(|index| &*self.plugin(*index).name == name)
    }

    /// Whether some plugin reads this column; what nobody reads need not be made.
    pub fn reads_column(&self, name: &str) -> bool {
        self.columns.iter().any(|column| &*column.name == name)
    }

    /// Whether some plugin reads this scalar.
    pub fn reads_scalar(&self, name: &str) -> bool {
        self.scalars.iter().any(|scalar| &**scalar == name)
    }
}
