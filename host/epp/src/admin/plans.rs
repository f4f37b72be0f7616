//! What changes the running picker: loading, unloading, going back.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, Query, Request, State};
use axum::http::StatusCode;
use axum::http::header::{CONTENT_LENGTH, ORIGIN};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{AdminSource, aside};
use crate::clock;
use crate::components::MOST_BYTES;
use crate::plans::blueprint::Load;
use crate::plans::{PlanError, Plans};

/// Who changed something, where nobody said.
const SOMEBODY: &str = "somebody";

/// Programs do not say which page they come from. A browser does where it changes something, and a page from somewhere
/// must not change a picker on the machine of whoever looks at it.
async fn no_page(request: Request, next: Next) -> Response {
    if request.method().is_safe() || !request.headers().contains_key(ORIGIN) {
        return next.run(request).await;
    }
    refused(
        StatusCode::FORBIDDEN,
        "a web page cannot change the picker; use `switchyard plugin`, or send no `Origin`"
            .to_owned(),
    )
}

/// What the routes work on.
#[derive(Clone)]
struct Live {
    plans: Arc<Plans>,
    source: Arc<dyn AdminSource>,
}

type Shared = State<Live>;

/// `/admin`: `source` shows what `plans` came to.
pub fn plans_router(plans: Arc<Plans>, source: Arc<dyn AdminSource>) -> Router {
    Router::new()
        .route("/admin/plugins", get(list))
        .route("/admin/plugins/{name}", post(load).delete(unload))
        .route("/admin/plans", get(kept))
        .route("/admin/plan/rollback", post(rollback))
        .layer(middleware::from_fn(no_page))
        .with_state(Live { plans, source })
}

async fn list(State(it): Shared) -> Json<Value> {
    Json(it.source.plugins())
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct How {
    profile: Option<String>,
    weight: Option<f64>,
    parameters: Option<String>,
    mode: Option<String>,
    shadow_sample: Option<f64>,
    limits: Option<String>,
    on_fault: Option<String>,
    by: Option<String>,
}

impl How {
    /// What the entry of a configuration would say of how it runs.
    fn manner(&self) -> Result<Value, String> {
        let limits = self.limits.as_deref().map(object).transpose();
        let limits = limits.map_err(|why| format!("limits: {why}"))?;
        let fields = [
            ("limits", limits),
            ("onFault", self.on_fault.clone().map(Value::from)),
            ("mode", self.mode.clone().map(Value::from)),
            ("shadowSample", self.shadow_sample.map(Value::from)),
        ];
        let given = fields
            .into_iter()
            .filter_map(|(name, value)| Some((name.to_owned(), value?)));
        Ok(Value::Object(given.collect()))
    }
}

async fn load(
    State(it): Shared,
    Path(name): Path<String>,
    Query(how): Query<How>,
    request: Request,
) -> Response {
    let component = match component(request).await {
        Ok(component) => component,
        Err(refused) => return refused,
    };
    let parameters = object(how.parameters.as_deref().unwrap_or("{}"));
    let parameters = match parameters {
        Ok(parameters) => parameters,
        Err(why) => return refused(StatusCode::BAD_REQUEST, format!("parameters: {why}")),
    };
    let manner = match how.manner() {
        Ok(manner) => manner,
        Err(why) => return refused(StatusCode::BAD_REQUEST, why),
    };
    let weight = how.weight.unwrap_or(1.0);
    if !weight.is_finite() {
        return refused(
            StatusCode::BAD_REQUEST,
            format!("weight: found {weight}; expected a number like 1 or 0.5"),
        );
    }
    let load = Load {
        name: name.clone(),
        // Known once it is kept.
        digest: String::new(),
        profile: how.profile,
        weight,
        manner,
        parameters,
        by: how.by.unwrap_or_else(|| SOMEBODY.to_owned()),
        at_ms: clock::now_ms(),
    };
    aside(move || match it.plans.load(load, &component) {
        Ok(plan) => {
            let plugins = it.source.plugins();
            let plugins = plugins.as_array().into_iter().flatten();
            let plugin = { plugins }.find(|plugin| plugin["name"] == name);
            Json(json!({ "plan": plan, "plugin": plugin })).into_response()
        }
        Err(error) => failed(&error),
    })
    .await
}

/// The request's body, unless it is larger than any component.
async fn component(request: Request) -> Result<Bytes, Response> {
    let too_large = || {
        let error = format!("a component may have {} MiB at most", MOST_BYTES >> 20);
        refused(StatusCode::PAYLOAD_TOO_LARGE, error)
    };
    let announced = request.headers().get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|bytes| bytes > MOST_BYTES) {
        return Err(too_large());
    }
    let body = axum::body::to_bytes(request.into_body(), MOST_BYTES).await;
    body.map_err(|_| too_large())
}

#[derive(Deserialize)]
struct Who {
    by: Option<String>,
    to: Option<u64>,
}

async fn unload(State(it): Shared, Path(name): Path<String>, Query(who): Query<Who>) -> Response {
    let by = who.by.unwrap_or_else(|| SOMEBODY.to_owned());
    aside(move || match it.plans.unload(&name, &by) {
        Ok(plan) => Json(json!({ "plan": plan })).into_response(),
        Err(error) => failed(&error),
    })
    .await
}

async fn rollback(State(it): Shared, Query(who): Query<Who>) -> Response {
    let by = who.by.unwrap_or_else(|| SOMEBODY.to_owned());
    aside(move || match it.plans.rollback(who.to, &by) {
        Ok((plan, of)) => Json(json!({ "plan": plan, "of": of })).into_response(),
        Err(error) => failed(&error),
    })
    .await
}

async fn kept(State(it): Shared) -> Json<Value> {
    let running = it.plans.status().number;
    let kept = it.plans.kept().into_iter().map(|past| {
        json!({
            "plan": past.number,
            "digest": past.blueprint.digest(),
            "at_ms": past.at_ms,
            "by": past.by,
            "current": past.number == running,
        })
    });
    Json(kept.collect())
}

fn failed(error: &PlanError) -> Response {
    let status = match error {
        PlanError::NotLoaded { .. } | PlanError::NoPast { .. } => StatusCode::NOT_FOUND,
        PlanError::Configured(_) => StatusCode::CONFLICT,
        PlanError::Keep(_) => StatusCode::INTERNAL_SERVER_ERROR,
        PlanError::Blueprint(_)
        | PlanError::Activate(_)
        | PlanError::Smoke(_)
        | PlanError::TooMany { .. } => StatusCode::UNPROCESSABLE_ENTITY,
    };
    refused(status, error.to_string())
}

fn refused(status: StatusCode, error: String) -> Response {
    (status, Json(json!({ "error": error }))).into_response()
}

/// An object, from what a person typed.
fn object(text: &str) -> Result<Value, String> {
    match serde_json::from_str(text) {
        Ok(object @ Value::Object(_)) => Ok(object),
        Ok(other) => Err(format!(
            "found {other}; expected an object like {{\"key\": 1}}"
        )),
        Err(error) => Err(format!("{error}; expected an object like {{\"key\": 1}}")),
    }
}
