//! Command lines as they are found in deployments.

use std::ffi::OsString;
use std::time::Duration;

use super::{Flags, LogEncoder};

fn read(line: &[&str]) -> Result<Flags, String> {
    let args = std::iter::once("switchyard-epp").chain(line.iter().copied());
    Flags::read(args.map(OsString::from)).map_err(|error| error.to_string())
}

/// Every spelling must give the same.
fn check<T: PartialEq + std::fmt::Debug>(
    lines: &[&[&str]],
    value: impl Fn(&Flags) -> T,
    expected: T,
) {
    for line in lines {
        match read(line) {
            Ok(flags) => assert_eq!(value(&flags), expected, "{line:?}"),
            Err(error) => panic!("{line:?}: {error}"),
        }
    }
}

fn refused(line: &[&str], parts: &[&str]) {
    let Err(error) = read(line) else {
        panic!("{line:?} was taken");
    };
    for part in parts {
        assert!(error.contains(part), "{line:?}: {part} in {error}");
    }
}

#[test]
fn the_defaults() {
    let flags = read(&[]).unwrap();
    assert_eq!(
        (flags.grpc_port, flags.grpc_health_port, flags.metrics_port),
        (9002, 9003, 9090)
    );
    assert_eq!(flags.admin_addr.to_string(), "127.0.0.1:9004");
    assert!(flags.secure_serving && !flags.enable_cert_reload && !flags.check);
    assert_eq!(flags.refresh_metrics_interval, Duration::from_millis(50));
    assert_eq!(flags.metrics_staleness_threshold, Duration::from_secs(2));
    assert_eq!(flags.decision_timeout, Duration::from_secs(1));
    assert_eq!(flags.drain_timeout, Duration::from_secs(30));
    assert_eq!(flags.max_body_bytes, 16 << 20);
    assert_eq!(flags.grpc_max_recv_bytes(), 17 << 20);
    assert_eq!((flags.verbosity, flags.zap_encoder), (2, None));
    assert!(flags.without_effect().is_empty());
}

#[test]
fn what_a_template_leaves_empty_is_the_default() {
    let empty = [
        "--config-file=",
        "--config-text",
        "",
        "--cert-path=",
        "--pool-name=",
        "--grpc-port=",
        "--grpc-max-recv-msg-size=0",
        "--grpc-max-send-msg-size=0",
        "--tls-min-version=",
    ];
    let flags = read(&empty).unwrap();
    assert_eq!((&flags.config_file, &flags.config_text), (&None, &None));
    assert_eq!((&*flags.pool_name, flags.grpc_port), ("default", 9002));
    assert_eq!(flags.grpc_max_recv_bytes(), 17 << 20);
    assert_eq!(flags.without_effect().len(), 1, "only the size of answers");
    refused(&["--check="], &["--check"]);
}

#[test]
fn every_spelling_of_a_value() {
    check(
        &[
            &["--grpc-port", "1"],
            &["--grpc-port=1"],
            &["-grpc-port", "1"],
            &["-grpc-port=1"],
            &["--grpcPort=1"],
            &["-grpcPort", "1"],
            &["--grpc-port=7", "--grpc-port=1"],
        ],
        |flags| flags.grpc_port,
        1,
    );
    check(
        &[&["-v", "4"], &["-v=4"], &["--v=4"], &["--v", "4"], &["-v4"]],
        |flags| flags.verbosity,
        4,
    );
    check(
        &[&["--config-text", "-x: 1"], &["-configText=-x: 1"]],
        |flags| flags.config_text.clone(),
        Some("-x: 1".to_owned()),
    );
    check(
        &[&["--max-body-bytes=2Mi"], &["--max-body-bytes", "2097152"]],
        |flags| (flags.max_body_bytes, flags.grpc_max_recv_bytes()),
        (2 << 20, 3 << 20),
    );
    check(
        &[&["--grpc-max-recv-msg-size=5"]],
        Flags::grpc_max_recv_bytes,
        5,
    );
    check(
        &[&["--zap-encoder=json"], &["-zap-encoder", "json"]],
        |flags| flags.zap_encoder,
        Some(LogEncoder::Json),
    );
}

#[test]
fn every_spelling_of_a_boolean() {
    check(
        &[
            &["--secure-serving=false"],
            &["-secure-serving=F"],
            &["--secureServing=0"],
            &["--secure-serving", "--secure-serving=false"],
        ],
        |flags| flags.secure_serving,
        false,
    );
    check(
        &[&["--check"], &["-check"], &["--check=true"], &["--check=1"]],
        |flags| flags.check,
        true,
    );
    refused(&["--secure-serving", "false"], &["false"]);
    refused(&["--secure-serving=no"], &["true or false"]);
}

#[test]
fn wrong_values_are_refused() {
    for (line, part) in [
        (["--grpc-port=65536"], "65536"),
        (["--refresh-metrics-interval=50"], "200ms"),
        (["--refresh-metrics-interval=0"], "above 0"),
        (["--decision-timeout=0s"], "above 0"),
        (["--drain-timeout=-1s"], "not a duration"),
        (["--max-body-bytes=0"], "above 0"),
        (["--max-body-bytes=1.5Mi"], "not a size"),
        (["--model-server-metrics-scheme=ftp"], "https"),
        (["--admin-addr=here"], "here"),
        (["--tracing=perhaps"], "true or false"),
        (["--no-such-flag"], "--no-such-flag"),
        (["--grpc-prot=1"], "grpc-port"),
        (["stray"], "stray"),
    ] {
        refused(&line, &[part]);
    }
    refused(
        &["--config-file=a", "--config-text=b"],
        &["--config-file", "--config-text"],
    );
}

#[test]
fn what_has_no_effect_is_told() {
    let flags = read(&[
        "-poolNamespace=default",
        "--pool-group=inference.networking.k8s.io",
        "--endpoint-selector=app=vllm",
        "--endpoint-target-ports=8000,8001",
        "--emit-endpoint-scores",
        "--allow-experimental-plugins=true",
        "--haEnableLeaderElection",
        "--grpc-max-send-msg-size=1048576",
        "--refresh-prometheus-metrics-interval=5s",
        "--tls-cipher-suites=A,B",
        "--health-checking",
        "--enable-pprof=false",
        "--tracing=false",
        "--metrics-endpoint-auth=false",
        "--metrics-client-ca-file=x",
        "--metrics-cert-dir=x",
        "--zap-devel",
        "--zap-log-level=debug",
        "--zap-stacktrace-level=error",
        "--zap-time-encoding=rfc3339",
        "--kubeconfig=x",
        "--enable-cert-reload",
        "--grpc-port=9002",
    ])
    .unwrap();
    let told = flags.without_effect();
    assert_eq!(told.len(), 22, "{told:#?}");
    assert!(told[0].starts_with("--pool-group has no effect: "));
    assert!(!told.iter().any(|sentence| sentence.contains("grpc-port")));
}

#[test]
fn names_of_single_metrics_are_refused() {
    refused(
        &[
            "--total-queued-requests-metric=a",
            "-kvCacheUsagePercentageMetric",
            "b",
        ],
        &[
            "--total-queued-requests-metric and --kv-cache-usage-percentage-metric",
            "engineConfigs",
        ],
    );
    for name in [
        "total-running-requests-metric",
        "lora-info-metric",
        "cache-info-metric",
    ] {
        refused(&[&format!("--{name}=x")], &[name, "core-metrics-extractor"]);
    }
}

#[test]
fn metrics_flags_fill_in_what_the_configuration_leaves_open() {
    let mut resolved = switchyard_config::read("default", switchyard_config::DEFAULT).unwrap();
    let parameters = |resolved: &switchyard_config::Resolved| {
        let scraper = resolved.scrapers[0];
        resolved.plugins[scraper].parameters.to_string()
    };
    read(&[]).unwrap().apply_scrape_flags(&mut resolved);
    assert_eq!(parameters(&resolved), "{}");
    assert!(resolved.scrape_tls.insecure_skip_verify);
    let flags = read(&[
        "--modelServerMetricsPort=9100",
        "--model-server-metrics-scheme=https",
        "--model-server-metrics-https-insecure-skip-verify=false",
    ])
    .unwrap();
    flags.apply_scrape_flags(&mut resolved);
    assert_eq!(
        parameters(&resolved),
        r#"{"path":"/metrics","port":9100,"scheme":"https"}"#
    );
    assert!(!resolved.scrape_tls.insecure_skip_verify);

    let text = format!(
        "{}plugins: [{{type: metrics-data-source, parameters: {{port: 1}}}}]",
        switchyard_config::DEFAULT
    );
    let mut resolved = switchyard_config::read("own", &text).unwrap();
    flags.apply_scrape_flags(&mut resolved);
    assert_eq!(parameters(&resolved), r#"{"port":1}"#);
}

#[test]
fn version_and_help_are_answers() {
    refused(&["--version"], &[env!("CARGO_PKG_VERSION")]);
    refused(&["--help"], &["--config-file", "--endpoints-file"]);
}
