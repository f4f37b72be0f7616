//! Both ports over real sockets.

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

use http_body_util::{BodyExt, Empty};
use hyper_util::rt::TokioIo;
use switchyard_scheduler::EndpointSpec;
use tokio::net::TcpStream;

use super::*;
use crate::health::Part;
use crate::metrics::Build;

struct Source;

impl AdminSource for Source {
    fn prefix_blocks(&self) -> usize {
        7
    }

    fn plugins(&self) -> Value {
        json!([{ "name": "queue", "state": "running" }])
    }

    fn plans_status(&self) -> PlansStatus {
        PlansStatus {
            number: 3,
            applied: 2,
            refused: 1,
            refusal: Some(("no such plugin".to_owned(), 5)),
            document: None,
        }
    }

    fn plugin_facts(&self) -> Vec<PluginFacts> {
        Vec::new()
    }

    fn decision(&self, request_id: &str) -> Option<Value> {
        (request_id == "known/1").then(|| json!({ "request": request_id }))
    }

    fn decisions(&self, last: usize) -> Vec<Value> {
        (0..last.min(1_024)).map(|number| json!(number)).collect()
    }

    fn config(&self) -> String {
        "profile default".to_owned()
    }

    fn discovery(&self) -> Value {
        json!({ "refused": 1 })
    }

    fn discovery_counts(&self) -> DiscoveryCounts {
        DiscoveryCounts {
            applied: 3,
            refused: 1,
        }
    }
}

async fn get(address: SocketAddr, path: &str) -> (u16, String) {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = http::Request::get(path)
        .header("host", "x")
        .body(Empty::<bytes::Bytes>::new())
        .unwrap();
    let response = sender.send_request(request).await.unwrap();
    let status = response.status().as_u16();
    let body = response.into_body().collect().await.unwrap().to_bytes();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn observed() -> Arc<Observed> {
    let pool = Arc::<Pool>::default();
    pool.apply(vec![EndpointSpec {
        name: "a".into(),
        namespace: "default".into(),
        address: IpAddr::from([127, 0, 0, 1]),
        port: 8_000,
        rank: 0,
        labels: BTreeMap::from([("role".into(), "decode".into())]),
    }]);
    let now = clock::now_ms();
    pool.columns()
        .column("waiting-requests")
        .set_at(0, 3.0, now);
    pool.columns()
        .column("kv-cache-usage")
        .set_at(0, 0.5, now - 60_000);
    pool.columns().column("in-flight-requests").set(0, 2.0);
    pool.columns()
        .set_column("lora-running")
        .set_at(0, vec!["sql".into()], now);
    Arc::new(Observed {
        metrics: Arc::new(Metrics::new(Build {
            commit: "abc",
            build_ref: "main",
        })),
        pool,
        board: None,
        pool_name: "pool-a".into(),
        staleness: Duration::from_secs(2),
        readiness: Arc::default(),
        source: Arc::new(Source),
    })
}

async fn start(router: Router) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, router));
    address
}

#[tokio::test]
async fn the_metrics_port() {
    let observed = observed();
    let address = start(metrics_router(observed.clone())).await;
    assert_eq!(get(address, "/healthz").await, (200, "ok\n".to_owned()));
    let (status, body) = get(address, "/readyz").await;
    assert_eq!(status, 503);
    assert!(
        body.contains("no configuration is loaded yet") && body.contains("ext_proc port"),
        "{body}"
    );
    for part in [Part::Configuration, Part::Endpoints, Part::Listener] {
        observed.readiness.reached(part);
    }
    let ready = "ready\nplan 3 runs\nthe latest change was refused: no such plugin\n";
    assert_eq!(get(address, "/readyz").await, (200, ready.to_owned()));
    observed.readiness.drain();
    assert_eq!(
        get(address, "/readyz").await,
        (503, "not ready:\nthe picker is draining\n".to_owned())
    );
    let (status, body) = get(address, "/metrics").await;
    assert_eq!(status, 200);
    for line in [
        r#"llm_d_epp_ready_endpoints{name="pool-a"} 1"#,
        r#"switchyard_endpoint_updates_total{outcome="refused"} 1"#,
    ] {
        assert!(
            body.lines().any(|found| found == line),
            "no `{line}` in\n{body}"
        );
    }
    assert_eq!(
        get(address, "/debug/endpoints").await.0,
        404,
        "not on the port that all can reach"
    );
}

#[tokio::test]
async fn the_debug_port() {
    let address = start(debug_router(observed())).await;
    let (status, body) = get(address, "/debug/endpoints").await;
    assert_eq!(status, 200);
    let shown: Value = serde_json::from_str(&body).unwrap();
    let endpoint = &shown["endpoints"][0];
    assert_eq!(endpoint["id"], "default/a");
    assert_eq!(endpoint["address"], "127.0.0.1:8000");
    assert_eq!(endpoint["labels"]["role"], "decode");
    assert_eq!(endpoint["columns"]["waiting-requests"]["value"], 3.0);
    assert!(
        endpoint["columns"]["waiting-requests"]["age_ms"]
            .as_u64()
            .unwrap()
            < 10_000
    );
    assert_eq!(
        endpoint["columns"]["kv-cache-usage"]["value"], "NaN",
        "stale"
    );
    assert_eq!(endpoint["columns"]["kv-cache-usage"]["stale"], 0.5);
    assert_eq!(endpoint["columns"]["in-flight-requests"]["value"], 2.0);
    assert_eq!(endpoint["sets"]["lora-running"], json!(["sql"]));
    assert_eq!(shown["discovery"]["refused"], 1);

    let rows = [
        ("/debug/plugins", 200, "queue"),
        ("/debug/plugins", 200, "no such plugin"),
        ("/debug/config", 200, "profile default"),
        ("/debug/decisions/known%2F1", 200, "known/1"),
        (
            "/debug/decisions/unknown",
            404,
            "no decision about `unknown` is kept",
        ),
        ("/debug/decisions?last=2", 200, "[0,1]"),
        ("/debug/decisions?last=many", 400, "invalid digit"),
        ("/", 200, "/debug/decisions?last=20"),
        ("/metrics", 404, ""),
    ];
    for (path, status, part) in rows {
        let (found, body) = get(address, path).await;
        assert_eq!(found, status, "{path}: {body}");
        assert!(body.contains(part), "{path}: {body}");
    }
    let (_, all) = get(address, "/debug/decisions?last=5000").await;
    assert_eq!(
        serde_json::from_str::<Vec<Value>>(&all).unwrap().len(),
        1_024
    );
}
