//! The exposition as an operator's scraper sees it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use switchyard_scheduler::{Ended, Ending, EndpointSpec};

use super::*;
use crate::pool::Pool;

mod cycles;

fn metrics() -> Metrics {
    Metrics::new(Build {
        commit: "abc",
        build_ref: "main",
    })
}

fn pool(endpoints: usize) -> Pool {
    let pool = Pool::default();
    let spec = |number: usize| EndpointSpec {
        name: format!("server-{number}"),
        namespace: "default".into(),
        address: IpAddr::from([127, 0, 0, 1]),
        port: 8_000 + number as u16,
        rank: 0,
        labels: BTreeMap::new(),
    };
    pool.apply((0..endpoints).map(spec).collect());
    pool
}

fn text(metrics: &Metrics, pool: &Pool, plugins: &[PluginFacts]) -> String {
    let view = PoolView {
        pool,
        board: None,
        discovery: DiscoveryCounts::default(),
        name: "pool-a",
        oldest_ms: 1_000,
    };
    String::from_utf8(metrics.render(&view, plugins, &PlansStatus::default())).unwrap()
}

fn check(text: &str, lines: &[&str]) {
    for line in lines {
        assert!(
            text.lines().any(|found| found == *line),
            "no line `{line}` in\n{text}"
        );
    }
}

fn ended() -> Ended {
    Ended {
        ending: Ending::Complete,
        status: 200,
        prompt_tokens: 100.0,
        cached_tokens: 60.0,
        completion_tokens: 11.0,
        first_token_ms: 100.0,
        total_ms: 1_100.0,
    }
}

/// The labels of a model's series, as the exposition orders them.
fn of(model: &str) -> String {
    format!(
        r#"fairness_id="default-flow",model_name="{model}",priority="0",target_model_name="{model}""#
    )
}

#[test]
fn requests_under_their_names_and_the_older_ones() {
    let metrics = metrics();
    metrics
        .request_started("m", "m", 2_000)
        .ended(&ended(), 500, true);
    metrics.request_started("m", "m", 100).refused(429);
    let mut under_way = metrics.request_started("m", "m", 100);
    under_way.token_gap(0.02);
    let shown = text(&metrics, &pool(1), &[]);
    let m = of("m");
    check(
        &shown,
        &[
            "# TYPE llm_d_epp_request_total counter",
            &format!("llm_d_epp_request_total{{{m}}} 3"),
            &format!(r#"llm_d_epp_request_error_total{{error_code="429",{m}}} 1"#),
            &format!("llm_d_epp_request_running{{{m}}} 1"),
            &format!("llm_d_epp_request_duration_seconds_count{{{m}}} 2"),
            &format!(r#"llm_d_epp_request_size_bytes_bucket{{{m},le="128"}} 2"#),
            &format!("llm_d_epp_response_size_bytes_sum{{{m}}} 500"),
            &format!("llm_d_epp_request_input_tokens_sum{{{m}}} 100"),
            &format!("llm_d_epp_request_cached_tokens_sum{{{m}}} 60"),
            &format!("llm_d_epp_request_output_tokens_sum{{{m}}} 11"),
            &format!("llm_d_epp_request_ntpot_seconds_sum{{{m}}} 0.1"),
            &format!("llm_d_epp_request_streaming_tpot_seconds_sum{{{m}}} 0.1"),
            &format!("llm_d_epp_request_streaming_itl_seconds_sum{{{m}}} 0.02"),
            r#"llm_d_epp_request_ttft_seconds_sum{fairness_id="default-flow",model_name="m",priority="0",streaming="true",target_model_name="m"} 0.1"#,
            r#"inference_objective_request_total{model_name="m",target_model_name="m"} 3"#,
            r#"inference_model_request_total{model_name="m",target_model_name="m"} 3"#,
            r#"inference_objective_request_error_total{error_code="429",model_name="m",target_model_name="m"} 1"#,
            r#"inference_objective_running_requests{model_name="m",target_model_name="m"} 1"#,
            r#"inference_objective_request_sizes_bucket{model_name="m",target_model_name="m",le="+Inf"} 3"#,
            r#"inference_objective_input_tokens_sum{model_name="m",target_model_name="m"} 100"#,
            r#"inference_model_normalized_time_per_output_token_seconds_count{model_name="m",target_model_name="m"} 1"#,
            r#"llm_d_epp_info{build_ref="main",commit="abc"} 1"#,
            r#"inference_extension_info{build_ref="main",commit="abc"} 1"#,
        ],
    );
    under_way.ended(&ended(), 1, false);
    under_way.ended(&ended(), 1, false);
    drop(under_way);
    check(
        &text(&metrics, &pool(1), &[]),
        &[
            &format!("llm_d_epp_request_running{{{m}}} 0"),
            &format!("llm_d_epp_request_duration_seconds_count{{{m}}} 3"),
        ],
    );
}

#[test]
fn every_bad_end_is_an_error_with_a_code() {
    let rows = [
        (Ending::Complete, 200, None),
        (Ending::Complete, 404, Some("404")),
        (Ending::FailedUpstream, 502, Some("502")),
        (Ending::FailedUpstream, 200, Some("failed-upstream")),
        (Ending::ClientLeft, 0, Some("client-left")),
        (Ending::Refused, 0, Some("refused")),
    ];
    for (ending, status, code) in rows {
        let metrics = metrics();
        metrics.request_started("m", "m", 1).ended(
            &Ended {
                ending,
                status,
                ..ended()
            },
            1,
            false,
        );
        let shown = text(&metrics, &pool(0), &[]);
        match code {
            None => assert!(
                !shown.contains("request_error_total"),
                "{ending:?} {status}"
            ),
            Some(code) => check(
                &shown,
                &[&format!(
                    r#"llm_d_epp_request_error_total{{error_code="{code}",{}}} 1"#,
                    of("m")
                )],
            ),
        }
    }
}

#[test]
fn unknown_counts_are_not_observed() {
    let metrics = metrics();
    let unknown = Ended {
        prompt_tokens: f64::NAN,
        cached_tokens: f64::NAN,
        completion_tokens: f64::NAN,
        first_token_ms: f64::NAN,
        ..ended()
    };
    metrics
        .request_started("m", "m", 1)
        .ended(&unknown, 1, false);
    let (shown, m) = (text(&metrics, &pool(1), &[]), of("m"));
    check(
        &shown,
        &[&format!(
            "llm_d_epp_request_duration_seconds_count{{{m}}} 1"
        )],
    );
    for family in [
        "input_tokens",
        "cached_tokens",
        "output_tokens",
        "ntpot_seconds",
    ] {
        check(
            &shown,
            &[&format!("llm_d_epp_request_{family}_count{{{m}}} 0")],
        );
    }
}

#[test]
fn labels_are_capped() {
    let metrics = metrics();
    for number in 0..1_001 {
        let model = format!("m{number}");
        metrics
            .request_started(&model, &model, 1)
            .ended(&ended(), 1, false);
    }
    metrics
        .request_started("m0", "m0", 1)
        .ended(&ended(), 1, false);
    let shown = text(&metrics, &pool(1), &[]);
    for (model, count) in [("m0", 2), ("m999", 1), ("other", 1)] {
        check(
            &shown,
            &[&format!("llm_d_epp_request_total{{{}}} {count}", of(model))],
        );
    }
    assert!(
        !shown.contains("m1000"),
        "the model past the last has no series of its own"
    );
}

#[test]
fn label_sets_are_capped_too() {
    let metrics = metrics();
    for model in 0..41 {
        for target in 0..100 {
            drop(metrics.request_started(&format!("m{model}"), &format!("t{target}"), 1));
        }
    }
    let shown = text(&metrics, &pool(1), &[]);
    check(
        &shown,
        &[&format!("llm_d_epp_request_total{{{}}} 100", of("other"))],
    );
}

#[test]
fn the_pool_at_this_moment() {
    let pool = pool(3);
    let write = |column: &str, values: [(u32, f64, u64); 3]| {
        let column = pool.columns().column(column);
        for (row, value, at_ms) in values {
            column.set_at(row, value, at_ms);
        }
    };
    write(
        "waiting-requests",
        [(0, 2.0, 1_500), (1, 4.0, 1_500), (2, 100.0, 999)],
    );
    write(
        "kv-cache-usage",
        [(0, 0.25, 1_500), (1, 0.75, 1_500), (2, f64::NAN, 1_500)],
    );
    pool.columns().column("in-flight-requests").add(1, 2.0);
    let shown = text(&metrics(), &pool, &[]);
    check(
        &shown,
        &[
            r#"llm_d_epp_ready_endpoints{name="pool-a"} 3"#,
            r#"llm_d_epp_average_queue_size{name="pool-a"} 3"#,
            r#"llm_d_epp_std_dev_queue_size{name="pool-a"} 1"#,
            r#"llm_d_epp_average_kv_cache_utilization{name="pool-a"} 0.5"#,
            r#"llm_d_epp_std_dev_kv_cache_utilization{name="pool-a"} 0.25"#,
            r#"llm_d_epp_per_endpoint_queue_size{model_server_endpoint="server-1",name="pool-a"} 4"#,
            r#"llm_d_epp_inflight_requests{endpoint_name="server-1",fairness_id="default-flow",namespace="default",priority="0",producer_name="inflight-load-producer"} 2"#,
            r#"inference_pool_ready_pods{name="pool-a"} 3"#,
            r#"inference_pool_average_queue_size{name="pool-a"} 3"#,
            r#"inference_pool_average_kv_cache_utilization{name="pool-a"} 0.5"#,
            r#"inference_pool_per_pod_queue_size{model_server_pod="server-1",name="pool-a"} 4"#,
        ],
    );
    assert!(
        !shown.contains(r#"model_server_endpoint="server-2""#),
        "a stale value is not shown"
    );
    assert!(
        !shown.contains("average_running_requests"),
        "nor an average of nothing"
    );
}

#[test]
fn streams_are_shown_when_asked_for() {
    let metrics = metrics();
    let open = metrics.stream_started();
    metrics.stream_started().ended("OK");
    drop(metrics.stream_started());
    assert!(!text(&metrics, &pool(0), &[]).contains("extproc_stream"));
    metrics.show_streams();
    check(
        &text(&metrics, &pool(0), &[]),
        &[
            "llm_d_epp_extproc_streams_inflight 1",
            r#"llm_d_epp_extproc_streams_total{code="OK"} 1"#,
            r#"llm_d_epp_extproc_streams_total{code="Canceled"} 1"#,
            "llm_d_epp_extproc_stream_duration_seconds_count 2",
        ],
    );
    drop(open);
}
