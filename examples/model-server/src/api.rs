//! The endpoints: which path goes where.

mod admin;
mod error;
mod generate;
mod metrics;
mod models;
mod request;
mod sequence;
mod sse;
mod wire;

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use bytes::Bytes;
use http_body_util::{BodyExt, Limited};
use hyper::body::Incoming;
use hyper::header::{ALLOW, HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Request, StatusCode};
use serde_json::json;

use crate::app::App;
use crate::reply::{self, Cut, Reply};
use error::ApiError;
use wire::Kind;

const POD: HeaderName = HeaderName::from_static("x-inference-pod");
const PORT: HeaderName = HeaderName::from_static("x-inference-port");
const NAMESPACE: HeaderName = HeaderName::from_static("x-inference-namespace");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What `/version` says; the answers' shapes are those of this version of vLLM.
const VERSION: &str = "0.32.0";

/// Answers one request. [`Cut`] means that the connection is to be reset; a stream that is reset later sets
/// `reset` by itself.
pub(crate) async fn answer(
    app: &Arc<App>,
    request: Request<Incoming>,
    reset: &Arc<AtomicBool>,
) -> Result<Reply, Cut> {
    let (head, body) = request.into_parts();
    let call = Call {
        app,
        headers: &head.headers,
        query: head.uri.query().unwrap_or_default(),
        reset,
    };
    let outcome = match (head.uri.path(), &head.method) {
        ("/v1/chat/completions", &Method::POST) => call.generate(Kind::Chat, body).await,
        ("/v1/completions", &Method::POST) => call.generate(Kind::Completion, body).await,
        ("/v1/models", &Method::GET) => Ok(models::list(app)),
        ("/health" | "/ping", &Method::GET) => Ok(reply::whole(StatusCode::OK, "text/plain", "")),
        ("/health/ready", &Method::GET) => Ok(ready(app)),
        ("/version", &Method::GET) => Ok(reply::json(StatusCode::OK, &json!({"version": VERSION}))),
        ("/metrics", &Method::GET) => metrics::serve(&call).await,
        ("/admin/config", &Method::GET) => Ok(admin::show(app)),
        ("/admin/config", &Method::POST) => call
            .body(body)
            .await
            .and_then(|body| admin::patch(app, &body)),
        ("/fake_metrics", &Method::POST) => call
            .body(body)
            .await
            .and_then(|body| admin::fake(app, &body)),
        ("/reset_prefix_cache", &Method::POST) => {
            app.engine.reset_prefix_cache();
            Ok(reply::whole(StatusCode::OK, "text/plain", ""))
        }
        ("/v1/load_lora_adapter", &Method::POST) => call
            .body(body)
            .await
            .and_then(|body| models::load(app, &body)),
        ("/v1/unload_lora_adapter", &Method::POST) => call
            .body(body)
            .await
            .and_then(|body| models::unload(app, &body)),
        (
            "/v1/chat/completions"
            | "/v1/completions"
            | "/fake_metrics"
            | "/reset_prefix_cache"
            | "/v1/load_lora_adapter"
            | "/v1/unload_lora_adapter",
            _,
        ) => Ok(wrong_method("POST")),
        ("/v1/models" | "/health" | "/ping" | "/health/ready" | "/version" | "/metrics", _) => {
            Ok(wrong_method("GET"))
        }
        ("/admin/config", _) => Ok(wrong_method("GET, POST")),
        _ => Ok(reply::json(
            StatusCode::NOT_FOUND,
            &json!({"detail": "Not Found"}),
        )),
    };
    let mut reply = match outcome {
        Err(ApiError::Cut(cut)) => return Err(cut),
        Err(error) => error.reply(),
        Ok(reply) => reply,
    };
    let headers = reply.headers_mut();
    headers.insert(POD, app.pod.clone());
    headers.insert(PORT, app.port.clone());
    if let Some(namespace) = &app.namespace {
        headers.insert(NAMESPACE, namespace.clone());
    }
    if app.options.enable_request_id_headers
        && let Some(id) = head.headers.get(REQUEST_ID)
    {
        headers.insert(REQUEST_ID, id.clone());
    }
    Ok(reply)
}

/// A request at hand, without its body.
struct Call<'a> {
    app: &'a Arc<App>,
    headers: &'a HeaderMap,
    query: &'a str,
    reset: &'a Arc<AtomicBool>,
}

impl Call<'_> {
    /// Reads the whole body, up to the limit.
    async fn body(&self, body: Incoming) -> Result<Bytes, ApiError> {
        let limit = (self.app.options.max_request_body_size_mb as usize) << 20;
        match Limited::new(body, limit).collect().await {
            Ok(body) => Ok(body.to_bytes()),
            Err(error) if error.is::<http_body_util::LengthLimitError>() => {
                Err(ApiError::TooLarge { limit })
            }
            // The client left in the middle; nobody will read an answer.
            Err(_) => Err(ApiError::Cut(Cut)),
        }
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

fn ready(app: &App) -> Reply {
    if app.started.elapsed() < app.options.startup_duration.0 {
        return reply::whole(StatusCode::SERVICE_UNAVAILABLE, "text/plain", "starting");
    }
    reply::whole(StatusCode::OK, "text/plain", "")
}

fn wrong_method(allowed: &'static str) -> Reply {
    let mut reply = reply::json(
        StatusCode::METHOD_NOT_ALLOWED,
        &json!({"detail": "Method Not Allowed"}),
    );
    reply
        .headers_mut()
        .insert(ALLOW, HeaderValue::from_static(allowed));
    reply
}
