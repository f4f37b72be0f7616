//! Where a plugin lies: `registry.example/team/plugin:0.1.0`, or with `@sha256:…` for exactly these bytes.
//!
//! Nothing is filled in. A name without a registry would go to a public one, and a name without a
//! version means another plugin tomorrow; both are asked for instead.

use std::fmt;
use std::str::FromStr;

use crate::digest::{Digest, NoDigest};

/// A plugin's place in a registry.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    registry: String,
    repository: String,
    tag: Option<String>,
    digest: Option<Digest>,
}

/// A text that names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReferenceError {
    /// Its first part is no host.
    #[error(
        "`{0}` names no registry, expected the registry's host before the name, such as registry.example/team/plugin:0.1.0 or 127.0.0.1:5000/plugin:0.1.0"
    )]
    NoRegistry(String),
    /// Neither tag nor digest.
    #[error(
        "`{0}` names no version, expected a tag at its end, such as `:0.1.0`, or a digest, such as `@sha256:…`"
    )]
    NoVersion(String),
    /// A digest of a wrong form.
    #[error("`{text}`: {source}")]
    Digest {
        /// The whole text.
        text: String,
        /// What is wrong with the digest.
        source: NoDigest,
    },
    /// Anything else.
    #[error(
        "`{text}`: {reason}, expected HOST[:PORT]/NAME:TAG or HOST[:PORT]/NAME@sha256:…, the name in lower case"
    )]
    Form {
        /// The whole text.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
}

impl Reference {
    /// The registry's host, with its port where one was given.
    pub fn registry(&self) -> &str {
        &self.registry
    }

    /// The name within the registry.
    pub fn repository(&self) -> &str {
        &self.repository
    }

    /// The tag, where one was given.
    pub fn tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// The digest, where one was given. It counts before the tag.
    pub fn digest(&self) -> Option<&Digest> {
        self.digest.as_ref()
    }

    /// The same name with a digest and no tag: from now on, these bytes.
    pub fn at(&self, digest: &Digest) -> Self {
        Self {
            tag: None,
            digest: Some(digest.clone()),
            ..self.clone()
        }
    }

    /// The same name with another tag and no digest.
    pub(crate) fn tagged(&self, tag: &str) -> Self {
        Self {
            tag: Some(tag.to_owned()),
            digest: None,
            ..self.clone()
        }
    }

    /// What is asked for: the digest, else the tag.
    pub(crate) fn version(&self) -> &str {
        match (&self.digest, &self.tag) {
            (Some(digest), _) => digest.as_str(),
            (None, tag) => tag.as_deref().unwrap_or_default(),
        }
    }

    /// As the client of registries has it.
    pub(crate) fn for_client(&self) -> oci_client::Reference {
        let (registry, repository) = (self.registry.clone(), self.repository.clone());
        match &self.digest {
            Some(digest) => {
                oci_client::Reference::with_digest(registry, repository, digest.to_string())
            }
            None => {
                let tag = self.tag.clone().unwrap_or_default();
                oci_client::Reference::with_tag(registry, repository, tag)
            }
        }
    }
}

impl FromStr for Reference {
    type Err = ReferenceError;

    fn from_str(text: &str) -> Result<Self, ReferenceError> {
        let (name, digest) = match text.split_once('@') {
            Some((name, digest)) => {
                let digest = digest.parse().map_err(|source| ReferenceError::Digest {
                    text: text.to_owned(),
                    source,
                })?;
                (name, Some(digest))
            }
            None => (text, None),
        };
        let host = name.split_once('/').map_or("", |(host, _)| host);
        if !(host.contains(['.', ':']) || host == "localhost") {
            return Err(ReferenceError::NoRegistry(text.to_owned()));
        }
        let parsed =
            oci_client::Reference::try_from(name).map_err(|error| ReferenceError::Form {
                text: text.to_owned(),
                reason: error.to_string(),
            })?;
        // The client fills in `latest`, so the text itself says whether there was a tag.
        let last = name.rsplit('/').next().unwrap_or_default();
        let tag = last.contains(':').then(|| parsed.tag()).flatten();
        if tag.is_none() && digest.is_none() {
            return Err(ReferenceError::NoVersion(text.to_owned()));
        }
        Ok(Self {
            registry: host.to_owned(),
            repository: parsed.repository().to_owned(),
            tag: tag.map(str::to_owned),
            digest,
        })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.registry, self.repository)?;
        if let Some(tag) = &self.tag {
            write!(f, ":{tag}")?;
        }
        if let Some(digest) = &self.digest {
            write!(f, "@{digest}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DIGEST: &str = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    fn check(text: &str, registry: &str, repository: &str, version: &str) {
        let reference: Reference = text.parse().unwrap();
        assert_eq!(reference.registry(), registry, "{text}");
        assert_eq!(reference.repository(), repository, "{text}");
        assert_eq!(reference.version(), version, "{text}");
        assert_eq!(reference.to_string(), text);
    }

    #[test]
    fn host_name_and_version_are_told_apart() {
        check(
            "registry.example/team/fair:0.1.0",
            "registry.example",
            "team/fair",
            "0.1.0",
        );
        check("127.0.0.1:5000/fair:1", "127.0.0.1:5000", "fair", "1");
        check("localhost/fair:1", "localhost", "fair", "1");
        let exact = format!("registry.example/fair@{DIGEST}");
        check(&exact, "registry.example", "fair", DIGEST);
        let both = format!("registry.example:5000/fair:1@{DIGEST}");
        check(&both, "registry.example:5000", "fair", DIGEST);
    }

    #[test]
    fn a_digest_takes_the_place_of_a_tag() {
        let reference: Reference = "registry.example/fair:1".parse().unwrap();
        let digest = DIGEST.parse().unwrap();
        let exact = reference.at(&digest);
        assert_eq!(exact.to_string(), format!("registry.example/fair@{DIGEST}"));
        assert_eq!(exact.tagged("2").to_string(), "registry.example/fair:2");
    }

    fn check_error(text: &str, expected: &str) {
        let error = text.parse::<Reference>().unwrap_err().to_string();
        assert!(error.contains(expected), "{text}: {error}");
        assert!(error.contains(&format!("`{text}`")), "{text}: {error}");
    }

    #[test]
    fn what_is_missing_is_said() {
        check_error("fair:1", "names no registry");
        check_error("team/fair:1", "names no registry");
        check_error("", "names no registry");
        check_error("registry.example/fair", "names no version");
        check_error("127.0.0.1:5000/fair", "names no version");
        check_error("registry.example/Fair:1", "name in lower case");
        check_error("registry.example/fair:", "expected HOST");
        check_error("registry.example/fair@sha256:12", "is no digest");
    }
}
