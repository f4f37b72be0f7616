//! A plugin as an OCI artifact: one layer `application/wasm`, and a small configuration.
//!
//! The form is the one of the Wasm working group, so that other tools of that world can fetch our
//! plugins, and we theirs.

use std::collections::BTreeMap;

use oci_client::manifest::{OCI_IMAGE_MEDIA_TYPE, OciDescriptor, OciImageManifest};
use serde::Serialize;

use crate::digest::Digest;
use crate::error::{RegistryError, bytes};
use crate::reference::Reference;

/// What we understand as a manifest. An index is asked for too, to be able to say that it is none.
pub(crate) const MANIFEST_TYPES: [&str; 2] = [
    OCI_IMAGE_MEDIA_TYPE,
    oci_client::manifest::OCI_IMAGE_INDEX_MEDIA_TYPE,
];
/// The media type of a component.
pub(crate) const LAYER: &str = "application/wasm";
const CONFIG_TYPE: &str = "application/vnd.wasm.config.v0+json";
const ONE_LAYER: &str = "one layer `application/wasm`";

/// The largest component that is pushed or pulled.
pub const MAX_COMPONENT_BYTES: u64 = 64 * 1024 * 1024;

/// What a plugin says of itself; it becomes the artifact's annotations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct About {
    /// Its name: `org.opencontainers.image.title`.
    pub name: Option<String>,
    /// Its version: `org.opencontainers.image.version`.
    pub version: Option<String>,
    /// What it does, in one line: `org.opencontainers.image.description`.
    pub summary: Option<String>,
    /// Full names of the interfaces it imports.
    pub imports: Vec<String>,
    /// Full names of the interfaces it exports.
    pub exports: Vec<String>,
}

/// The configuration, whose fields have one order in every build.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    /// Demanded by the form. A real time would give every push another digest.
    created: &'a str,
    architecture: &'a str,
    os: &'a str,
    layer_digests: [&'a str; 1],
    component: Interfaces<'a>,
}

#[derive(Serialize)]
struct Interfaces<'a> {
    exports: &'a [String],
    imports: &'a [String],
}

/// Everything that is put into a registry for a plugin.
#[derive(Debug)]
pub(crate) struct Artifact {
    pub(crate) config: Vec<u8>,
    pub(crate) manifest: Vec<u8>,
}

impl Artifact {
    /// The same component always makes the same artifact, so pushing it twice changes nothing, and a
    /// signature of the first stays good.
    pub(crate) fn new(component: &[u8], about: &About) -> Self {
        let layer = descriptor(LAYER, component);
        let config = Config {
            created: "1970-01-01T00:00:00Z",
            architecture: "wasm",
            os: "wasip2",
            layer_digests: [&layer.digest],
            component: Interfaces {
                exports: &about.exports,
                imports: &about.imports,
            },
        };
        let config = serde_json::to_vec(&config).expect("texts are JSON");
        let manifest = OciImageManifest {
            media_type: Some(OCI_IMAGE_MEDIA_TYPE.to_owned()),
            config: descriptor(CONFIG_TYPE, &config),
            layers: vec![layer],
            annotations: Some(annotations(about)),
            ..OciImageManifest::default()
        };
        Self {
            config,
            manifest: to_bytes(&manifest),
        }
    }
}

/// What a manifest says of a blob.
pub(crate) fn descriptor(media_type: &str, bytes: &[u8]) -> OciDescriptor {
    OciDescriptor {
        media_type: media_type.to_owned(),
        digest: Digest::of(bytes).to_string(),
        // No blob of ours is near this.
        size: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
        ..OciDescriptor::default()
    }
}

/// A manifest as it is stored.
pub(crate) fn to_bytes(manifest: &OciImageManifest) -> Vec<u8> {
    serde_json::to_vec(manifest).expect("maps with text keys and numbers are JSON")
}

fn annotations(about: &About) -> BTreeMap<String, String> {
    [
        ("title", &about.name),
        ("version", &about.version),
        ("description", &about.summary),
    ]
    .into_iter()
    .filter_map(|(key, value)| {
        let value = value.clone()?;
        Some((format!("org.opencontainers.image.{key}"), value))
    })
    .collect()
}

/// The component of a manifest: its digest, and what the manifest says beside it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Layer {
    pub(crate) digest: Digest,
    pub(crate) annotations: BTreeMap<String, String>,
}

/// Finds the one layer that a plugin has.
pub(crate) fn layer(reference: &Reference, manifest: &[u8]) -> Result<Layer, RegistryError> {
    let no_plugin = |found: String| RegistryError::NotAPlugin {
        reference: Box::new(reference.clone()),
        found,
        expected: ONE_LAYER,
    };
    let manifest: OciImageManifest = serde_json::from_slice(manifest)
        .map_err(|error| no_plugin(format!("its manifest is none of an artifact ({error})")))?;
    let [layer] = manifest.layers.as_slice() else {
        let count = manifest.layers.len();
        return Err(no_plugin(format!("it has {count} layers")));
    };
    if layer.media_type != LAYER {
        return Err(no_plugin(format!("its layer is `{}`", layer.media_type)));
    }
    let size = u64::try_from(layer.size).unwrap_or_default();
    if size > MAX_COMPONENT_BYTES {
        return Err(too_large(reference, size));
    }
    let digest = layer
        .digest
        .parse()
        .map_err(|error| no_plugin(format!("of its layer, {error}")))?;
    Ok(Layer {
        digest,
        annotations: manifest.annotations.unwrap_or_default(),
    })
}

/// A component that nobody takes.
pub(crate) fn too_large(reference: &Reference, size: u64) -> RegistryError {
    RegistryError::TooLarge {
        what: format!("the component of {reference}"),
        found: bytes(size),
        limit: MAX_COMPONENT_BYTES,
    }
}

#[cfg(test)]
mod tests;
