//! The series that come from records of scheduling cycles.

use std::time::{Duration, Instant};

use switchyard_scheduler::record::{Answer, CallRecord, ProfileRecord};
use switchyard_scheduler::{
    CallFault, Cause, Decision, Gathered, HeaderSource, Outcome, Plan, PlanPlugin, PluginIndex,
    Refusal, Request, Stage, Target,
};

use super::*;
use crate::shadows::ShadowCounts;

struct NoHeaders;

impl HeaderSource for NoHeaders {
    fn header(&self, _name: &str) -> Option<String> {
        None
    }
}

fn record(pool: &Pool, outcome: Result<Decision, Refusal>) -> Record {
    let plugin = |name: &str, kind: &str| PlanPlugin {
        name: name.into(),
        kind: kind.into(),
        digest: "00".into(),
        on_fault: None,
        columns: vec![],
        scalars: vec![],
    };
    let plan = Plan {
        plugins: vec![
            plugin("queue", "queue-scorer"),
            plugin("handler", "single-profile-handler"),
        ],
        handler: PluginIndex(1),
        profiles: vec![],
        deciders: vec![],
        hooks: vec![],
        columns: vec![],
        scalars: vec![],
    };
    let call = |plugin, stage, ns, answer, fault| CallRecord {
        plugin: PluginIndex(plugin),
        stage,
        ns,
        answer,
        fault,
        imports: vec![],
    };
    let mut request = Request::new("r".into(), 0, 0, Box::new(NoHeaders));
    request.target_model = "m".into();
    let deadline = CallFault {
        cause: Cause::Deadline,
        message: "slow".into(),
    };
    Record {
        plan: Arc::new(plan),
        snapshot: pool.snapshot(),
        request: Arc::new(request),
        gathered: Gathered::default(),
        profiles: vec![ProfileRecord {
            profile: "default".into(),
            outcome: Outcome::Picked,
            calls: vec![
                call(
                    0,
                    Stage::Scorer,
                    700,
                    Answer::Scores {
                        raw: vec![2.0],
                        clamped: 3,
                    },
                    None,
                ),
                call(0, Stage::Scorer, 900, Answer::None, Some(deadline)),
            ],
            kept: vec![],
            totals: vec![],
            picked: vec![],
        }],
        handler: vec![call(
            1,
            Stage::ProfileHandler,
            300,
            Answer::Steps(vec![]),
            None,
        )],
        outcome,
        overruled: None,
        cycle_ns: 12_000,
    }
}

fn decision() -> Decision {
    Decision {
        primary: "default".into(),
        targets: vec![Target { row: 0, port: 0 }],
        set_headers: vec![],
    }
}

#[test]
fn scheduling_and_plugins() {
    let metrics = metrics();
    let pool = pool(1);
    metrics.cycle(&record(&pool, Ok(decision())));
    metrics.cycle(&record(&pool, Err(Refusal::NoEndpoints)));
    metrics.request_processed(20_000);
    metrics.response_processed(10_000);
    metrics.prefix_hit(0.5, 2_048.0);
    metrics.prefix_index_size(7.0);
    let facts = PluginFacts {
        plugin_type: "queue-scorer".into(),
        name: "queue".into(),
        version: "0.1.0".into(),
        digest: "sha256:00".into(),
        memory_high_water_bytes: 65_536,
        calls: 4,
        nanos: 2_500_000_000,
        ignored_writes: 3,
        faults: vec![("deadline", 2)],
        shadow: Some(ShadowCounts {
            asked: 9,
            changed: 4,
            faults: 2,
        }),
    };
    let q = r#"extension_point="scorer",plugin_name="queue",plugin_type="queue-scorer""#;
    let named = r#"plugin_name="queue",plugin_type="queue-scorer""#;
    check(
        &text(&metrics, &pool, &[facts]),
        &[
            "llm_d_epp_scheduler_e2e_duration_seconds_count 2",
            "inference_extension_scheduler_e2e_duration_seconds_count 2",
            r#"llm_d_epp_scheduler_attempts_total{endpoint_name="server-0",namespace="default",port="8000",status="success",target_model_name="m"} 1"#,
            r#"llm_d_epp_scheduler_attempts_total{endpoint_name="",namespace="",port="",status="failure",target_model_name="m"} 1"#,
            &format!(r#"llm_d_epp_plugin_duration_seconds_bucket{{{q},le="0.000001"}} 4"#),
            &format!("inference_extension_plugin_duration_seconds_count{{{q}}} 4"),
            r#"llm_d_epp_plugin_duration_seconds_count{extension_point="profile-handler",plugin_name="handler",plugin_type="single-profile-handler"} 2"#,
            &format!("switchyard_plugin_clamps_total{{{q}}} 6"),
            &format!("switchyard_plugin_calls_total{{{named}}} 4"),
            &format!("switchyard_plugin_seconds_total{{{named}}} 2.5"),
            r#"switchyard_shadow_decisions_total{outcome="changed",plugin_name="queue",plugin_type="queue-scorer"} 4"#,
            r#"switchyard_shadow_decisions_total{outcome="same",plugin_name="queue",plugin_type="queue-scorer"} 3"#,
            &format!(
                r#"llm_d_epp_plugin_data_scope_violations_total{{access="write",extension_point="",{named}}} 3"#
            ),
            &format!(r#"switchyard_plugin_faults_total{{cause="deadline",{named}}} 2"#),
            r#"switchyard_plugin_info{digest="sha256:00",plugin_name="queue",plugin_type="queue-scorer",version="0.1.0"} 1"#,
            &format!("switchyard_plugin_memory_high_water_bytes{{{named}}} 65536"),
            "llm_d_epp_request_processing_duration_seconds_count 1",
            "llm_d_epp_response_processing_duration_seconds_sum 0.00001",
            "llm_d_epp_prefix_indexer_size 7",
            "inference_extension_prefix_indexer_hit_ratio_count 1",
            "llm_d_epp_prefix_indexer_hit_bytes_sum 2048",
        ],
    );
    let later = text(&metrics, &pool, &[]);
    assert!(
        !later.contains("switchyard_plugin_info"),
        "a plugin that is gone is not shown"
    );
}

/// Far above what it takes (about a microsecond in a release build), so that only a label set looked
/// up anew each time or a lock held too long fails it.
#[test]
fn recording_a_request_is_cheap() {
    let (metrics, pool) = (metrics(), pool(1));
    let record = record(&pool, Ok(decision()));
    const REQUESTS: u32 = 2_000;
    let began = Instant::now();
    for _ in 0..REQUESTS {
        let mut request = metrics.request_started("m", "m", 2_000);
        metrics.cycle(&record);
        request.ended(&ended(), 500, true);
    }
    let each = began.elapsed() / REQUESTS;
    println!("{each:?} a request");
    assert!(each < Duration::from_micros(100), "{each:?} a request");
}
