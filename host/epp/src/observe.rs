//! What the admin pages show of the parts that decide.

use std::sync::Arc;

use serde_json::{Value, json};
use switchyard_config::{Mode, Plugin as Configured};
use switchyard_engine::{FaultNote, Plugin};
use switchyard_scheduler::PlanPlugin;

use crate::admin::AdminSource;
use crate::clock::unix_ms;
use crate::decisions::Decisions;
use crate::discovery::{FileDiscovery, Status};
use crate::metrics::{DiscoveryCounts, PluginFacts};
use crate::plans::{Plans, PlansStatus};
use crate::router::Router;
use crate::shadows::{ShadowCounts, Shadows};

/// The running picker as the pages see it.
pub struct Observer {
    /// Its plan and plugins.
    pub router: Arc<Router>,
    /// Its plans.
    pub plans: Arc<Plans>,
    /// What plugins in shadow mode would have done.
    pub shadows: Arc<Shadows>,
    /// Its decisions.
    pub decisions: Arc<Decisions>,
    /// Where its endpoints come from; `None`: from nowhere yet.
    pub discovery: Option<FileDiscovery>,
}

impl Observer {
    fn discovery_status(&self) -> Option<Status> {
        self.discovery.as_ref().map(FileDiscovery::status)
    }
}

impl Observer {
    /// What a plugin would have done, while it is in shadow mode.
    fn shadow_counts(&self, configured: &Configured, planned: &PlanPlugin) -> Option<ShadowCounts> {
        match configured.mode {
            Mode::Active => None,
            Mode::Shadow { .. } => self.shadows.counts(planned),
        }
    }
}

impl AdminSource for Observer {
    fn plugins(&self) -> Value {
        let (active, loads) = (self.router.active(), self.plans.loads());
        let planned = active.plan.plugins.iter().zip(&active.plugins);
        let configured = active.resolved.plugins.iter().zip(planned);
        configured
            .map(|(configured, (planned, plugin))| {
                let mut shown = plugin_json(&configured.type_name, plugin);
                shown["mode"] = match configured.mode {
                    Mode::Active => "active".into(),
                    Mode::Shadow { .. } => "shadow".into(),
                };
                let counts = self.shadow_counts(configured, planned);
                shown["shadow"] = counts.map_or(Value::Null, |counts| {
                    json!({ "asked": counts.asked, "would_change": counts.changed, "faults": counts.faults })
                });
                let load = loads.iter().find(|load| load.name == configured.name);
                shown["loaded"] = load.map_or(Value::Null, |load| {
                    json!({ "by": load.by, "at_ms": load.at_ms, "profile": load.profile, "weight": load.weight, "manner": load.manner })
                });
                shown
            })
            .collect()
    }

    fn plans_status(&self) -> PlansStatus {
        self.plans.status()
    }

    fn plugin_facts(&self) -> Vec<PluginFacts> {
        let active = self.router.active();
        let planned = active.plan.plugins.iter().zip(&active.plugins);
        let plugins = active.resolved.plugins.iter().zip(planned);
        plugins
            .map(|(configured, (planned, plugin))| {
                let stats = plugin.stats();
                PluginFacts {
                    plugin_type: planned.kind.to_string(),
                    name: planned.name.to_string(),
                    version: plugin.about().version.clone(),
                    digest: planned.digest.to_string(),
                    memory_high_water_bytes: stats.memory_high_bytes,
                    calls: stats.calls,
                    nanos: stats.total_ns,
                    ignored_writes: stats.ignored_writes,
                    faults: stats.faults.into_iter().collect(),
                    shadow: self.shadow_counts(configured, planned),
                }
            })
            .collect()
    }

    fn decision(&self, request_id: &str) -> Option<Value> {
        self.decisions
            .of_request(request_id)
            .and_then(|record| serde_json::to_value(record).ok())
    }

    fn decisions(&self, last: usize) -> Vec<Value> {
        self.decisions
            .last(last)
            .into_iter()
            .filter_map(|record| serde_json::to_value(record).ok())
            .collect()
    }

    fn config(&self) -> String {
        self.router.active().resolved.summary()
    }

    fn prefix_blocks(&self) -> usize {
        self.router.prefix_blocks()
    }

    fn discovery(&self) -> Value {
        let Some(status) = self.discovery_status() else {
            return Value::Null;
        };
        json!({
            "path": status.path.display().to_string(),
            "watched": status.watched,
            "endpoints": status.endpoints,
            "applied_at_ms": unix_ms(status.applied_at),
            "edits_applied": status.applied,
            "edits_refused": status.refused,
            "refusal": status.refusal.map(|refusal| json!({"reason": refusal.reason, "at_ms": unix_ms(refusal.at)})),
        })
    }

    fn discovery_counts(&self) -> DiscoveryCounts {
        self.discovery_status()
            .map(|status| DiscoveryCounts {
                applied: status.applied,
                refused: status.refused,
            })
            .unwrap_or_default()
    }
}

fn plugin_json(kind: &str, plugin: &Plugin) -> Value {
    let (stats, limits, about) = (plugin.stats(), plugin.limits(), plugin.about());
    let stages: Vec<&str> = plugin.stages().iter().map(|stage| stage.as_str()).collect();
    json!({
        "name": plugin.name(),
        "type": kind,
        "version": about.version,
        "summary": about.summary,
        "digest": plugin.component().digest(),
        "stages": stages,
        "state": stats.breaker.as_str(),
        "calls": stats.calls,
        "faults": stats.faults,
        "last_ns": stats.last_ns,
        "mean_ns": stats.total_ns.checked_div(stats.calls).unwrap_or(0),
        "memory_high_water_bytes": stats.memory_high_bytes,
        "spares_used": stats.spare_swaps,
        "ignored_writes": stats.ignored_writes,
        "last_fault": stats.last_fault.as_ref().map(fault_json),
        "first_fault": stats.first_fault.as_ref().map(fault_json),
        "budgets": {
            "call_ms": limits.call.as_secs_f64() * 1e3,
            "hook_ms": limits.hook.as_secs_f64() * 1e3,
            "parse_ms": limits.parse.as_secs_f64() * 1e3,
            "endpoints_changed_ms": limits.endpoints_changed.as_secs_f64() * 1e3,
            "start_ms": limits.start.as_secs_f64() * 1e3,
            "memory_bytes": limits.memory_bytes,
            "host_bytes": limits.host_bytes,
            "log_bytes": limits.log_bytes,
        },
    })
}

fn fault_json(note: &FaultNote) -> Value {
    json!({"cause": note.cause.as_str(), "message": note.message, "at_ms": unix_ms(note.at)})
}
