//! Putting signatures into a registry, and demanding them.

use std::collections::BTreeMap;

use oci_client::manifest::{IMAGE_CONFIG_MEDIA_TYPE, OCI_IMAGE_MEDIA_TYPE, OciImageManifest};
use serde_json::json;

use crate::artifact::{descriptor, to_bytes};
use crate::client::Registry;
use crate::digest::{Digest, NoDigest};
use crate::error::RegistryError;
use crate::key::{KeyError, PrivateKey, PublicKey};
use crate::reference::Reference;
use crate::session::{Access, Session};
use crate::signature::{self, Flaw, Signed};

/// A signed document has a few hundred bytes.
const MAX_PAYLOAD_BYTES: u64 = 64 * 1024;
/// Each is fetched to be looked at, so somebody who may push could hold us for long.
const MAX_SIGNATURES: usize = 100;

/// Why a plugin cannot be signed.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// Why a plugin does not count as signed.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The registry.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// Nobody signed it.
    #[error(
        "{reference} has no signature, expected one under the tag {tag}; sign it: switchyard plugin sign --key cosign.key {reference}"
    )]
    Unsigned {
        /// The plugin, by its digest.
        reference: Box<Reference>,
        /// Where signatures would lie.
        tag: String,
    },
    /// Somebody signed something.
    #[error(
        "{reference} has no signature of the key {key}, expected one; found {}; check that this is the public key of those who signed it, or sign it: switchyard plugin sign --key cosign.key {reference}",
        listed(found)
    )]
    NotByThisKey {
        /// The plugin, by its digest.
        reference: Box<Reference>,
        /// The key's fingerprint.
        key: String,
        /// What is wrong with each signature.
        found: Vec<Flaw>,
    },
}

fn listed(found: &[Flaw]) -> String {
    found
        .iter()
        .enumerate()
        .map(|(index, flaw)| format!("signature {}: {flaw}", index + 1))
        .collect::<Vec<_>>()
        .join("; ")
}

/// What became of signing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedPlugin {
    /// What was signed, by its digest.
    pub reference: Reference,
    /// False: this key had signed it before, and nothing was changed.
    pub new: bool,
}

impl Registry {
    /// Signs what a reference means at this moment.
    ///
    /// Signatures by others are kept. Of two who sign at the same instant one may lose, as a
    /// registry cannot add to a tag; `verify` tells.
    pub fn sign(&self, reference: &Reference, key: &PrivateKey) -> Result<SignedPlugin, SignError> {
        let public = key.public();
        let (digest, examined) = self.talk(reference, Access::Pull, async |session| {
            let digest = session.manifest(reference).await?.digest;
            let examined = examine(session, reference, &digest, &public).await?;
            Ok((digest, examined))
        })?;
        let exact = reference.at(&digest);
        if examined.verdict == Verdict::Good {
            let (reference, new) = (exact, false);
            return Ok(SignedPlugin { reference, new });
        }
        let signed = signature::sign(reference, &digest, key)?;
        let mut manifest = examined.manifest.unwrap_or_default();
        let (config, payload) = (add(&mut manifest, &signed), signed.payload);
        let lies = reference.tagged(&signature::tag(&digest));
        self.talk(&lies, Access::Push, async |session| {
            session.put_blob(payload).await?;
            session.put_blob(config).await?;
            session.put_manifest(&lies, to_bytes(&manifest)).await
        })?;
        let (reference, new) = (exact, true);
        Ok(SignedPlugin { reference, new })
    }

    /// Demands that the owner of `key` signed the plugin with this digest.
    ///
    /// Only registry and name of `reference` count. What is then to be used must be pulled by this
    /// digest, since a tag may mean something else by then.
    pub fn verify(
        &self,
        reference: &Reference,
        digest: &Digest,
        key: &PublicKey,
    ) -> Result<(), VerifyError> {
        let exact = reference.at(digest);
        let examined = self.talk(&exact, Access::Pull, async |session| {
            examine(session, reference, digest, key).await
        })?;
        let reference = Box::new(exact);
        match examined.verdict {
            Verdict::Good => Ok(()),
            Verdict::Flawed(found) if found.is_empty() => {
                let tag = signature::tag(digest);
                Err(VerifyError::Unsigned { reference, tag })
            }
            Verdict::Flawed(found) => Err(VerifyError::NotByThisKey {
                reference,
                key: key.fingerprint(),
                found,
            }),
        }
    }
}

/// What lies under the tag for signatures.
struct Examined {
    manifest: Option<OciImageManifest>,
    verdict: Verdict,
}

#[derive(Debug, PartialEq, Eq)]
enum Verdict {
    /// One of them is of the key.
    Good,
    /// None is, for these reasons.
    Flawed(Vec<Flaw>),
}

/// Looks at the signatures of a digest until one is good.
async fn examine(
    session: &Session,
    reference: &Reference,
    digest: &Digest,
    key: &PublicKey,
) -> Result<Examined, RegistryError> {
    let lies = reference.tagged(&signature::tag(digest));
    let Some(found) = session.find_manifest(&lies).await? else {
        return Ok(Examined {
            manifest: None,
            verdict: Verdict::Flawed(Vec::new()),
        });
    };
    let odd = |found: String| RegistryError::NoSignatures {
        reference: Box::new(lies.clone()),
        found,
    };
    let manifest: OciImageManifest = serde_json::from_slice(&found.bytes)
        .map_err(|error| odd(format!("its manifest is none of an artifact ({error})")))?;
    let documents = || {
        manifest
            .layers
            .iter()
            .filter(|layer| layer.media_type == signature::PAYLOAD)
    };
    let count = documents().count();
    if count > MAX_SIGNATURES {
        return Err(odd(format!(
            "{count} of them, at most {MAX_SIGNATURES} are looked at"
        )));
    }
    let mut flaws = Vec::new();
    for layer in documents() {
        let named = layer.digest.parse();
        let named = named.map_err(|error: NoDigest| odd(format!("of a layer, {error}")))?;
        let what = format!("a signature of {}", reference.at(digest));
        let payload = session.blob(&what, &named, MAX_PAYLOAD_BYTES).await?;
        let annotations = layer.annotations.as_ref();
        let text = annotations.and_then(|all| all.get(signature::SIGNATURE));
        match signature::check(&payload, text.map(String::as_str), digest, key) {
            Ok(()) => {
                let verdict = Verdict::Good;
                let manifest = Some(manifest);
                return Ok(Examined { manifest, verdict });
            }
            Err(flaw) => flaws.push(flaw),
        }
    }
    Ok(Examined {
        manifest: Some(manifest),
        verdict: Verdict::Flawed(flaws),
    })
}

/// Adds a signature to those there are; returns the configuration that the manifest now names.
fn add(manifest: &mut OciImageManifest, signed: &Signed) -> Vec<u8> {
    let mut layer = descriptor(signature::PAYLOAD, &signed.payload);
    let annotation = (signature::SIGNATURE.to_owned(), signed.signature.clone());
    layer.annotations = Some(BTreeMap::from([annotation]));
    manifest.layers.push(layer);
    // Readers of images want one entry for each layer.
    let digests: Vec<_> = manifest.layers.iter().map(|layer| &layer.digest).collect();
    let config = json!({
        "architecture": "",
        "os": "",
        "config": {},
        "rootfs": {"type": "layers", "diff_ids": digests},
    })
    .to_string()
    .into_bytes();
    manifest.media_type = Some(OCI_IMAGE_MEDIA_TYPE.to_owned());
    manifest.config = descriptor(IMAGE_CONFIG_MEDIA_TYPE, &config);
    config
}
