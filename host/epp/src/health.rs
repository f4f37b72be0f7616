//! Whether the picker is ready, and the gRPC health service that says so on a port of its own.
//!
//! Ready means: a configuration is loaded, the endpoints are known, ext_proc listens, and the picker is
//! not draining. Everything that reports readiness asks here.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic_health::ServingStatus;

/// Follow readiness.
const READINESS: [&str; 3] = [
    "",
    "readiness",
    "envoy.service.ext_proc.v3.ExternalProcessor",
];
/// Serves as long as the process does.
const LIVENESS: &str = "liveness";

/// Something readiness waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A configuration is loaded and its plugins run.
    Configuration,
    /// The endpoints are known.
    Endpoints,
    /// The ext_proc port listens.
    Listener,
}

const PARTS: [(Part, &str); 3] = [
    (Part::Configuration, "no configuration is loaded yet"),
    (Part::Endpoints, "the endpoints are not known yet"),
    (Part::Listener, "the ext_proc port does not listen yet"),
];

#[derive(Debug, Clone, Copy, Default)]
struct State {
    reached: [bool; PARTS.len()],
    draining: bool,
}

/// How far the picker is. Shared by whoever brings it on and whoever reports it.
#[derive(Debug, Default)]
pub struct Readiness {
    state: watch::Sender<State>,
}

impl Readiness {
    /// This part is done, and stays so.
    pub fn reached(&self, part: Part) {
        self.state
            .send_modify(|state| state.reached[part as usize] = true);
    }

    /// The process is about to end: no more new requests, please.
    pub fn drain(&self) {
        self.state.send_modify(|state| state.draining = true);
    }

    /// What keeps the picker from being ready; empty: it is.
    pub fn missing(&self) -> Vec<&'static str> {
        missing(&self.state.borrow())
    }
}

fn missing(state: &State) -> Vec<&'static str> {
    let parts = PARTS
        .iter()
        .filter(|(part, _)| !state.reached[*part as usize]);
    let draining = state.draining.then_some("the picker is draining");
    parts.map(|(_, what)| *what).chain(draining).collect()
}

/// Serves gRPC health until the runtime ends, through draining too: that is when it matters.
pub async fn serve(
    listener: TcpListener,
    readiness: Arc<Readiness>,
) -> Result<(), tonic::transport::Error> {
    let (reporter, service) = tonic_health::server::health_reporter();
    reporter
        .set_service_status(LIVENESS, ServingStatus::Serving)
        .await;
    let mut state = readiness.state.subscribe();
    let follow = async {
        loop {
            let status = match missing(&state.borrow_and_update()).is_empty() {
                true => ServingStatus::Serving,
                false => ServingStatus::NotServing,
            };
            for name in READINESS {
                reporter.set_service_status(name, status).await;
            }
            // An error means that nobody can change the state any more, but `readiness` is held here.
            if state.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    };
    let served = Server::builder()
        .add_service(service)
        .serve_with_incoming(TcpListenerStream::new(listener));
    tokio::select! {
        served = served => served,
        never = follow => never,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tonic_health::pb::HealthCheckRequest;
    use tonic_health::pb::health_client::HealthClient;

    use super::*;

    #[tokio::test]
    async fn services_follow_readiness_and_draining() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let readiness = Arc::<Readiness>::default();
        tokio::spawn(serve(listener, readiness.clone()));
        let channel = tonic::transport::Endpoint::from_shared(url)
            .unwrap()
            .connect()
            .await
            .unwrap();
        let mut client = HealthClient::new(channel);
        let mut check = async |expected: [i32; 4]| {
            let services = [
                "",
                "readiness",
                "envoy.service.ext_proc.v3.ExternalProcessor",
                "liveness",
            ];
            let mut found = [-1; 4];
            for _ in 0..500 {
                for (at, service) in services.into_iter().enumerate() {
                    let request = HealthCheckRequest {
                        service: service.into(),
                    };
                    found[at] = client
                        .check(request)
                        .await
                        .map_or(-1, |answer| answer.into_inner().status);
                }
                if found == expected {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            panic!("services are {found:?} (1 serving, 2 not), expected {expected:?}");
        };
        check([2, 2, 2, 1]).await;
        readiness.reached(Part::Configuration);
        readiness.reached(Part::Endpoints);
        assert_eq!(
            readiness.missing(),
            ["the ext_proc port does not listen yet"]
        );
        check([2, 2, 2, 1]).await;
        readiness.reached(Part::Listener);
        assert!(readiness.missing().is_empty());
        check([1, 1, 1, 1]).await;
        readiness.drain();
        assert_eq!(readiness.missing(), ["the picker is draining"]);
        check([2, 2, 2, 1]).await;
        let unknown = HealthCheckRequest {
            service: "unheard-of".into(),
        };
        let refused = client.check(unknown).await.unwrap_err();
        assert_eq!(refused.code(), tonic::Code::NotFound);
    }
}
