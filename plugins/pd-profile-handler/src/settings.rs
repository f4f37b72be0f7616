//! The settings of both generations, and the rule they come to.

use schemars::JsonSchema;
use serde::Deserialize;
use switchyard_sdk::{Diagnostics, log};

/// The settings of `pd-profile-handler`.
#[derive(Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// The profile that picks the destination.
    #[schemars(length(min = 1))]
    pub(crate) decode_profile: String,
    /// The profile that picks the prefill server.
    #[schemars(length(min = 1))]
    pub(crate) prefill_profile: String,
    /// The port to send requests to instead of the rank's own; 0: the rank's own.
    pub(crate) primary_port: u16,
    /// The decider that says whether to prefill apart.
    decider_plugin_name: Option<String>,
    /// First generation: so many bytes not cached call for a separate prefill; 0: always.
    threshold: Option<u32>,
    /// First generation: bytes in a block, where the prefix index does not say.
    #[schemars(range(min = 1))]
    hash_block_size: Option<u32>,
    /// Without effect: the host has one prefix index.
    prefix_plugin_type: Option<String>,
    /// Without effect: the host has one prefix index.
    prefix_plugin_name: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            decode_profile: "decode".to_owned(),
            prefill_profile: "prefill".to_owned(),
            primary_port: 0,
            decider_plugin_name: None,
            threshold: None,
            hash_block_size: None,
            prefix_plugin_type: None,
            prefix_plugin_name: None,
        }
    }
}

/// When there is a separate prefill.
#[derive(Debug, PartialEq)]
pub(crate) enum Rule {
    /// Always.
    Always,
    /// Where so many bytes are not cached.
    UncachedBytes { least: f64, block_bytes: f64 },
    /// Where this decider agrees.
    Decider(String),
}

impl Settings {
    /// The rule meant, or all that is wrong.
    pub(crate) fn rule(&self) -> Result<Rule, Diagnostics> {
        let mut diagnostics = Diagnostics::none();
        let profiles = [
            ("decodeProfile", &self.decode_profile),
            ("prefillProfile", &self.prefill_profile),
        ];
        for (path, profile) in profiles {
            if profile.is_empty() {
                diagnostics.add(path, "found an empty name, expected that of a profile");
            }
        }
        let first_generation = self.threshold.is_some() || self.hash_block_size.is_some();
        if first_generation && self.decider_plugin_name.is_some() {
            diagnostics.add(
                "deciderPluginName",
                "found together with `threshold` or `hashBlockSize`, expected one rule or the other",
            );
        }
        if self.hash_block_size == Some(0) {
            diagnostics.add(
                "hashBlockSize",
                "found 0, expected a number of bytes above 0",
            );
        }
        if self.prefix_plugin_type.is_some() || self.prefix_plugin_name.is_some() {
            log::info("the prefix plugin's name has no effect: the host has one prefix index");
        }
        let rule = match (self.threshold.unwrap_or(0), &self.decider_plugin_name) {
            (_, Some(decider)) => Rule::Decider(decider.clone()),
            _ if !first_generation => Rule::Decider("prefix-based-pd-decider".to_owned()),
            (0, None) => Rule::Always,
            (least, None) => Rule::UncachedBytes {
                least: f64::from(least),
                block_bytes: f64::from(self.hash_block_size.unwrap_or(64)),
            },
        };
        diagnostics.or(rule)
    }
}
