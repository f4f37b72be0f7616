//! Putting signatures into a registry, and demanding them.

use std::collections::BTreeMap;
use std::slice::from_ref;

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
        "{reference} has no signature of {}, expected one; found {}; check that {} of those who signed it, or sign it: switchyard plugin sign --key cosign.key {reference}",
        one_of(keys),
        listed(found),
        if keys.len() == 1 { "this is the public key" } else { "one of these is the public key" }
    )]
    NotByTheseKeys {
        /// The plugin, by its digest.
        reference: Box<Reference>,
        /// The keys' fingerprints.
        keys: Vec<String>,
        /// What is wrong with each signature.
        found: Vec<Flaw>,
    },
}

fn one_of(keys: &[String]) -> String {
    match keys {
        [key] => format!("the key {key}"),
        keys => format!("any of the keys {}", keys.join(", ")),
    }
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

/// Whose signature a plugin has.
#[derive(Debug, PartialEq, Eq)]
pub struct Verified<'k> {
    /// What is signed.
    pub digest: Digest,
    /// The key that signed it.
    pub key: &'k PublicKey,
}

impl Registry {
    /// Signs what a reference means at this moment.
    ///
    /// Signatures by others are kept. Of two who sign at the same instant one may lose, as a
    /// registry cannot add to a tag; `verify` tells.
    pub fn sign(&self, reference: &Reference, key: &PrivateKey) -> Result<SignedPlugin, SignError> {
        let public = key.public();
        let budget = self.budget();
        let examine = async |session: &Session| -> Result<_, RegistryError> {
            let digest = session.manifest(reference).await?.digest;
            let examined = examine(session, reference, &digest, from_ref(&public)).await?;
            Ok((digest, examined))
        };
        let (digest, examined) = self.talk(budget, reference, Access::Pull, examine)?;
        let exact = reference.at(&digest);
        if examined.signer.is_ok() {
            let (reference, new) = (exact, false);
            return Ok(SignedPlugin { reference, new });
        }
        let signed = signature::sign(reference, &digest, key)?;
        let mut manifest = examined.manifest.unwrap_or_default();
        let (config, payload) = (add(&mut manifest, &signed), signed.payload);
        let lies = reference.tagged(&signature::tag(&digest));
        let put = async |session: &Session| -> Result<_, RegistryError> {
            session.put_blob(payload).await?;
            session.put_blob(config).await?;
            session.put_manifest(&lies, to_bytes(&manifest)).await
        };
        self.talk(budget, &lies, Access::Push, put)?;
        let (reference, new) = (exact, true);
        Ok(SignedPlugin { reference, new })
    }

    /// Demands that the owner of one of `keys` signed what a reference means at this moment.
    ///
    /// What is then to be used must be pulled by the digest that is answered, since a tag may mean something else by
    /// then; [`pull_signed`](Self::pull_signed) does both.
    pub fn verify<'k>(
        &self,
        reference: &Reference,
        keys: &'k [PublicKey],
    ) -> Result<Verified<'k>, VerifyError> {
        self.talk(self.budget(), reference, Access::Pull, async |session| {
            let digest = match reference.digest() {
                Some(digest) => digest.clone(),
                None => session.manifest(reference).await?.digest,
            };
            let key = demand(session, reference, &digest, keys).await?;
            Ok(Verified { digest, key })
        })
    }
}

/// Demands that the owner of one of `keys` signed the plugin with this digest; answers which.
pub(crate) async fn demand<'k>(
    session: &Session,
    reference: &Reference,
    digest: &Digest,
    keys: &'k [PublicKey],
) -> Result<&'k PublicKey, VerifyError> {
    let examined = examine(session, reference, digest, keys).await?;
    examined.signer.map_err(|found| {
        let reference = Box::new(reference.at(digest));
        if found.is_empty() {
            let tag = signature::tag(digest);
            return VerifyError::Unsigned { reference, tag };
        }
        VerifyError::NotByTheseKeys {
            reference,
            keys: keys.iter().map(PublicKey::fingerprint).collect(),
            found,
        }
    })
}

/// What lies under the tag for signatures.
struct Examined<'k> {
    manifest: Option<OciImageManifest>,
    /// The key that made one of them, else what is wrong with each.
    signer: Result<&'k PublicKey, Vec<Flaw>>,
}

/// Looks at the signatures of a digest until one is good.
async fn examine<'k>(
    session: &Session,
    reference: &Reference,
    digest: &Digest,
    keys: &'k [PublicKey],
) -> Result<Examined<'k>, RegistryError> {
    let lies = reference.tagged(&signature::tag(digest));
    let Some(found) = session.find_manifest(&lies).await? else {
        return Ok(Examined {
            manifest: None,
            signer: Err(Vec::new()),
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
        match signature::check(&payload, text.map(String::as_str), digest, keys) {
            Ok(key) => {
                let (manifest, signer) = (Some(manifest), Ok(key));
                return Ok(Examined { manifest, signer });
            }
            Err(flaw) => flaws.push(flaw),
        }
    }
    Ok(Examined {
        manifest: Some(manifest),
        signer: Err(flaws),
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
