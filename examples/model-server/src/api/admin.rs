//! Steering a running server: its settings and its fake metrics.

use hyper::StatusCode;
use serde_json::{Map, Value};

use crate::app::App;
use crate::reply::{self, Reply};

use super::error::ApiError;

/// `GET /admin/config`: the settings that may change, as they are.
pub(super) fn show(app: &App) -> Reply {
    reply::json(StatusCode::OK, &**app.engine.live.load())
}

/// `POST /admin/config`: changes some settings, all or none.
pub(super) fn patch(app: &App, body: &[u8]) -> Result<Reply, ApiError> {
    let patch = object(body)?;
    let live = app.engine.live.load().patched(&patch)?;
    app.engine.live.store(live.into());
    // There may be more slots now.
    app.engine.wake();
    Ok(show(app))
}

/// `POST /fake_metrics`: merges into the fake metrics; `null` brings the true ones back.
pub(super) fn fake(app: &App, body: &[u8]) -> Result<Reply, ApiError> {
    let fakes: Option<Map<String, Value>> =
        serde_json::from_slice(body).map_err(|error| ApiError::json(body, error))?;
    let mut patch = Map::new();
    patch.insert(
        "fake-metrics".to_owned(),
        fakes.map_or(Value::Null, Value::Object),
    );
    let live = app.engine.live.load().patched(&patch)?;
    app.engine.live.store(live.into());
    Ok(show(app))
}

fn object(body: &[u8]) -> Result<Map<String, Value>, ApiError> {
    serde_json::from_slice(body).map_err(|error| ApiError::json(body, error))
}
