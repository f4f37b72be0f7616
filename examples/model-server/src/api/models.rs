//! The models: served names, and adapters that come and go.

use hyper::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::lora::LoraModule;
use crate::reply::{self, Reply};

use super::error::ApiError;

/// `/v1/models`.
pub(super) fn list(app: &App) -> Reply {
    let base = app.options.base_names().next().unwrap_or_default();
    let max_len = app.options.max_model_len;
    let served = app
        .options
        .base_names()
        .map(|name| card(app, name, &app.options.model, None, Some(max_len)));
    let loras = app.loras();
    let adapters = loras
        .iter()
        .map(|module| card(app, &module.name, &module.path, Some(base), None));
    let data: Vec<Value> = served.chain(adapters).collect();
    reply::json(StatusCode::OK, &json!({"object": "list", "data": data}))
}

fn card(app: &App, name: &str, root: &str, parent: Option<&str>, max_len: Option<usize>) -> Value {
    json!({
        "id": name,
        "object": "model",
        "created": app.started_unix,
        "owned_by": "vllm",
        "root": root,
        "parent": parent,
        "max_model_len": max_len,
        "permission": [{
            "id": format!("modelperm-{name}"),
            "object": "model_permission",
            "created": app.started_unix,
            "allow_create_engine": false,
            "allow_sampling": true,
            "allow_logprobs": true,
            "allow_search_indices": false,
            "allow_view": true,
            "allow_fine_tuning": false,
            "organization": "*",
            "group": null,
            "is_blocking": false,
        }],
    })
}

/// `/v1/load_lora_adapter`.
pub(super) fn load(app: &App, body: &[u8]) -> Result<Reply, ApiError> {
    let module: LoraModule =
        serde_json::from_slice(body).map_err(|error| ApiError::json(body, error))?;
    let name = module.name.clone();
    if !app.load_lora(module) {
        let message = format!("The name `{name}` is taken; unload it first or choose another.");
        return Err(ApiError::Lora {
            message,
            status: StatusCode::BAD_REQUEST,
        });
    }
    Ok(reply::whole(
        StatusCode::OK,
        "text/plain",
        format!("Loaded the LoRA adapter '{name}'."),
    ))
}

/// `/v1/unload_lora_adapter`.
pub(super) fn unload(app: &App, body: &[u8]) -> Result<Reply, ApiError> {
    #[derive(Deserialize)]
    struct Name {
        lora_name: String,
    }

    let Name { lora_name: name } =
        serde_json::from_slice(body).map_err(|error| ApiError::json(body, error))?;
    if !app.unload_lora(&name) {
        let message = format!("There is no LoRA adapter `{name}`.");
        return Err(ApiError::Lora {
            message,
            status: StatusCode::NOT_FOUND,
        });
    }
    Ok(reply::whole(
        StatusCode::OK,
        "text/plain",
        format!("Removed the LoRA adapter '{name}'."),
    ))
}
