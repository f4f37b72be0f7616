//! One conversation with a registry: who we are, and the few requests that it takes.
//!
//! Tokens and uploads are the client crate's. What is read is read here, because that crate takes
//! an answer whole, however long it is, before anybody may look at it.

use bytes::Bytes;
use oci_client::RegistryOperation;
use oci_client::client::{Client, ClientConfig, ClientProtocol};
use oci_client::errors::OciDistributionError;
use oci_client::secrets::RegistryAuth;
use reqwest::header::{ACCEPT, HeaderValue};

use crate::artifact;
use crate::client::{Limits, Settings};
use crate::credentials::{Login, Tried};
use crate::digest::Digest;
use crate::error::{RegistryError, bytes, seconds};
use crate::reference::Reference;

mod answer;

const USER_AGENT: &str = concat!("switchyard/", env!("CARGO_PKG_VERSION"));
/// What other registries and clients limit manifests to.
const MAX_MANIFEST_BYTES: u64 = 4 * 1024 * 1024;

/// What a conversation is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Reading.
    Pull,
    /// Writing.
    Push,
}

impl Access {
    /// As an error tells it.
    pub(crate) fn asked(self, reference: &Reference) -> String {
        let verb = match self {
            Self::Pull => "pull",
            Self::Push => "push",
        };
        format!("{verb} {reference}")
    }

    fn operation(self) -> RegistryOperation {
        match self {
            Self::Pull => RegistryOperation::Pull,
            Self::Push => RegistryOperation::Push,
        }
    }
}

/// A manifest as it came.
#[derive(Debug)]
pub(crate) struct Manifest {
    pub(crate) bytes: Vec<u8>,
    pub(crate) digest: Digest,
}

/// How to show who we are.
enum Pass {
    Nothing,
    Basic(String, String),
    Bearer(String),
}

/// A conversation.
pub(crate) struct Session {
    reference: Reference,
    access: Access,
    tried: Tried,
    scheme: &'static str,
    limits: Limits,
    uploads: Client,
    http: reqwest::Client,
    pass: Pass,
}

impl Session {
    /// Begins it: a registry that wants a token is asked for one.
    pub(crate) async fn open(
        settings: &Settings,
        reference: &Reference,
        access: Access,
        login: Login,
        tried: Tried,
    ) -> Result<Self, RegistryError> {
        // The process may have chosen one before, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let plain = settings.plain_http || is_loopback(reference.registry());
        let limits = settings.limits;
        let failed = |reason: &dyn std::fmt::Display| RegistryError::Client(reason.to_string());
        let uploads = Client::try_from(ClientConfig {
            protocol: if plain {
                ClientProtocol::Http
            } else {
                ClientProtocol::Https
            },
            connect_timeout: Some(limits.connect),
            read_timeout: Some(limits.silence),
            user_agent: USER_AGENT,
            ..ClientConfig::default()
        })
        .map_err(|error| failed(&error))?;
        let http = reqwest::Client::builder()
            .connect_timeout(limits.connect)
            .read_timeout(limits.silence)
            .user_agent(USER_AGENT)
            .build()
            .map_err(|error| failed(&error))?;
        let mut session = Self {
            reference: reference.clone(),
            access,
            tried,
            scheme: if plain { "http" } else { "https" },
            limits,
            uploads,
            http,
            pass: Pass::Nothing,
        };
        session.pass = session.introduce(login).await?;
        Ok(session)
    }

    async fn introduce(&self, login: Login) -> Result<Pass, RegistryError> {
        let auth = match &login {
            Login::Nobody => RegistryAuth::Anonymous,
            Login::User { name, password } => RegistryAuth::Basic(name.clone(), password.clone()),
            Login::Token(token) => RegistryAuth::Bearer(token.clone()),
        };
        let token = self
            .uploads
            .auth(&self.reference.for_client(), &auth, self.access.operation())
            .await
            .map_err(|error| self.failed(&self.access.asked(&self.reference), error))?;
        Ok(match (token, login) {
            (Some(token), _) => Pass::Bearer(token),
            (None, Login::User { name, password }) => Pass::Basic(name, password),
            (None, _) => Pass::Nothing,
        })
    }

    /// The manifest of a tag or a digest, none if there is none.
    pub(crate) async fn find_manifest(
        &self,
        reference: &Reference,
    ) -> Result<Option<Manifest>, RegistryError> {
        match self.manifest(reference).await {
            Ok(manifest) => Ok(Some(manifest)),
            Err(RegistryError::Unknown { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The manifest of a tag or a digest. If it is a digest, the bytes have that digest.
    pub(crate) async fn manifest(&self, reference: &Reference) -> Result<Manifest, RegistryError> {
        let what = reference.to_string();
        let path = format!("manifests/{}", reference.version());
        let accept = artifact::MANIFEST_TYPES.join(", ");
        let bytes = self.get(&what, &path, &accept, MAX_MANIFEST_BYTES).await?;
        let digest = Digest::of(&bytes);
        if let Some(expected) = reference.digest() {
            self.same(&format!("the manifest of {reference}"), &digest, expected)?;
        }
        Ok(Manifest { bytes, digest })
    }

    /// A blob of at most `limit` bytes; they have the digest asked for.
    pub(crate) async fn blob(
        &self,
        what: &str,
        digest: &Digest,
        limit: u64,
    ) -> Result<Vec<u8>, RegistryError> {
        let path = format!("blobs/{digest}");
        let bytes = self.get(what, &path, "*/*", limit).await?;
        self.same(what, &Digest::of(&bytes), digest)?;
        Ok(bytes)
    }

    /// Puts bytes there, unless they are.
    pub(crate) async fn put_blob(&self, bytes: Vec<u8>) -> Result<Digest, RegistryError> {
        let digest = Digest::of(&bytes);
        let (reference, what) = (self.reference.for_client(), self.asked());
        let failed = |error| self.failed(&what, error);
        let there = self
            .uploads
            .blob_exists(&reference, digest.as_str())
            .await
            .map_err(failed)?;
        if !there {
            self.uploads
                .push_blob(&reference, Bytes::from(bytes), digest.as_str())
                .await
                .map_err(failed)?;
        }
        Ok(digest)
    }

    /// Puts a manifest under a tag.
    pub(crate) async fn put_manifest(
        &self,
        reference: &Reference,
        manifest: Vec<u8>,
    ) -> Result<Digest, RegistryError> {
        let digest = Digest::of(&manifest);
        let kind = HeaderValue::from_static(oci_client::manifest::OCI_IMAGE_MEDIA_TYPE);
        self.uploads
            .push_manifest_raw(&reference.for_client(), manifest, kind)
            .await
            .map_err(|error| self.failed(&self.asked(), error))?;
        Ok(digest)
    }

    /// What this conversation is for, as an error tells it.
    fn asked(&self) -> String {
        self.access.asked(&self.reference)
    }

    async fn get(
        &self,
        what: &str,
        path: &str,
        accept: &str,
        limit: u64,
    ) -> Result<Vec<u8>, RegistryError> {
        let (registry, name) = (self.reference.registry(), self.reference.repository());
        let url = format!("{}://{registry}/v2/{name}/{path}", self.scheme);
        let request = self.http.get(url).header(ACCEPT, accept);
        let request = match &self.pass {
            Pass::Nothing => request,
            Pass::Basic(name, password) => request.basic_auth(name, Some(password)),
            Pass::Bearer(token) => request.bearer_auth(token),
        };
        let transport = |error| self.transport(&self.asked(), error);
        let mut answer = request.send().await.map_err(transport)?;
        let status = answer.status().as_u16();
        if status != 200 {
            let said = answer::first_words(&mut answer).await;
            return Err(self.answered(what, status, &said));
        }
        let too_large = |found: String| RegistryError::TooLarge {
            what: what.to_owned(),
            found,
            limit,
        };
        if let Some(announced) = answer.content_length().filter(|length| *length > limit) {
            return Err(too_large(bytes(announced)));
        }
        let mut body = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(transport)? {
            body.extend_from_slice(&chunk);
            if body.len() as u64 > limit {
                return Err(too_large(format!("more than {}", bytes(limit))));
            }
        }
        Ok(body)
    }

    fn same(&self, what: &str, found: &Digest, expected: &Digest) -> Result<(), RegistryError> {
        if found == expected {
            return Ok(());
        }
        Err(RegistryError::OtherDigest {
            registry: self.reference.registry().to_owned(),
            what: what.to_owned(),
            found: found.clone(),
            expected: expected.clone(),
        })
    }

    /// What an answer other than 200 means.
    fn answered(&self, what: &str, status: u16, said: &str) -> RegistryError {
        let registry = self.reference.registry().to_owned();
        let found = answer::told(&format!("HTTP {status}"), said);
        match status {
            401 | 403 => self.refused(found),
            404 => RegistryError::Unknown {
                registry,
                what: what.to_owned(),
                found,
                reference: Box::new(self.reference.clone()),
            },
            _ => RegistryError::Odd {
                registry,
                what: self.asked(),
                found,
            },
        }
    }

    fn refused(&self, found: String) -> RegistryError {
        RegistryError::Refused {
            registry: self.reference.registry().to_owned(),
            what: self.asked(),
            found,
            tried: Box::new(self.tried.clone()),
        }
    }

    /// What a failure below HTTP means.
    fn transport(&self, what: &str, error: reqwest::Error) -> RegistryError {
        let registry = self.reference.registry().to_owned();
        let no_connection = |reason| RegistryError::NoConnection {
            registry: registry.clone(),
            scheme: self.scheme,
            reason,
        };
        match (error.is_connect(), error.is_timeout()) {
            (true, true) => no_connection(format!("nothing in {}", seconds(self.limits.connect))),
            (true, false) => no_connection(answer::root(&error)),
            (false, true) => RegistryError::Silent {
                registry,
                what: what.to_owned(),
                limit: self.limits.silence,
            },
            (false, false) => match error.status() {
                Some(status) => self.answered(what, status.as_u16(), ""),
                None => RegistryError::Odd {
                    registry,
                    what: what.to_owned(),
                    found: answer::root(&error),
                },
            },
        }
    }

    /// What an error of the client crate means.
    fn failed(&self, what: &str, error: OciDistributionError) -> RegistryError {
        match error {
            OciDistributionError::RequestError(error) => self.transport(what, error),
            OciDistributionError::UnauthorizedError { .. } => self.answered(what, 401, ""),
            OciDistributionError::AuthenticationFailure(said) => {
                self.refused(answer::told("its token service gives no token", &said))
            }
            OciDistributionError::ServerError { code, message, .. } => {
                self.answered(what, code, &message)
            }
            other => RegistryError::Odd {
                registry: self.reference.registry().to_owned(),
                what: what.to_owned(),
                found: other.to_string(),
            },
        }
    }
}

/// Whether a registry is on this machine, where nobody listens in between.
fn is_loopback(registry: &str) -> bool {
    let host = registry.rsplit_once(':').map_or(registry, |(host, _)| host);
    host == "localhost"
        || host.ends_with(".localhost")
        || host
            .parse::<std::net::Ipv4Addr>()
            .is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_spoken_to_in_plain_http() {
        for here in [
            "localhost",
            "localhost:5000",
            "127.0.0.1",
            "127.1.2.3:80",
            "a.localhost:1",
        ] {
            assert!(is_loopback(here), "{here}");
        }
        for there in [
            "registry.example",
            "10.0.0.1:5000",
            "127.0.0.1.registry.example",
            "localhost.registry.example:5000",
        ] {
            assert!(!is_loopback(there), "{there}");
        }
    }
}
