//! The exposition: well-formed, true, faked, or from a file.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use crate::client::{ask, complete, metric, server};

/// The types of all families, from a page that must be well-formed.
fn families(page: &str) -> BTreeMap<String, String> {
    let mut types = BTreeMap::new();
    let mut series = BTreeSet::new();
    for line in page.lines() {
        if let Some(rest) = line.strip_prefix("# TYPE ") {
            let (family, kind) = rest.split_once(' ').unwrap();
            assert!(
                types.insert(family.to_owned(), kind.to_owned()).is_none(),
                "{family} twice"
            );
        } else if !line.starts_with("# HELP ") {
            let (name, value) = line.rsplit_once(' ').unwrap();
            value.parse::<f64>().unwrap();
            assert!(series.insert(name.to_owned()), "{name} twice");
            let family = name.split('{').next().unwrap();
            let base = ["_bucket", "_count", "_sum"]
                .iter()
                .find_map(|end| family.strip_suffix(end));
            let known =
                types.contains_key(family) || base.is_some_and(|base| types[base] == "histogram");
            assert!(known, "{line} has no type");
        }
    }
    types
}

#[test]
fn the_page_is_well_formed_and_has_what_routers_read() {
    let server = server(&[
        "--lora-modules",
        "l=/x",
        "--block-size",
        "32",
        "--kv-cache-size",
        "40",
    ]);
    complete(&server, &json!({"prompt": "x", "model": "l"}));
    let page = ask(&server, "GET", "/metrics", "");
    assert_eq!(
        page.header("content-type"),
        Some("text/plain; version=0.0.4; charset=utf-8")
    );
    let types = families(page.text());
    for (family, kind) in [
        ("vllm:num_requests_running", "gauge"),
        ("vllm:num_requests_waiting", "gauge"),
        ("vllm:num_requests_waiting_by_reason", "gauge"),
        ("vllm:kv_cache_usage_perc", "gauge"),
        ("vllm:prefix_cache_queries_total", "counter"),
        ("vllm:prefix_cache_hits_total", "counter"),
        ("vllm:prefix_cache_hits_created", "gauge"),
        ("vllm:prompt_tokens_total", "counter"),
        ("vllm:request_success_total", "counter"),
        ("vllm:time_to_first_token_seconds", "histogram"),
        ("vllm:e2e_request_latency_seconds", "histogram"),
        ("vllm:iteration_tokens_total", "histogram"),
        ("vllm:cache_config_info", "gauge"),
        ("vllm:lora_requests_info", "gauge"),
    ] {
        assert_eq!(
            types.get(family).map(String::as_str),
            Some(kind),
            "{family}"
        );
    }
    for part in [
        "vllm:num_requests_running{engine=\"0\",model_name=\"m\"} 0.0\n",
        "vllm:time_to_first_token_seconds_bucket{engine=\"0\",le=\"+Inf\",model_name=\"m\"} 1.0\n",
        "block_size=\"32\"",
        "num_gpu_blocks=\"40\"",
        "vllm:lora_requests_info{max_lora=\"1\",running_lora_adapters=\"l\",waiting_lora_adapters=\"\"} ",
    ] {
        assert!(page.text().contains(part), "{part}");
    }
}

#[test]
fn counts_are_true() {
    let server = server(&[]);
    for stream in [false, true] {
        let body = json!({"prompt": "p".repeat(100), "max_tokens": 12, "ignore_eos": true, "stream": stream});
        assert_eq!(complete(&server, &body).status, 200);
    }
    for (series, value) in [
        ("vllm:prompt_tokens_total", 50.0),
        ("vllm:generation_tokens_total", 24.0),
        (
            "vllm:request_success_total{engine=\"0\",finished_reason=\"length\",model_name=\"m\"}",
            2.0,
        ),
        ("vllm:request_prompt_tokens_sum", 50.0),
        ("vllm:request_params_max_tokens_sum", 24.0),
        ("vllm:inter_token_latency_seconds_count", 22.0),
        ("vllm:time_to_first_token_seconds_count", 2.0),
        ("vllm:prefix_cache_hits_total", 16.0),
        ("vllm:num_requests_running", 0.0),
    ] {
        assert_eq!(metric(&server, series), value, "{series}");
    }
}

#[test]
fn faked_values_are_steered_at_run_time() {
    let server = server(&[
        "--fake-metrics",
        r#"{"waiting-requests": 30, "kv-cache-usage": 0.4}"#,
    ]);
    complete(&server, &json!({"prompt": "x"}));
    assert_eq!(metric(&server, "vllm:num_requests_waiting"), 30.0);
    assert_eq!(metric(&server, "vllm:kv_cache_usage_perc"), 0.4);
    assert_eq!(
        metric(&server, "vllm:prompt_tokens_total"),
        0.0,
        "nothing true is told"
    );
    ask(
        &server,
        "POST",
        "/fake_metrics",
        r#"{"waiting-requests": 2, "vllm:temperature": 7}"#,
    );
    assert_eq!(metric(&server, "vllm:num_requests_waiting"), 2.0);
    assert_eq!(metric(&server, "vllm:kv_cache_usage_perc"), 0.4);
    assert_eq!(metric(&server, "vllm:temperature"), 7.0);
    let config = json!({"fake-metrics": {"loras": [{"running": "a,b", "waiting": "", "timestamp": 1}, {"running": "c", "waiting": "a", "timestamp": 2}]}});
    let shown = ask(&server, "POST", "/admin/config", &config.to_string()).json();
    assert_eq!(shown["fake-metrics"]["waiting-requests"], 2);
    assert_eq!(
        metric(
            &server,
            "vllm:lora_requests_info{max_lora=\"1\",running_lora_adapters=\"c\",waiting_lora_adapters=\"a\"}"
        ),
        2.0
    );
    let page = ask(&server, "GET", "/metrics", "");
    families(page.text());
    ask(&server, "POST", "/fake_metrics", "null");
    assert!(metric(&server, "vllm:prompt_tokens_total") > 0.0);
}

#[test]
fn a_gpu_is_as_hot_as_one_says() {
    let series = "DCGM_FI_DEV_GPU_TEMP{gpu=\"0\"}";
    let hot = server(&["--gpu-temperature", "88"]);
    assert_eq!(metric(&hot, series), 88.0);
    families(ask(&hot, "GET", "/metrics", "").text());
    let page = ask(&server(&[]), "GET", "/metrics", "");
    assert!(!page.text().contains("DCGM"), "not asked for");
}

#[test]
fn bad_settings_change_nothing() {
    let server = server(&[]);
    let before = ask(&server, "GET", "/admin/config", "").json();
    for body in [
        r#"{"hang-rate": 10, "hang-rte": 1}"#,
        r#"{"max-num-seqs": 0}"#,
        "[]",
        "{",
    ] {
        let answer = ask(&server, "POST", "/admin/config", body);
        assert_eq!(answer.status, 400, "{body}");
        assert!(answer.json()["error"]["message"].is_string());
    }
    assert_eq!(ask(&server, "GET", "/admin/config", "").json(), before);
}

#[test]
fn a_file_is_served_as_it_is() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "# any\nbytes \u{fffd}").unwrap();
    let server = server(&["--metrics-file", file.path().to_str().unwrap()]);
    assert_eq!(
        ask(&server, "GET", "/metrics", "").text(),
        "# any\nbytes \u{fffd}"
    );
}

#[test]
fn a_missing_file_and_a_taken_port_are_named() {
    use switchyard_sim::{Options, Server};
    let mut options = Options::for_model("m");
    options.metrics_file = Some("/nowhere/metrics.txt".into());
    let error = Server::start(options).unwrap_err().to_string();
    assert!(
        error.contains("cannot read the metrics file /nowhere/metrics.txt"),
        "{error}"
    );
    let first = server(&[]);
    let mut options = Options::for_model("m");
    options.port = first.addr().port();
    let error = Server::start(options).unwrap_err().to_string();
    assert!(
        error.contains(&format!("cannot listen on {}", first.addr())),
        "{error}"
    );
}
