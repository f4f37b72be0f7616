//! What a configuration comes to, with nothing left to guess.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

use crate::catalog::Kind;

/// A configuration that was read, checked and completed.
#[derive(Debug, Clone, PartialEq)]
pub struct Resolved {
    /// The document, as the caller named it.
    pub file: String,
    /// The plugins that are components, declared ones first, in their order. Indexes below point here.
    pub plugins: Vec<Plugin>,
    /// At least one.
    pub profiles: Vec<Profile>,
    /// The profile handler. Where it is [injected](Plugin::injected) and a plugin whose kinds are
    /// [unknown](Plugin::kinds_unknown) turns out to be one, that one counts. `None`: one of those must.
    pub handler: Option<usize>,
    /// The profile whose pick computes a prompt's KV blocks for the primary one.
    pub prefill_profile: String,
    /// The deciders that are known to be such; a handler's gates name them.
    pub deciders: Vec<usize>,
    /// The plugins that follow requests.
    pub hooks: Vec<usize>,
    /// The scrapers.
    pub scrapers: Vec<usize>,
    /// How scrapers reach servers over TLS.
    pub scrape_tls: ScrapeTls,
    /// The approximate prefix index; the host keeps it if a plugin reads its columns.
    pub prefix: PrefixIndex,
    /// Where endpoints come from. `None`: the document does not say.
    pub discovery: Option<Discovery>,
    /// Every known gate.
    pub feature_gates: BTreeMap<String, bool>,
    /// To be logged: deprecated names, and settings that have no effect here.
    pub warnings: Vec<String>,
}

impl Resolved {
    /// What a person wants to see of it; `--check` prints it.
    pub fn summary(&self) -> String {
        crate::summary::of(self)
    }

    /// The plugins of `profile` that are of this kind, in its order. Plugins of unknown kinds are left out.
    pub fn of_kind<'r>(
        &'r self,
        profile: &'r Profile,
        kind: Kind,
    ) -> impl Iterator<Item = (&'r Plugin, &'r ProfileEntry)> {
        profile
            .entries
            .iter()
            .map(|entry| (&self.plugins[entry.plugin], entry))
            .filter(move |(plugin, _)| plugin.kinds.contains(&kind))
    }

    /// The profile's picker, where one is known: the one it lists, else the one the host adds.
    pub fn picker<'r>(&'r self, profile: &'r Profile) -> Option<&'r Plugin> {
        self.of_kind(profile, Kind::Picker)
            .map(|(plugin, _)| plugin)
            .next()
            .or_else(|| profile.fallback_picker.map(|index| &self.plugins[index]))
    }
}

/// One plugin that is a component.
#[derive(Debug, Clone, PartialEq)]
pub struct Plugin {
    /// Unique in the document.
    pub name: String,
    /// Its type: the catalog's name for it, or a name of the user's.
    pub type_name: String,
    /// What the catalog says it is for. Empty: see [`Plugin::kinds_unknown`].
    pub kinds: Vec<Kind>,
    /// Where the component comes from.
    pub source: Source,
    /// Its settings as a JSON object, empty if none are given.
    pub parameters: Value,
    /// Limits that differ from the defaults.
    pub limits: Limits,
    /// What a request gets when the plugin fails. `None`: the default of its stage.
    pub on_fault: Option<OnFault>,
    /// Whether its answers count.
    pub mode: Mode,
    /// Whether the host added it.
    pub injected: bool,
}

impl Plugin {
    /// The type is the user's own: what the component is for shows only in what it exports.
    pub fn kinds_unknown(&self) -> bool {
        self.kinds.is_empty()
    }
}

/// Where a component comes from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Embedded: the stem of its file name.
    Builtin(String),
    /// A file.
    File(PathBuf),
    /// Given to the running picker, which keeps it by its digest.
    Loaded(String),
    /// An OCI reference, with its digest.
    Oci(String),
    /// A key of a ConfigMap.
    ConfigMap {
        /// The ConfigMap's name.
        name: String,
        /// `None`: the picker's own.
        namespace: Option<String>,
        /// The key in its `binaryData`.
        key: String,
    },
}

/// Limits of one plugin; `None` is the default of the component's class.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Limits {
    /// Of one scheduling call.
    pub call: Option<Duration>,
    /// Of one hook call.
    pub hook: Option<Duration>,
    /// Of reading one scraped answer.
    pub parse: Option<Duration>,
    /// Of `endpoints-changed`.
    pub endpoints_changed: Option<Duration>,
    /// Of start and `configure`.
    pub start: Option<Duration>,
    /// Linear memory, in bytes.
    pub memory_bytes: Option<u64>,
    /// What one call may carry between guest and host, in bytes.
    pub host_call_bytes: Option<u64>,
    /// What one call may log, in bytes.
    pub log_bytes: Option<u64>,
}

/// How a plugin runs, apart from what it is and what it is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manner {
    /// Limits that differ from the defaults.
    pub limits: Limits,
    /// What a request gets when the plugin fails. `None`: the default of its stage.
    pub on_fault: Option<OnFault>,
    /// Whether its answers count.
    pub mode: Mode,
}

/// What a request gets when a plugin gives no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFault {
    /// As if the plugin were not there.
    Skip,
    /// Filters: all stay.
    Pass,
    /// The request is refused.
    Fail,
}

/// Whether a plugin's answers count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They do.
    Active,
    /// It is asked after the answer is out, and what it would have changed is only counted.
    Shadow {
        /// Of how many decisions in a thousand.
        per_mille: u16,
    },
}

/// One scheduling profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// Unique in the document.
    pub name: String,
    /// Its plugins in the order of the document.
    pub entries: Vec<ProfileEntry>,
    /// The document has no profiles, and this one lists every plugin that may belong in it. One of
    /// unknown kinds that turns out not to be a filter, scorer or picker is no mistake then.
    pub implicit: bool,
    /// The picker the host adds; used if none of `entries` turns out to be one.
    pub fallback_picker: Option<usize>,
}

/// One plugin of a profile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ProfileEntry {
    /// Index into [`Resolved::plugins`].
    pub plugin: usize,
    /// What a scorer's answers are multiplied by; 1 where none is given.
    pub weight: f64,
}

/// Parameters of the approximate prefix index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefixIndex {
    /// Size of a block in estimated tokens (of 4 bytes), unless `auto_tune` finds another.
    pub block_tokens: u32,
    /// Take the block size that the servers report, or `block_tokens` where they report none, but 64
    /// at least.
    pub auto_tune: bool,
    /// How much of a prompt is looked at, in estimated tokens.
    pub max_prefix_tokens: u64,
    /// A second bound on the same, in blocks.
    pub max_blocks: Option<u64>,
    /// How many blocks are remembered for each server.
    pub lru_capacity_per_server: u64,
    /// The plugin that said so; `None`: defaults.
    pub from: Option<String>,
}

impl PrefixIndex {
    /// The least block size that `auto_tune` chooses.
    pub const AUTO_TUNE_FLOOR_TOKENS: u32 = 64;

    /// The block size in use when the servers report `reported` tokens a block.
    pub fn effective_block_tokens(&self, reported: Option<u32>) -> u32 {
        if self.auto_tune {
            reported
                .unwrap_or(self.block_tokens)
                .max(Self::AUTO_TUNE_FLOOR_TOKENS)
        } else {
            self.block_tokens
        }
    }

    /// How many blocks of `block_tokens` are looked at.
    pub fn effective_max_blocks(&self, block_tokens: u32) -> u64 {
        let by_tokens = self
            .max_prefix_tokens
            .div_ceil(u64::from(block_tokens.max(1)));
        by_tokens.min(self.max_blocks.unwrap_or(u64::MAX)).max(1)
    }
}

impl Default for PrefixIndex {
    fn default() -> Self {
        Self {
            block_tokens: 16,
            auto_tune: true,
            max_prefix_tokens: 131_072,
            max_blocks: None,
            lru_capacity_per_server: 31_250,
            from: None,
        }
    }
}

/// How scrapers reach servers over TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScrapeTls {
    /// Take any certificate.
    pub insecure_skip_verify: bool,
    /// Certificates to trust.
    pub ca_cert_path: Option<PathBuf>,
    /// The client certificate.
    pub client_cert_path: Option<PathBuf>,
    /// Its key.
    pub client_key_path: Option<PathBuf>,
}

impl Default for ScrapeTls {
    fn default() -> Self {
        Self {
            insecure_skip_verify: true,
            ca_cert_path: None,
            client_cert_path: None,
            client_key_path: None,
        }
    }
}

/// Endpoints from a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    /// The plugin's name.
    pub plugin: String,
    /// The file.
    pub path: PathBuf,
    /// Whether later edits count.
    pub watch_file: bool,
}

#[cfg(test)]
mod tests {
    use super::PrefixIndex;

    #[test]
    fn the_servers_block_size_counts_where_it_may() {
        let index = |auto_tune, block_tokens| PrefixIndex {
            auto_tune,
            block_tokens,
            ..PrefixIndex::default()
        };
        for (auto_tune, block_tokens, reported, effective) in [
            (true, 16, None, 64),
            (true, 16, Some(16), 64),
            (true, 16, Some(128), 128),
            (true, 256, None, 256),
            (false, 16, Some(128), 16),
        ] {
            let index = index(auto_tune, block_tokens);
            assert_eq!(index.effective_block_tokens(reported), effective);
        }
    }

    #[test]
    fn the_lower_bound_counts() {
        for (max_prefix_tokens, max_blocks, blocks) in [
            (131_072, None, 2_048),
            (131_072, Some(256), 256),
            (1_000, Some(256), 16),
            (1, None, 1),
        ] {
            let index = PrefixIndex {
                max_prefix_tokens,
                max_blocks,
                ..PrefixIndex::default()
            };
            assert_eq!(index.effective_max_blocks(64), blocks);
        }
    }
}
