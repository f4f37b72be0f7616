//! Every plugin type a configuration may name, and what stands behind the name here.
//!
//! This is the one place in the host that knows plugins by name: it maps configuration names to
//! embedded components, or to what the host does itself.

mod table;

pub use table::CATALOG;

use crate::nearest::{nearest, plain};

/// What a plugin can be used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Kind {
    Filter,
    Scorer,
    Picker,
    ProfileHandler,
    Decider,
    Hooks,
    Scraper,
    Producer,
    Admitter,
    Screener,
    Source,
    Extractor,
    Discovery,
    Parser,
    Fairness,
    Ordering,
    UsageLimit,
    Saturation,
    Eviction,
}

impl Kind {
    /// The word for messages.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Filter => "filter",
            Self::Scorer => "scorer",
            Self::Picker => "picker",
            Self::ProfileHandler => "profile handler",
            Self::Decider => "decider",
            Self::Hooks => "hooks",
            Self::Scraper => "scraper",
            Self::Producer => "data producer",
            Self::Admitter => "admitter",
            Self::Screener => "screener",
            Self::Source => "data source",
            Self::Extractor => "extractor",
            Self::Discovery => "discovery",
            Self::Parser => "parser",
            Self::Fairness => "fairness policy",
            Self::Ordering => "ordering policy",
            Self::UsageLimit => "usage limit policy",
            Self::Saturation => "saturation detector",
            Self::Eviction => "eviction policy",
        }
    }

    /// `a filter and scorer`, for messages.
    pub(crate) fn listed(kinds: &[Self]) -> String {
        let words: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
        let words = words.join(" and ");
        let article = match kinds.first() {
            Some(Self::Hooks | Self::Discovery) | None => "",
            Some(_) if words.starts_with(['a', 'e', 'i', 'o']) => "an ",
            Some(_) => "a ",
        };
        format!("{article}{words}")
    }

    /// Whether a profile may list it.
    pub fn in_profiles(self) -> bool {
        matches!(self, Self::Filter | Self::Scorer | Self::Picker)
    }
}

/// What the host does itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostRole {
    /// Endpoints from a file.
    FileDiscovery,
    /// The approximate prefix index.
    PrefixIndex,
    /// Requests and tokens in flight.
    InFlight,
    /// Estimated token counts.
    Tokens,
    /// Fetching metrics; the vLLM scraper reads them.
    MetricsSource,
    /// Reading metrics: settings of the vLLM scraper.
    MetricsExtractor,
    /// Endpoint add and remove events: every plugin gets them.
    EndpointEvents,
    /// Reading request bodies.
    Parser,
    /// The defaults of flow control, which is not here yet: accepted, without effect.
    FlowControl,
}

/// What stands behind a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// An embedded component: the stem of its file name.
    Builtin(&'static str),
    /// The host does it.
    Host(HostRole),
    /// Known from the reference, not built here yet.
    KnownNotHere,
}

/// One plugin type.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// As configurations write it.
    pub name: &'static str,
    /// Other spellings. `LoadAwareScorer` for `load-aware-scorer` needs none: see [`find`].
    pub aliases: &'static [&'static str],
    /// What it can be used for; never empty.
    pub kinds: &'static [Kind],
    /// What stands behind it.
    pub state: State,
    /// Set where the name is deprecated: what to write instead.
    pub replaced_by: Option<&'static str>,
}

/// The type that `name` means: its name, an alias, or its name in Pascal case with any spelling of
/// acronyms (`KVCacheUtilizationScorer`, `KvCacheUtilizationScorer`).
pub fn find(name: &str) -> Option<&'static Entry> {
    let exact = CATALOG
        .iter()
        .find(|entry| entry.name == name || entry.aliases.contains(&name));
    if exact.is_some() || !name.starts_with(|c: char| c.is_ascii_uppercase()) {
        return exact;
    }
    if !name.chars().all(|c| c.is_ascii_alphanumeric()) {
        return None;
    }
    let wanted = plain(name);
    CATALOG.iter().find(|entry| plain(entry.name) == wanted)
}

/// The known name nearest to `name`.
pub fn nearest_name(name: &str) -> Option<&'static str> {
    nearest(name, CATALOG.iter().map(|entry| entry.name))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_unique_and_replacements_exist() {
        let mut seen = BTreeSet::new();
        for entry in CATALOG {
            for name in entry.aliases.iter().chain([&entry.name]) {
                assert!(seen.insert(*name), "{name} stands twice");
            }
            assert!(!entry.kinds.is_empty(), "{}", entry.name);
            if let Some(other) = entry.replaced_by {
                assert!(find(other).is_some(), "{other} replaces {}", entry.name);
            }
        }
    }

    #[test]
    fn finds_every_spelling() {
        for (written, name) in [
            ("queue-scorer", Some("queue-scorer")),
            ("LoadAwareScorer", Some("load-aware-scorer")),
            (
                "PrecisePrefixCacheScorer",
                Some("precise-prefix-cache-scorer"),
            ),
            (
                "KVCacheUtilizationScorer",
                Some("kv-cache-utilization-scorer"),
            ),
            ("LoRAAffinityScorer", Some("lora-affinity-scorer")),
            ("tokenizer", Some("token-producer")),
            ("queuescorer", None),
            ("Queue-Scorer", None),
            ("loadAwareScorer", None),
        ] {
            assert_eq!(find(written).map(|entry| entry.name), name, "{written}");
        }
    }

    /// The types that the reference documents, each of them in some configuration somewhere.
    const REFERENCE: &str = "\
        active-request-scorer agent-identity always-disagg-multimodal-decider always-disagg-pd-decider \
        anthropic-parser approx-prefix-cache-producer burst-prefix-cache-producer by-label \
        by-label-selector concurrency-detector context-length-aware core-metrics-extractor \
        data-parallel-profile-handler dcgm-data-source dcgm-extractor decode-filter \
        destination-endpoint-served-verifier disagg-headers-handler disagg-profile-handler \
        disaggregatedset-rollout-screener edf-ordering-policy encode-filter endpoint-attribute-filter \
        endpoint-attribute-scorer endpoint-notification-source eviction-priority-then-time-ordering \
        eviction-sheddable-filter fcfs-ordering-policy file-discovery global-strict-fairness-policy \
        header-based-testing-filter header-label-affinity-scorer header-profile-handler \
        inflight-load-producer k8s-notification-source kv-cache-utilization-scorer label-selector-filter \
        latency-scorer latency-slo-admitter load-aware-scorer lora-affinity-scorer max-score-picker \
        metrics-data-source mm-embeddings-cache-producer mm-embeddings-cache-scorer \
        models-data-extractor models-data-source multicluster-approx-prefix-cache-producer \
        multicluster-file-discovery multicluster-kv-cache-utilization-scorer \
        multicluster-metrics-data-source multicluster-metrics-extractor multicluster-prefix-cache-scorer \
        multicluster-queue-scorer multicluster-session-affinity-filter no-hit-lru-scorer openai-parser \
        p2p-source-producer passthrough-parser pd-profile-handler precise-prefix-cache-producer \
        precise-prefix-cache-scorer predicted-latency-producer prefill-filter prefill-header-handler \
        prefix-based-pd-decider prefix-cache-affinity-filter prefix-cache-scorer \
        priority-holdback-policy probabilistic-admitter program-aware-fairness queue-scorer \
        random-picker request-attribute-reporter round-robin-fairness-policy \
        running-requests-size-scorer session-affinity-filter session-affinity-scorer session-id-producer \
        sglanghttp-parser single-profile-handler slo-deadline-ordering-policy slo-headroom-tier-filter \
        soft-reflective-ceiling-policy static-usage-limit-policy token-load-scorer token-producer \
        tokenizer topology-affinity-filter topology-affinity-scorer topology-extractor \
        utilization-detector utilization-filter vertexai-parser vllmgrpc-parser vllmhttp-parser \
        weighted-random-picker";

    #[test]
    fn no_type_of_the_reference_is_unknown() {
        let unknown = REFERENCE.split(' ').filter(|name| find(name).is_none());
        assert_eq!(unknown.collect::<Vec<_>>(), [""; 0]);
    }

    #[test]
    fn every_builtin_component_is_reachable() {
        let stems: BTreeSet<_> = CATALOG
            .iter()
            .filter_map(|entry| match entry.state {
                State::Builtin(stem) => Some(stem),
                _ => None,
            })
            .collect();
        assert_eq!(stems.len(), 22, "{stems:?}");
    }
}
