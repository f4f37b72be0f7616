use expect_test::expect;

use super::*;

const COMPONENT: &[u8] = b"\0asm\x0d\0\x01\0";

fn about() -> About {
    About {
        name: Some("fair".to_owned()),
        version: Some("0.1.0".to_owned()),
        summary: Some("Shares among tenants".to_owned()),
        imports: vec!["switchyard:plugin/log@0.1.0".to_owned()],
        exports: vec!["switchyard:plugin/scorer@0.1.0".to_owned()],
    }
}

fn reference() -> Reference {
    "registry.example/fair:1".parse().unwrap()
}

fn pretty(json: &[u8]) -> String {
    let value: serde_json::Value = serde_json::from_slice(json).unwrap();
    serde_json::to_string_pretty(&value).unwrap()
}

#[test]
fn an_artifact_is_in_the_form_of_the_wasm_working_group() {
    let Artifact { config, manifest } = Artifact::new(COMPONENT, &about());
    expect![[r#"
        {
          "architecture": "wasm",
          "component": {
            "exports": [
              "switchyard:plugin/scorer@0.1.0"
            ],
            "imports": [
              "switchyard:plugin/log@0.1.0"
            ]
          },
          "created": "1970-01-01T00:00:00Z",
          "layerDigests": [
            "sha256:24eaf3439a60c96764c4f2c92a0a81b52bd4fe5d5b91f090184a0f6486b1bf29"
          ],
          "os": "wasip2"
        }"#]]
    .assert_eq(&pretty(&config));
    expect![[r#"
        {
          "annotations": {
            "org.opencontainers.image.description": "Shares among tenants",
            "org.opencontainers.image.title": "fair",
            "org.opencontainers.image.version": "0.1.0"
          },
          "config": {
            "digest": "sha256:7c125733f49f68c5b80bb1d9106cde1013866d626af7221d289d8b51b9f14edb",
            "mediaType": "application/vnd.wasm.config.v0+json",
            "size": 262
          },
          "layers": [
            {
              "digest": "sha256:24eaf3439a60c96764c4f2c92a0a81b52bd4fe5d5b91f090184a0f6486b1bf29",
              "mediaType": "application/wasm",
              "size": 8
            }
          ],
          "mediaType": "application/vnd.oci.image.manifest.v1+json",
          "schemaVersion": 2
        }"#]]
    .assert_eq(&pretty(&manifest));
}

#[test]
fn the_same_component_makes_the_same_artifact() {
    let manifest = || Artifact::new(COMPONENT, &about()).manifest;
    assert_eq!(manifest(), manifest());
    assert_ne!(
        manifest(),
        Artifact::new(COMPONENT, &About::default()).manifest
    );
}

#[test]
fn its_layer_is_found_again() {
    let artifact = Artifact::new(COMPONENT, &about());
    let found = layer(&reference(), &artifact.manifest).unwrap();
    assert_eq!(found.digest, Digest::of(COMPONENT));
    assert_eq!(
        found.annotations["org.opencontainers.image.version"],
        "0.1.0"
    );
}

/// What is said of the manifest of an artifact after this change.
fn check(change: impl FnOnce(&mut OciImageManifest), expected: &str) {
    let artifact = Artifact::new(COMPONENT, &about());
    let mut manifest = serde_json::from_slice(&artifact.manifest).unwrap();
    change(&mut manifest);
    let error = layer(&reference(), &to_bytes(&manifest))
        .unwrap_err()
        .to_string();
    assert!(error.contains(expected), "{error}");
    assert!(error.contains("registry.example/fair:1"), "{error}");
}

#[test]
fn what_is_no_plugin_is_named() {
    check(
        |manifest| {
            manifest.layers[0].media_type = "application/vnd.oci.image.layer.v1.tar".to_owned()
        },
        "is no plugin: its layer is `application/vnd.oci.image.layer.v1.tar`, expected one layer `application/wasm`",
    );
    check(
        |manifest| manifest.layers.clear(),
        "is no plugin: it has 0 layers",
    );
    check(
        |manifest| manifest.layers.push(descriptor(LAYER, b"")),
        "is no plugin: it has 2 layers",
    );
    check(
        |manifest| manifest.layers[0].digest = "sha256:../../x".to_owned(),
        "of its layer, `sha256:../../x` is no digest",
    );
    check(
        |manifest| manifest.layers[0].size = 64 * 1024 * 1024 + 1,
        "the component of registry.example/fair:1 is too large: 67108865 bytes, expected at most 64 MiB",
    );
    // An index of several images.
    let index = br#"{"schemaVersion": 2, "manifests": []}"#;
    let error = layer(&reference(), index).unwrap_err().to_string();
    assert!(
        error.contains("its manifest is none of an artifact (missing field"),
        "{error}"
    );
}
