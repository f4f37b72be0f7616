//! What is signed, in cosign's "simple signing" form: a small JSON document that names the digest of
//! a manifest. Its signature stands beside it, in an annotation.
//!
//! Signatures of one manifest lie under one tag made of its digest, so that nothing but the digest
//! is needed to find them, and copying a plugin's repository copies them too.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::key::{KeyError, PrivateKey, PublicKey};
use crate::reference::Reference;

/// The media type of the signed document.
pub(crate) const PAYLOAD: &str = "application/vnd.dev.cosign.simplesigning.v1+json";
/// The annotation of its layer that holds the signature, in base64.
pub(crate) const SIGNATURE: &str = "dev.cosignproject.cosign/signature";
/// What the document says it is.
const KIND: &str = "cosign container image signature";

/// A signed document with its signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Signed {
    /// The document's bytes, which are what is signed.
    pub(crate) payload: Vec<u8>,
    /// In base64.
    pub(crate) signature: String,
}

/// Why a signature does not count.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// It is not there, though the document is.
    #[error("its layer has no annotation {SIGNATURE}")]
    NoSignature,
    /// It is not base64.
    #[error("it is no base64")]
    NotBase64,
    /// Another key, or changed bytes.
    #[error("it was made with another key")]
    OtherKey,
    /// The key is right and the document is not what it should be.
    #[error("the signed document cannot be read: {0}")]
    Payload(String),
    /// The document is for something else.
    #[error("the signed document is a `{0}`, expected a `{KIND}`")]
    OtherKind(String),
    /// A good signature, moved here from another plugin.
    #[error("it signs {0}")]
    OtherDigest(String),
}

#[derive(Serialize, Deserialize)]
struct Payload {
    critical: Critical,
    /// What whoever signs wants to add. It does not count here.
    #[serde(default)]
    optional: Option<serde_json::Value>,
}

#[derive(Serialize, Deserialize)]
struct Critical {
    identity: Identity,
    image: Image,
    r#type: String,
}

#[derive(Serialize, Deserialize)]
struct Identity {
    #[serde(rename = "docker-reference")]
    name: String,
}

#[derive(Serialize, Deserialize)]
struct Image {
    #[serde(rename = "docker-manifest-digest")]
    digest: String,
}

/// The tag under which the signatures of a manifest lie.
pub(crate) fn tag(digest: &Digest) -> String {
    format!("sha256-{}.sig", digest.hex())
}

/// Signs that this digest is meant.
pub(crate) fn sign(
    reference: &Reference,
    digest: &Digest,
    key: &PrivateKey,
) -> Result<Signed, KeyError> {
    let name = format!("{}/{}", reference.registry(), reference.repository());
    let payload = Payload {
        critical: Critical {
            identity: Identity { name },
            image: Image {
                digest: digest.to_string(),
            },
            r#type: KIND.to_owned(),
        },
        optional: None,
    };
    let payload = serde_json::to_vec(&payload).expect("texts are JSON");
    let signature = STANDARD.encode(key.sign(&payload)?);
    Ok(Signed { payload, signature })
}

/// Which of these keys signed that this digest is meant.
///
/// The name in the document does not count: what is signed are bytes, wherever they were copied.
pub(crate) fn check<'k>(
    payload: &[u8],
    signature: Option<&str>,
    digest: &Digest,
    keys: &'k [PublicKey],
) -> Result<&'k PublicKey, Flaw> {
    let signature = signature.ok_or(Flaw::NoSignature)?;
    let signature = STANDARD.decode(signature).map_err(|_| Flaw::NotBase64)?;
    // Before anything of the document is read.
    let signed = |key: &&PublicKey| key.signed(payload, &signature);
    let key = keys.iter().find(signed).ok_or(Flaw::OtherKey)?;
    let payload: Payload =
        serde_json::from_slice(payload).map_err(|error| Flaw::Payload(error.to_string()))?;
    let Critical { image, r#type, .. } = payload.critical;
    if r#type != KIND {
        return Err(Flaw::OtherKind(r#type));
    }
    if image.digest != digest.as_str() {
        return Err(Flaw::OtherDigest(image.digest));
    }
    Ok(key)
}

#[cfg(test)]
mod tests;
