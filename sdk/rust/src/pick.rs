//! The settings that pickers share.

use schemars::JsonSchema;
use serde::Deserialize;

/// How many endpoints to pick.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct PickSettings {
    /// How many endpoints to pick at most; below 1 means 1.
    pub max_num_of_endpoints: i64,
}

impl Default for PickSettings {
    fn default() -> Self {
        Self {
            max_num_of_endpoints: 1,
        }
    }
}

impl PickSettings {
    /// The number of endpoints to pick, at least 1.
    pub fn most(&self) -> usize {
        usize::try_from(self.max_num_of_endpoints.max(1)).unwrap_or(usize::MAX)
    }
}
