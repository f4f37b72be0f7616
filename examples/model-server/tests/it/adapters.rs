//! LoRA adapters as models.

use serde_json::json;

use crate::client::{ask, complete, server};

#[test]
fn adapters_are_models_and_come_and_go() {
    let server = server(&[
        "--served-model-name",
        "a",
        "b",
        "--lora-modules",
        "sql=/loras/sql",
    ]);
    let names = || {
        let models = ask(&server, "GET", "/v1/models", "").json();
        let data = models["data"].as_array().unwrap().clone();
        data.iter()
            .map(|model| model["id"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    assert_eq!(names(), ["a", "b", "sql"]);
    for (model, status) in [
        ("a", 200),
        ("b", 200),
        ("sql", 200),
        ("m", 404),
        ("new", 404),
    ] {
        let answer = complete(&server, &json!({"model": model, "prompt": "x"}));
        assert_eq!(answer.status, status, "{model}");
        if status == 200 {
            assert_eq!(answer.json()["model"], model);
        }
    }
    assert_eq!(
        ask(
            &server,
            "POST",
            "/v1/load_lora_adapter",
            r#"{"lora_name":"new","lora_path":"/x"}"#
        )
        .status,
        200
    );
    assert_eq!(
        ask(
            &server,
            "POST",
            "/v1/load_lora_adapter",
            r#"{"lora_name":"new","lora_path":"/x"}"#
        )
        .status,
        400
    );
    assert_eq!(names(), ["a", "b", "sql", "new"]);
    assert_eq!(
        ask(
            &server,
            "POST",
            "/v1/unload_lora_adapter",
            r#"{"lora_name":"sql"}"#
        )
        .status,
        200
    );
    assert_eq!(
        ask(
            &server,
            "POST",
            "/v1/unload_lora_adapter",
            r#"{"lora_name":"sql"}"#
        )
        .status,
        404
    );
    assert_eq!(names(), ["a", "b", "new"]);
}
