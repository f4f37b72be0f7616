//! The configurations whose decisions are replayed.

use std::path::Path;
use std::time::Duration;

use switchyard_config::Resolved;
use switchyard_engine::{Engine, EngineOptions};

/// One configuration.
#[derive(Clone, Copy)]
pub(crate) struct PlanUnderTest {
    pub(crate) name: &'static str,
    pub(crate) config: &'static str,
    /// The profile whose pick is the decision.
    pub(crate) primary: &'static str,
    /// Added to the first weight of the first profile.
    pub(crate) weight_change: Option<f64>,
}

const fn plan(name: &'static str, primary: &'static str, config: &'static str) -> PlanUnderTest {
    PlanUnderTest {
        name,
        config,
        primary,
        weight_change: None,
    }
}

pub(crate) const PLANS: &[PlanUnderTest] = &[
    plan("default", "default", ""),
    plan(
        "disaggregated",
        "decode",
        "
plugins:
- type: disagg-profile-handler
  parameters: {deciders: {prefill: prefix-based-pd-decider}}
- type: prefix-based-pd-decider
  parameters: {nonCachedTokens: 64}
- type: prefill-filter
- type: decode-filter
- type: queue-scorer
- type: active-request-scorer
- type: prefix-cache-scorer
- type: prefill-header-handler
schedulingProfiles:
- {name: prefill, plugins: [{pluginRef: prefill-filter}, {pluginRef: prefix-cache-scorer}, {pluginRef: queue-scorer}]}
- {name: decode, plugins: [{pluginRef: decode-filter}, {pluginRef: active-request-scorer, weight: 2}, {pluginRef: prefix-cache-scorer}]}
",
    ),
    plan(
        "weighted",
        "chance",
        "
plugins:
- type: weighted-random-picker
- type: load-aware-scorer
- type: kv-cache-utilization-scorer
schedulingProfiles:
- {name: chance, plugins: [{pluginRef: load-aware-scorer, weight: 0.7}, {pluginRef: kv-cache-utilization-scorer}, {pluginRef: weighted-random-picker}]}
",
    ),
    plan(
        "sessions",
        "chat",
        "
plugins:
- type: session-affinity-scorer
- {type: session-affinity-scorer, name: by-id, parameters: {strategy: session_id, sessionIdConfig: {sources: [{header: x-session-id}]}}}
- type: queue-scorer
schedulingProfiles:
- {name: chat, plugins: [{pluginRef: session-affinity-scorer, weight: 3}, {pluginRef: by-id, weight: 2}, {pluginRef: queue-scorer}]}
",
    ),
    plan(
        "adapters",
        "adapters",
        "
plugins:
- type: lora-affinity-scorer
- {type: label-selector-filter, name: zoned, parameters: {matchExpressions: [{key: zone, operator: In, values: [a, b]}]}}
- type: running-requests-size-scorer
schedulingProfiles:
- {name: adapters, plugins: [{pluginRef: zoned}, {pluginRef: lora-affinity-scorer, weight: 3}, {pluginRef: running-requests-size-scorer}]}
",
    ),
    plan(
        "ranks",
        "ranks",
        "
plugins:
- type: data-parallel-profile-handler
- type: running-requests-size-scorer
schedulingProfiles:
- {name: ranks, plugins: [{pluginRef: running-requests-size-scorer}]}
",
    ),
];

impl PlanUnderTest {
    /// The configuration as it is read, but with time enough for every call: a machine that lets us wait shall
    /// not make a fault that no replay can know of.
    pub(crate) fn resolved(&self) -> Resolved {
        let text = format!("{}{}", switchyard_config::DEFAULT, self.config);
        let mut resolved = switchyard_config::read(self.name, &text).unwrap();
        let long = Some(Duration::from_secs(60));
        for plugin in &mut resolved.plugins {
            plugin.limits.call = long;
            plugin.limits.hook = long;
            plugin.limits.endpoints_changed = long;
            plugin.limits.start = long;
        }
        if let Some(change) = self.weight_change {
            resolved.profiles[0].entries[0].weight += change;
        }
        resolved
    }
}

/// An engine that keeps compiled code there.
pub(crate) fn engine(code: &Path) -> Engine {
    Engine::new(EngineOptions {
        cache_dir: Some(code.to_owned()),
        max_instances: 64,
        ..EngineOptions::default()
    })
    .unwrap()
}
