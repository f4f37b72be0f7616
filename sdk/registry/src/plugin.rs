//! Pushing and pulling.

use std::collections::BTreeMap;

use crate::artifact::{self, About, Artifact, MAX_COMPONENT_BYTES};
use crate::client::Registry;
use crate::digest::Digest;
use crate::error::RegistryError;
use crate::key::PublicKey;
use crate::reference::Reference;
use crate::session::{Access, Manifest, Session};
use crate::signing::{self, VerifyError};

/// A plugin that was pulled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pulled {
    /// The component.
    pub component: Vec<u8>,
    /// The digest to ask for the same one again. It is the manifest's, which names the component's.
    pub digest: Digest,
    /// What whoever pushed it said of it, such as `org.opencontainers.image.version`.
    pub annotations: BTreeMap<String, String>,
}

impl Registry {
    /// Puts a component into a registry, and returns the digest to pull it by.
    pub fn push(
        &self,
        reference: &Reference,
        component: &[u8],
        about: &About,
    ) -> Result<Digest, RegistryError> {
        if reference.digest().is_some() {
            return Err(RegistryError::PushToDigest(Box::new(reference.clone())));
        }
        let size = component.len() as u64;
        if size > MAX_COMPONENT_BYTES {
            return Err(artifact::too_large(reference, size));
        }
        let Artifact { config, manifest } = Artifact::new(component, about);
        self.talk(self.budget(), reference, Access::Push, async |session| {
            session.put_blob(component.to_vec()).await?;
            session.put_blob(config).await?;
            session.put_manifest(reference, manifest).await
        })
    }

    /// Fetches a component.
    ///
    /// With a digest in the reference, exactly that one comes or an error. Without, what the tag
    /// means at this moment; its digest comes along.
    pub fn pull(&self, reference: &Reference) -> Result<Pulled, RegistryError> {
        self.talk(self.budget(), reference, Access::Pull, async |session| {
            let manifest = session.manifest(reference).await?;
            component(session, reference, manifest).await
        })
    }

    /// Fetches a component that the owner of one of `keys` signed, and says which key.
    ///
    /// It is one conversation, so all of it happens within one [`whole`](crate::Limits::whole). The signatures are
    /// looked at before the component is fetched, and are of the very digest that comes, whatever the tag means by then.
    pub fn pull_signed<'k>(
        &self,
        reference: &Reference,
        keys: &'k [PublicKey],
    ) -> Result<(Pulled, &'k PublicKey), VerifyError> {
        self.talk(self.budget(), reference, Access::Pull, async |session| {
            let manifest = session.manifest(reference).await?;
            let key = signing::demand(session, reference, &manifest.digest, keys).await?;
            Ok((component(session, reference, manifest).await?, key))
        })
    }
}

/// Fetches what a manifest names.
async fn component(
    session: &Session,
    reference: &Reference,
    manifest: Manifest,
) -> Result<Pulled, RegistryError> {
    let layer = artifact::layer(reference, &manifest.bytes)?;
    let what = format!("the component of {reference}");
    let component = session
        .blob(&what, &layer.digest, MAX_COMPONENT_BYTES)
        .await?;
    Ok(Pulled {
        component,
        digest: manifest.digest,
        annotations: layer.annotations,
    })
}
