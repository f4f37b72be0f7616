//! The series of plugins: how long each takes, how often and why it failed, what it holds.
//!
//! The time of each call comes from the records of scheduling cycles. Calls, faults and memory are
//! counted by the engine anyway, at every stage, and are read when somebody asks.

use std::sync::{Arc, OnceLock};

use arc_swap::ArcSwapOption;
use prometheus::proto::MetricFamily;
use prometheus::{Histogram, HistogramVec, IntCounter, IntCounterVec};
use switchyard_scheduler::record::{Answer, CallRecord, Record};
use switchyard_scheduler::{Plan, Stage};

use super::buckets;
use super::registrar::Registrar;
use super::scheduling::seconds;
use crate::shadows::ShadowCounts;

const LABELS: [&str; 3] = ["extension_point", "plugin_type", "plugin_name"];
const NAMED: [&str; 2] = ["plugin_type", "plugin_name"];

pub(super) struct Plugins {
    duration: HistogramVec,
    clamps: IntCounterVec,
    current: ArcSwapOption<PlanSeries>,
}

/// The series of the plugins of one plan, each looked up at its first call.
struct PlanSeries {
    plan: Arc<Plan>,
    /// One per plugin and stage.
    series: Vec<OnceLock<CallSeries>>,
}

struct CallSeries {
    duration: Histogram,
    clamps: IntCounter,
}

/// One place per [`Stage`].
const STAGES: usize = Stage::Hooks as usize + 1;

/// What is known of a plugin that runs, beside the time of its calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PluginFacts {
    /// Its type, such as `queue-scorer`.
    pub plugin_type: String,
    /// Its name in the configuration.
    pub name: String,
    /// Its own version.
    pub version: String,
    /// The component's digest.
    pub digest: String,
    /// The most memory an instance of it ever held, bytes.
    pub memory_high_water_bytes: u64,
    /// Calls that reached it.
    pub calls: u64,
    /// Time in those calls.
    pub nanos: u64,
    /// Writes to own columns or rows that it has not.
    pub ignored_writes: u64,
    /// Calls that gave no usable answer, by cause.
    pub faults: Vec<(&'static str, u64)>,
    /// What it would have done, where it is in shadow mode.
    pub shadow: Option<ShadowCounts>,
}

impl Plugins {
    pub(super) fn new(registrar: &Registrar) -> Self {
        Self {
            duration: registrar.histograms(
                "llm_d_epp_plugin_duration_seconds",
                "Time of plugin calls",
                &LABELS,
                buckets::WORK_SECONDS,
            ),
            clamps: registrar.counters(
                "switchyard_plugin_clamps_total",
                "Scores outside of 0 to 1 that were clamped",
                &LABELS,
            ),
            current: ArcSwapOption::empty(),
        }
    }

    /// Every call of a cycle.
    pub(super) fn called(&self, record: &Record) {
        let known = self.current.load();
        let known = match &*known {
            Some(known) if Arc::ptr_eq(&known.plan, &record.plan) => known.clone(),
            _ => self.adopt(&record.plan),
        };
        let profiles = record.profiles.iter().flat_map(|profile| &profile.calls);
        for call in profiles.chain(&record.handler) {
            let Some(series) = self.series(&known, call) else {
                continue;
            };
            series.duration.observe(seconds(call.ns));
            if let Answer::Scores {
                clamped: clamped @ 1..,
                ..
            } = call.answer
            {
                series.clamps.inc_by(clamped.into());
            }
        }
    }

    fn adopt(&self, plan: &Arc<Plan>) -> Arc<PlanSeries> {
        let cells = plan.plugins.len() * STAGES;
        let series = (0..cells).map(|_| OnceLock::new()).collect();
        let made = Arc::new(PlanSeries {
            plan: plan.clone(),
            series,
        });
        self.current.store(Some(made.clone()));
        made
    }

    fn series<'s>(&self, known: &'s PlanSeries, call: &CallRecord) -> Option<&'s CallSeries> {
        let at = call.plugin.0 as usize * STAGES + call.stage as usize;
        let cell = known.series.get(at)?;
        Some(cell.get_or_init(|| {
            let plugin = known.plan.plugin(call.plugin);
            let labels = [call.stage.as_str(), &*plugin.kind, &*plugin.name];
            CallSeries {
                duration: self.duration.with_label_values(&labels),
                clamps: self.clamps.with_label_values(&labels),
            }
        }))
    }
}

/// The series of facts, made anew each time so that plugins of plans long gone do not linger.
pub(super) fn fact_families(plugins: &[PluginFacts]) -> Vec<MetricFamily> {
    let registrar = Registrar::default();
    let info = registrar.int_gauges(
        "switchyard_plugin_info",
        "The components that run",
        &["plugin_type", "plugin_name", "version", "digest"],
    );
    let memory = registrar.int_gauges(
        "switchyard_plugin_memory_high_water_bytes",
        "The most memory an instance of the plugin ever held",
        &NAMED,
    );
    let calls = registrar.counters(
        "switchyard_plugin_calls_total",
        "Plugin calls since its plan began",
        &NAMED,
    );
    let time = registrar.float_counters(
        "switchyard_plugin_seconds_total",
        "Time of plugin calls since its plan began, those of scrapers and hooks included",
        &NAMED,
    );
    let violations = registrar.counters(
        "llm_d_epp_plugin_data_scope_violations_total",
        "Attempts to write what the plugin did not declare",
        &["extension_point", "plugin_type", "plugin_name", "access"],
    );
    let shadows = registrar.counters(
        "switchyard_shadow_decisions_total",
        "Decisions a plugin in shadow mode was asked about, by what it would have done",
        &["plugin_type", "plugin_name", "outcome"],
    );
    let faults = registrar.counters(
        "switchyard_plugin_faults_total",
        "Plugin calls that gave no usable answer, by cause",
        &["plugin_type", "plugin_name", "cause"],
    );
    for plugin in plugins {
        let named = [plugin.plugin_type.as_str(), plugin.name.as_str()];
        let [kind, name] = named;
        info.with_label_values(&[kind, name, &plugin.version, &plugin.digest])
            .set(1);
        let bytes = i64::try_from(plugin.memory_high_water_bytes).unwrap_or(i64::MAX);
        memory.with_label_values(&named).set(bytes);
        calls.with_label_values(&named).inc_by(plugin.calls);
        time.with_label_values(&named).inc_by(seconds(plugin.nanos));
        if plugin.ignored_writes > 0 {
            violations
                .with_label_values(&["", kind, name, "write"])
                .inc_by(plugin.ignored_writes);
        }
        if let Some(ShadowCounts {
            asked,
            changed,
            faults,
        }) = plugin.shadow
        {
            let same = asked - changed - faults;
            for (outcome, count) in [("changed", changed), ("same", same), ("fault", faults)] {
                shadows
                    .with_label_values(&[kind, name, outcome])
                    .inc_by(count);
            }
        }
        for (cause, count) in &plugin.faults {
            faults
                .with_label_values(&[kind, name, *cause])
                .inc_by(*count);
        }
    }
    registrar.registry.gather()
}
