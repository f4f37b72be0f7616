//! Pushing and pulling.

use std::collections::BTreeMap;

use crate::artifact::{self, About, Artifact, MAX_COMPONENT_BYTES};
use crate::client::Registry;
use crate::digest::Digest;
use crate::error::RegistryError;
use crate::reference::Reference;
use crate::session::Access;

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
        self.talk(reference, Access::Push, async |session| {
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
        self.talk(reference, Access::Pull, async |session| {
            let manifest = session.manifest(reference).await?;
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
        })
    }

    /// The digest that a tag means at this moment.
    pub fn resolve(&self, reference: &Reference) -> Result<Digest, RegistryError> {
        self.talk(reference, Access::Pull, async |session| {
            Ok(session.manifest(reference).await?.digest)
        })
    }
}
