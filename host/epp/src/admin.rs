//! The HTTP pages: `/metrics`, `/healthz` and `/readyz` for machines on one port, `/debug` for people on
//! another, which listens on this machine only unless told otherwise, because it shows configuration.

mod endpoints;
mod plans;
mod token;
pub use plans::plans_router;
pub use token::Token;

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::clock;
use crate::health::Readiness;
use crate::metrics::{CONTENT_TYPE, DiscoveryCounts, Metrics, PluginFacts, PoolView};
use crate::plans::PlansStatus;
use crate::pool::Pool;
use crate::scrape::Board;

/// Decisions listed where the query does not say how many.
const LISTED: usize = 20;

/// What the pages show beyond endpoints and metrics.
pub trait AdminSource: Send + Sync {
    /// The plugins that run: state, last fault and its cause, budgets.
    fn plugins(&self) -> Value;
    /// How it goes with plans.
    fn plans_status(&self) -> PlansStatus;
    /// For `/metrics`.
    fn plugin_facts(&self) -> Vec<PluginFacts>;
    /// The decision about a request, while it is kept. May read from disk.
    fn decision(&self, request_id: &str) -> Option<Value>;
    /// The latest decisions, newest first. May read from disk.
    fn decisions(&self, last: usize) -> Vec<Value>;
    /// What the configuration resolved to, for people.
    fn config(&self) -> String;
    /// Blocks in the approximate prefix index.
    fn prefix_blocks(&self) -> usize;
    /// How discovery goes: the source, the last refused edit and why.
    fn discovery(&self) -> Value;
    /// Changes of the endpoints that discovery saw.
    fn discovery_counts(&self) -> DiscoveryCounts;
}

/// Everything the pages show.
pub struct Observed {
    /// The picker's own series.
    pub metrics: Arc<Metrics>,
    /// The endpoints.
    pub pool: Arc<Pool>,
    /// How scraping goes; `None`: nothing is scraped.
    pub board: Option<Arc<Board>>,
    /// The pool's name in metrics.
    pub pool_name: String,
    /// After how long a scraped value is unknown.
    pub staleness: Duration,
    /// Whether the picker is ready.
    pub readiness: Arc<Readiness>,
    /// The rest.
    pub source: Arc<dyn AdminSource>,
}

type Shared = State<Arc<Observed>>;

/// `/metrics`, `/healthz` and `/readyz`.
pub fn metrics_router(observed: Arc<Observed>) -> Router {
    Router::new()
        .route("/metrics", get(metrics))
        .route("/healthz", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .with_state(observed)
}

/// `/debug` and an index of it.
pub fn debug_router(observed: Arc<Observed>) -> Router {
    Router::new()
        .route("/", get(async || Html(INDEX)))
        .route("/debug/endpoints", get(show_endpoints))
        .route(
            "/debug/plugins",
            get(async |State(it): Shared| Json(it.plugins())),
        )
        .route("/debug/decisions", get(decisions))
        .route("/debug/decisions/{request_id}", get(decision))
        .route(
            "/debug/config",
            get(async |State(it): Shared| it.source.config()),
        )
        .with_state(observed)
}

/// Serves one of the two until the runtime ends.
pub async fn serve(listener: TcpListener, router: Router) -> std::io::Result<()> {
    axum::serve(listener, router).await
}

const INDEX: &str = "<!doctype html><meta charset=utf-8><title>Switchyard</title><h1>Switchyard</h1><ul>\
    <li><a href=/debug/endpoints>/debug/endpoints</a>: every column with its age, and how scraping goes\
    <li><a href=/debug/plugins>/debug/plugins</a>: state, faults and budgets\
    <li><a href=/debug/decisions>/debug/decisions?last=20</a>: the latest decisions\
    <li>/debug/decisions/{request-id}: one decision\
    <li><a href=/debug/config>/debug/config</a>: what the configuration resolved to\
    <li><a href=/admin/plugins>/admin/plugins</a>: what runs, and who loaded it\
    <li><a href=/admin/plans>/admin/plans</a>: the plans that can be gone back to</ul>";

impl Observed {
    /// What runs, and why the latest change does not.
    fn plugins(&self) -> Value {
        let status = self.source.plans_status();
        let refused = status
            .refusal
            .map(|(reason, at_ms)| json!({ "reason": reason, "at_ms": at_ms }));
        json!({ "plan": status.number, "refused": refused, "plugins": self.source.plugins() })
    }

    fn oldest_ms(&self, now_ms: u64) -> u64 {
        now_ms.saturating_sub(self.staleness.as_millis() as u64)
    }
}

async fn metrics(State(it): Shared) -> impl IntoResponse {
    let view = PoolView {
        pool: &it.pool,
        board: it.board.as_deref(),
        discovery: it.source.discovery_counts(),
        name: &it.pool_name,
        oldest_ms: it.oldest_ms(clock::now_ms()),
    };
    let plans = it.source.plans_status();
    it.metrics
        .prefix_index_size(it.source.prefix_blocks() as f64);
    let text = it.metrics.render(&view, &it.source.plugin_facts(), &plans);
    ([(header::CONTENT_TYPE, CONTENT_TYPE)], text)
}

async fn ready(State(it): Shared) -> Response {
    let missing = it.readiness.missing();
    if missing.is_empty() {
        let status = it.source.plans_status();
        let refusal = status.refusal.map_or_else(String::new, |(reason, _)| {
            format!("the latest change was refused: {reason}\n")
        });
        return format!("ready\nplan {} runs\n{refusal}", status.number).into_response();
    }
    let reasons = missing.join("\n");
    (
        StatusCode::SERVICE_UNAVAILABLE,
        format!("not ready:\n{reasons}\n"),
    )
        .into_response()
}

async fn show_endpoints(State(it): Shared) -> Json<Value> {
    let now_ms = clock::now_ms();
    let mut shown = endpoints::show(&it.pool, it.board.as_deref(), now_ms, it.oldest_ms(now_ms));
    shown["discovery"] = it.source.discovery();
    Json(shown)
}

#[derive(Deserialize)]
struct Last {
    last: Option<usize>,
}

async fn decisions(State(it): Shared, Query(query): Query<Last>) -> Response {
    let last = query.last.unwrap_or(LISTED);
    aside(move || Json(it.source.decisions(last)).into_response()).await
}

async fn decision(State(it): Shared, Path(request_id): Path<String>) -> Response {
    aside(move || match it.source.decision(&request_id) {
        Some(decision) => Json(decision).into_response(),
        None => {
            let error = format!(
                "no decision about `{request_id}` is kept: it is the request's x-request-id, and only the latest \
                 decisions are kept (see /debug/decisions)"
            );
            (StatusCode::NOT_FOUND, Json(json!({ "error": error }))).into_response()
        }
    })
    .await
}

/// Decisions may come from disk.
async fn aside(read: impl FnOnce() -> Response + Send + 'static) -> Response {
    let read = tokio::task::spawn_blocking(read).await;
    read.unwrap_or_else(|_| StatusCode::INTERNAL_SERVER_ERROR.into_response())
}
