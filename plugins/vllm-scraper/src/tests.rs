//! Lines as real servers write them, and what they come to.

use super::*;
use switchyard_sdk::testing::{Tested, endpoint, labelled};

/// From a vLLM 0.32.0 under load; of the long info line only some labels.
const VLLM: &str = r#"
# HELP vllm:num_requests_running Number of requests in model execution batches.
# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="tiny"} 4.0
# TYPE vllm:num_requests_waiting gauge
vllm:num_requests_waiting{engine="0",model_name="tiny"} 7.0
vllm:num_requests_waiting_by_reason{engine="0",model_name="tiny",reason="capacity"} 9.0
# TYPE vllm:kv_cache_usage_perc gauge
vllm:kv_cache_usage_perc{engine="0",model_name="tiny"} 0.8974358974358975
# TYPE vllm:cache_config_info gauge
vllm:cache_config_info{_block_size_resolved="True",block_size="32",hash_block_size="None",kv_cache_dtype_skip_layers="[]",num_cpu_blocks="None",num_gpu_blocks="40",num_gpu_blocks_override="40"} 1.0
"#;

fn scraper(settings: &str) -> Tested<VllmScraper> {
    let engine = |row: u32, name: &str| labelled(row, &[(ENGINE_LABELS[0], name)]);
    Tested::new(settings)
        .unwrap()
        .endpoints(&[
            endpoint(0),
            engine(1, "sglang"),
            engine(2, "trtllm-serve"),
            engine(3, "triton-tensorrt-llm"),
            engine(4, "triton"),
            labelled(5, &[(ENGINE_LABELS[1], "sglang")]),
            engine(6, "mine"),
            engine(7, "never-heard-of"),
        ])
        .unwrap()
}

fn sample(settings: &str, row: u32, body: &str) -> Sample {
    let mut samples = scraper(settings).parse(row, 200, body.as_bytes()).unwrap();
    assert_eq!(samples.len(), 1);
    samples.remove(0)
}

/// Compares with NaN equal to NaN.
#[track_caller]
fn check_values(row: u32, body: &str, want: &[f64]) {
    let found = sample("{}", row, body).values;
    assert_eq!(format!("{found:?}"), format!("{want:?}"), "{body}");
}

const NAN: f64 = f64::NAN;

#[test]
fn a_real_server() {
    check_values(0, VLLM, &[7.0, 4.0, 0.8974358974358975, 40.0, 32.0, NAN]);
    assert!(sample("{}", 0, VLLM).sets.is_empty());
}

#[test]
fn every_engine_has_its_names() {
    let sglang = "sglang:num_queue_reqs 3\nsglang:num_running_reqs 2\nsglang:token_usage 0.5\n\
                  sglang:cache_config_info{page_size=\"64\",num_pages=\"100\"} 1\n";
    check_values(1, sglang, &[3.0, 2.0, 0.5, 100.0, 64.0, NAN]);
    check_values(5, sglang, &[3.0, 2.0, 0.5, 100.0, 64.0, NAN]);
    check_values(
        2,
        "trtllm_num_requests_waiting 3\ntrtllm_num_requests_running 2\n\
         trtllm_kv_cache_utilization 0.5\ntrtllm_kv_cache_tokens_per_block 32\n\
         trtllm_kv_cache_max_blocks 100\n",
        &[3.0, 2.0, 0.5, 100.0, 32.0, NAN],
    );
    check_values(
        3,
        "nv_trt_llm_request_metrics{request_type=\"waiting\"} 3\n\
         nv_trt_llm_request_metrics{request_type=\"scheduled\"} 2\n\
         nv_trt_llm_request_metrics{request_type=\"max\"} 99\n\
         nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type=\"fraction\"} 0.5\n\
         nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type=\"max\"} 100\n\
         nv_trt_llm_kv_cache_block_metrics{kv_cache_block_type=\"tokens_per\"} 32\n",
        &[3.0, 2.0, 0.5, 100.0, 32.0, NAN],
    );
    check_values(
        4,
        "nv_inference_pending_request_count 3\nnv_inference_exec_count 2\n",
        &[3.0, 2.0, NAN, NAN, NAN, NAN],
    );
    check_values(7, VLLM, &[7.0, 4.0, 0.8974358974358975, 40.0, 32.0, NAN]);
}

#[test]
fn several_series_of_one_gauge() {
    let check = |body: &str, waiting: f64| {
        let found = sample("{}", 0, body).values[0];
        assert_eq!(format!("{found}"), format!("{waiting}"), "{body}");
    };
    // Without timestamps the last, with them the latest.
    check(
        "vllm:num_requests_waiting{model_name=\"a\"} 1\nvllm:num_requests_waiting{model_name=\"b\"} 2",
        2.0,
    );
    check(
        "vllm:num_requests_waiting 1 2000\nvllm:num_requests_waiting 2 1000",
        1.0,
    );
    check(
        "vllm:num_requests_waiting 1 1000\nvllm:num_requests_waiting 2 2000",
        2.0,
    );
    // Engines behind one server add up.
    check(
        "vllm:num_requests_waiting{engine=\"0\"} 1\nvllm:num_requests_waiting{engine=\"1\"} 2",
        3.0,
    );
    // Never a family that only begins alike.
    check(
        "vllm:num_requests_waiting_by_reason 5\nvllm:num_requests_running 1",
        NAN,
    );
    check("vllm:num_requests_waiting NaN", NAN);

    let usage =
        "vllm:kv_cache_usage_perc{engine=\"0\"} 0.75\nvllm:kv_cache_usage_perc{engine=\"1\"} 0.5";
    assert_eq!(sample("{}", 0, usage).values[2], 0.75);
}

#[test]
fn the_deprecated_twin_counts_where_the_new_name_is_missing() {
    let check = |body: &str, want: f64| assert_eq!(sample("{}", 0, body).values[2], want, "{body}");
    check("vllm:gpu_cache_usage_perc 0.25", 0.25);
    check(
        "vllm:gpu_cache_usage_perc 0.25\nvllm:kv_cache_usage_perc 0.5",
        0.5,
    );
}

#[test]
fn the_newest_lora_series_counts() {
    let body = r#"
vllm:lora_requests_info{max_lora="2",running_lora_adapters="old",waiting_lora_adapters=""} 1.7e9
vllm:lora_requests_info{max_lora="4",running_lora_adapters="a, b,a",waiting_lora_adapters="c"} 1.9e9
vllm:lora_requests_info{max_lora="3",running_lora_adapters="older",waiting_lora_adapters="x"} 1.8e9
"#;
    let sample = sample("{}", 0, body);
    assert_eq!(sample.values[5], 4.0);
    let sets: Vec<(&str, Vec<&str>)> = sample
        .sets
        .iter()
        .map(|set| {
            (
                set.name.as_str(),
                set.members.iter().map(String::as_str).collect(),
            )
        })
        .collect();
    assert_eq!(
        sets,
        [
            ("lora-running", vec!["a", "b"]),
            ("lora-waiting", vec!["c"])
        ]
    );
}

#[test]
fn an_answer_that_says_nothing_is_a_fault() {
    let check = |row: u32, status: u16, body: &[u8], want: &str| {
        let fault = scraper("{}").parse(row, status, body).unwrap_err();
        assert!(fault.message.contains(want), "{}", fault.message);
        assert_eq!(fault.code, 0);
    };
    check(
        0,
        404,
        b"",
        "/metrics answered with status 404, expected 200",
    );
    check(0, 200, b"\xff\xfe", "is not text");
    check(0, 200, b"<html>", "holds no metric of the engine `vllm`");
    check(
        1,
        200,
        VLLM.as_bytes(),
        "holds no metric of the engine `sglang`",
    );
}

#[test]
fn settings_say_what_to_fetch() {
    let fetch = scraper("{}").plan().unwrap().remove(0);
    assert_eq!(
        (fetch.scheme.as_str(), fetch.path.as_str()),
        ("http", "/metrics")
    );
    assert_eq!((fetch.port, fetch.interval_ms), (0, 0));
    assert_eq!(fetch.columns, COLUMNS);
    assert_eq!(fetch.sets, SETS);
    for family in [
        "vllm:num_requests_waiting",
        "vllm:gpu_cache_usage_perc",
        "sglang:token_usage",
    ] {
        assert!(
            fetch.families.iter().any(|known| known == family),
            "{family}"
        );
    }
    let mut distinct = fetch.families.clone();
    distinct.sort();
    distinct.dedup();
    assert_eq!(distinct.len(), fetch.families.len());

    let settings = r#"{"scheme": "https", "path": "/m", "port": 9400, "interval": "200ms",
                       "insecureSkipVerify": true, "caCertPath": "/ca.pem"}"#;
    let fetch = scraper(settings).plan().unwrap().remove(0);
    assert_eq!(
        (fetch.scheme.as_str(), fetch.path.as_str()),
        ("https", "/m")
    );
    assert_eq!((fetch.port, fetch.interval_ms), (9400, 200));
    let extra: Vec<_> = fetch
        .extra
        .iter()
        .map(|label| (label.key.as_str(), label.value.as_str()))
        .collect();
    assert_eq!(
        extra,
        [
            ("insecure-skip-verify", "true"),
            ("ca-cert-path", "/ca.pem")
        ]
    );
}

#[test]
fn an_engine_of_ones_own() {
    let settings = r#"{"engineConfigs": [{
        "name": "mine", "queuedRequestsSpec": "q{kind=chat}", "kvUsageSpec": "u",
        "cacheInfoSpec": "info", "cacheBlockSizeLabelName": "bs", "cacheNumBlocksSpec": "blocks",
        "customMetrics": [{"attributeKey": "heat", "metricSpec": "gpu_heat"}]}]}"#;
    let body = "q{kind=\"batch\"} 9\nq{kind=\"chat\"} 2\nu 0.5\ninfo{bs=\"8\"} 1\nblocks 70\ngpu_heat 61\n";
    let mine = sample(settings, 6, body).values;
    let want = [2.0, NAN, 0.5, 70.0, 8.0, NAN, 61.0];
    assert_eq!(format!("{mine:?}"), format!("{want:?}"));
    // Others have the column too, without a value.
    let other = sample(settings, 0, VLLM).values;
    assert_eq!(other.len(), 7);
    assert!(other[6].is_nan());
    let fetch = scraper(settings).plan().unwrap().remove(0);
    assert_eq!(fetch.columns[6], "custom/heat");
}

#[test]
fn mistakes_are_named() {
    let check = |settings: &str, path: &str| {
        let Err(diagnostics) = Tested::<VllmScraper>::new(settings) else {
            panic!("accepted: {settings}");
        };
        assert_eq!(diagnostics.iter().next().unwrap().path, path, "{settings}");
    };
    check(r#"{"scheme": "ftp"}"#, "scheme");
    check(r#"{"path": "metrics"}"#, "path");
    check(r#"{"interval": "soon"}"#, "interval");
    check(r#"{"defaultEngine": "vlm"}"#, "defaultEngine");
    check(
        r#"{"engineConfigs": [{"loraSpec": "x"}]}"#,
        "engineConfigs[0].name",
    );
    check(
        r#"{"engineConfigs": [{"name": "a", "kvUsageSpec": "b{c"}]}"#,
        "engineConfigs[0].kvUsageSpec",
    );
    check(
        r#"{"engineConfigs": [{"name": "a", "customMetrics": [{"attributeKey": "k", "metricSpec": ""}, {"attributeKey": "k", "metricSpec": "{"}]}]}"#,
        "engineConfigs[0].customMetrics[1].metricSpec",
    );
}
