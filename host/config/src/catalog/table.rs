//! The table itself, in the order of the reference: filters, scorers, pickers, handlers, producers,
//! admitters and hooks, data layer, parsers, flow control.

use super::{Entry, HostRole, Kind, State};
use Kind::{
    Admitter, Decider, Discovery, Eviction, Extractor, Fairness, Filter, Hooks, Ordering, Parser,
    Picker, Producer, ProfileHandler, Saturation, Scorer, Scraper, Screener, Source, UsageLimit,
};

/// An embedded component of the same name.
const fn built(name: &'static str, kinds: &'static [Kind]) -> Entry {
    entry(name, kinds, State::Builtin(name))
}

/// Done by the host itself.
const fn host(name: &'static str, kinds: &'static [Kind], role: HostRole) -> Entry {
    entry(name, kinds, State::Host(role))
}

/// Known, not here yet.
const fn later(name: &'static str, kinds: &'static [Kind]) -> Entry {
    entry(name, kinds, State::KnownNotHere)
}

const fn entry(name: &'static str, kinds: &'static [Kind], state: State) -> Entry {
    Entry {
        name,
        aliases: &[],
        kinds,
        state,
        replaced_by: None,
    }
}

impl Entry {
    const fn also(mut self, aliases: &'static [&'static str]) -> Self {
        self.aliases = aliases;
        self
    }

    const fn now(mut self, replacement: &'static str) -> Self {
        self.replaced_by = Some(replacement);
        self
    }

    const fn component(mut self, stem: &'static str) -> Self {
        self.state = State::Builtin(stem);
        self
    }
}

/// Every plugin type.
pub static CATALOG: &[Entry] = &[
    // Filters
    built("label-selector-filter", &[Filter]),
    built("by-label-selector", &[Filter])
        .component("label-selector-filter")
        .now("label-selector-filter"),
    built("by-label", &[Filter])
        .component("label-selector-filter")
        .now("label-selector-filter"),
    built("decode-filter", &[Filter]),
    built("prefill-filter", &[Filter]),
    later("encode-filter", &[Filter]),
    later("prefix-cache-affinity-filter", &[Filter]),
    later("slo-headroom-tier-filter", &[Filter]),
    later("session-affinity-filter", &[Filter, Hooks]),
    later("endpoint-attribute-filter", &[Filter]),
    later("topology-affinity-filter", &[Filter]),
    later("utilization-filter", &[Filter]),
    later("multicluster-session-affinity-filter", &[Filter, Hooks]),
    later("header-based-testing-filter", &[Filter]),
    // Scorers
    built("queue-scorer", &[Scorer]),
    built("running-requests-size-scorer", &[Scorer]),
    built("kv-cache-utilization-scorer", &[Scorer]),
    built("lora-affinity-scorer", &[Scorer]),
    built("prefix-cache-scorer", &[Scorer]),
    built("load-aware-scorer", &[Scorer]),
    built("active-request-scorer", &[Scorer]),
    later("token-load-scorer", &[Scorer]),
    later("context-length-aware", &[Scorer, Filter]),
    later("no-hit-lru-scorer", &[Scorer, Hooks]),
    later("latency-scorer", &[Scorer]),
    built("session-affinity-scorer", &[Scorer, Hooks]),
    later("header-label-affinity-scorer", &[Scorer]),
    later("endpoint-attribute-scorer", &[Scorer]),
    later("topology-affinity-scorer", &[Scorer]),
    later("mm-embeddings-cache-scorer", &[Scorer]),
    later("precise-prefix-cache-scorer", &[Scorer]).now("precise-prefix-cache-producer"),
    later("multicluster-queue-scorer", &[Scorer]),
    later("multicluster-kv-cache-utilization-scorer", &[Scorer]),
    later("multicluster-prefix-cache-scorer", &[Scorer]),
    // Pickers
    built("max-score-picker", &[Picker]),
    built("random-picker", &[Picker]),
    built("weighted-random-picker", &[Picker]),
    // Profile handlers, deciders, header handlers
    built("single-profile-handler", &[ProfileHandler]),
    built("data-parallel-profile-handler", &[ProfileHandler]),
    built("disagg-profile-handler", &[ProfileHandler]),
    built("pd-profile-handler", &[ProfileHandler]).now("disagg-profile-handler"),
    later("header-profile-handler", &[ProfileHandler]),
    built("always-disagg-pd-decider", &[Decider]),
    built("prefix-based-pd-decider", &[Decider]),
    later("always-disagg-multimodal-decider", &[Decider]),
    later("disagg-headers-handler", &[Hooks]).now("disagg-profile-handler"),
    built("prefill-header-handler", &[Hooks]).now("disagg-profile-handler"),
    // Data producers
    host("token-producer", &[Producer], HostRole::Tokens).also(&["tokenizer"]),
    host(
        "approx-prefix-cache-producer",
        &[Producer],
        HostRole::PrefixIndex,
    ),
    later("precise-prefix-cache-producer", &[Producer]),
    later("burst-prefix-cache-producer", &[Producer]),
    host("inflight-load-producer", &[Producer], HostRole::InFlight),
    later("predicted-latency-producer", &[Producer, Hooks]),
    later("session-id-producer", &[Producer]),
    later("mm-embeddings-cache-producer", &[Producer]),
    later("p2p-source-producer", &[Producer, Hooks]),
    later("multicluster-approx-prefix-cache-producer", &[Producer]),
    // Admitters, screeners, hooks
    later("latency-slo-admitter", &[Admitter]),
    later("probabilistic-admitter", &[Admitter]),
    later("disaggregatedset-rollout-screener", &[Screener, Hooks]),
    later("agent-identity", &[Hooks]),
    later("request-attribute-reporter", &[Hooks]),
    later("destination-endpoint-served-verifier", &[Hooks]),
    // Data layer
    built("vllm-scraper", &[Scraper]),
    host("metrics-data-source", &[Source], HostRole::MetricsSource),
    later("models-data-source", &[Source]),
    later("dcgm-data-source", &[Source]),
    later("k8s-notification-source", &[Source]),
    host(
        "endpoint-notification-source",
        &[Source],
        HostRole::EndpointEvents,
    ),
    later("multicluster-metrics-data-source", &[Source]),
    host(
        "core-metrics-extractor",
        &[Extractor],
        HostRole::MetricsExtractor,
    ),
    later("models-data-extractor", &[Extractor]),
    later("dcgm-extractor", &[Extractor]),
    later("topology-extractor", &[Extractor]),
    later("multicluster-metrics-extractor", &[Extractor]),
    host("file-discovery", &[Discovery], HostRole::FileDiscovery),
    later("multicluster-file-discovery", &[Discovery]),
    // Parsers
    host("openai-parser", &[Parser], HostRole::Parser),
    host("anthropic-parser", &[Parser], HostRole::Parser),
    host("vllmhttp-parser", &[Parser], HostRole::Parser),
    later("sglanghttp-parser", &[Parser]),
    later("vllmgrpc-parser", &[Parser]),
    later("vertexai-parser", &[Parser]),
    host("passthrough-parser", &[Parser], HostRole::Parser),
    // Flow control, saturation, eviction
    host(
        "global-strict-fairness-policy",
        &[Fairness],
        HostRole::FlowControl,
    ),
    later("round-robin-fairness-policy", &[Fairness]),
    later("program-aware-fairness", &[Fairness]),
    host("fcfs-ordering-policy", &[Ordering], HostRole::FlowControl),
    later("edf-ordering-policy", &[Ordering]),
    later("slo-deadline-ordering-policy", &[Ordering]),
    host(
        "static-usage-limit-policy",
        &[UsageLimit],
        HostRole::FlowControl,
    ),
    later("priority-holdback-policy", &[UsageLimit]),
    later("soft-reflective-ceiling-policy", &[UsageLimit]),
    host(
        "utilization-detector",
        &[Saturation, Filter],
        HostRole::FlowControl,
    ),
    later("concurrency-detector", &[Saturation, Filter]),
    later("eviction-sheddable-filter", &[Eviction]),
    later("eviction-priority-then-time-ordering", &[Eviction]),
];
