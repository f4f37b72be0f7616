//! Prefill and decode on different servers.

use serde_json::json;

use crate::support::envoy::Mode;
use crate::support::http;
use crate::support::picker::Endpoint;
use crate::support::stage::Stage;
use crate::support::upstream::Upstream;

const CONFIG: &str = "
apiVersion: llm-d.ai/v1alpha1
kind: EndpointPickerConfig
plugins:
- type: disagg-profile-handler
  parameters: {deciders: {prefill: always-disagg-pd-decider}}
- type: always-disagg-pd-decider
- type: prefill-filter
- type: decode-filter
- type: queue-scorer
- type: max-score-picker
schedulingProfiles:
- name: prefill
  plugins: [{pluginRef: prefill-filter}, {pluginRef: queue-scorer}, {pluginRef: max-score-picker}]
- name: decode
  plugins: [{pluginRef: decode-filter}, {pluginRef: queue-scorer}, {pluginRef: max-score-picker}]
";

#[test]
fn the_prefill_server_is_named_to_the_decode_server() {
    let upstreams: Vec<Upstream> = (0..4).map(|_| Upstream::echo()).collect();
    let address = |upstream: &Upstream| format!("127.0.0.1:{}", upstream.port);
    let stage = Stage::new(Mode::FullDuplex, 0, |options| {
        options.config = CONFIG.to_owned();
        let endpoint = |(at, upstream): (usize, &Upstream)| Endpoint {
            name: format!("server-{at}"),
            port: upstream.port,
            labels: format!(
                "{{llm-d.ai/role: {}}}",
                if at < 2 { "prefill" } else { "decode" }
            ),
        };
        options.endpoints = upstreams.iter().enumerate().map(endpoint).collect();
    });
    let (prefill, decode) = upstreams.split_at(2);
    for number in 0..6 {
        let body = json!({"model": "m", "prompt": format!("question {number}")}).to_string();
        // What a client says about it does not count.
        let steering = "x-prefiller-host-port: 127.0.0.1:9\r\n";
        let answer = http::ask(stage.address(), "POST /v1/completions", steering, body);
        assert_eq!(answer.status, 200, "{}", answer.text());
        let headers = answer.json()["seen"]["headers"].clone();
        for (name, servers) in [
            ("x-prefiller-host-port", prefill),
            ("x-gateway-destination-endpoint", decode),
        ] {
            let named = headers[name]
                .as_str()
                .unwrap_or_else(|| panic!("no {name}"));
            let known = servers.iter().any(|upstream| address(upstream) == named);
            assert!(known, "{name}: {named}");
        }
    }
    stage.picker.await_in_flight(0.0);
}
