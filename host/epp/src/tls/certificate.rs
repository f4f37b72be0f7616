//! A certificate chain with its key: read from files or made.

use std::path::{Path, PathBuf};

use rustls::crypto::ring;
use rustls::sign::CertifiedKey;
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};

/// A certificate that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// A file cannot be read.
    #[error("cannot read {}: {error}; --cert-path is a folder with tls.crt and tls.key, or a PEM file", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: std::io::Error,
    },
    /// A file has no such thing in it.
    #[error("{} holds no {what} in PEM: {error}", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// A certificate or a private key.
        what: &'static str,
        /// Why not.
        error: pem::Error,
    },
    /// Certificate and key are no pair, or of a kind that is not supported.
    #[error("the certificate in {} and the key in {} do not work: {error}; are they a pair?", cert.display(), key.display())]
    Pair {
        /// The certificate's file.
        cert: PathBuf,
        /// The key's file.
        key: PathBuf,
        /// Why not.
        error: rustls::Error,
    },
    /// None could be made.
    #[error("cannot make a self-signed certificate: {0}; name one with --cert-path")]
    Make(#[from] rcgen::Error),
    /// The TLS library refuses it.
    #[error("TLS cannot be set up: {0}")]
    Unusable(rustls::Error),
    /// The files cannot be watched.
    #[error("cannot watch {} for new certificates: {error}; leave out --enable-cert-reload to go on without", path.display())]
    Watch {
        /// The folder.
        path: PathBuf,
        /// Why not.
        error: notify::Error,
    },
}

/// Where a certificate and its key are.
#[derive(Debug, Clone)]
pub(super) struct Files {
    cert: PathBuf,
    key: PathBuf,
}

/// What the files held at one moment.
#[derive(PartialEq, Eq)]
pub(super) struct Contents {
    cert: Vec<u8>,
    key: Vec<u8>,
}

impl Files {
    pub(super) fn at(path: &Path) -> Self {
        if path.is_dir() {
            return Self {
                cert: path.join("tls.crt"),
                key: path.join("tls.key"),
            };
        }
        let beside = path.with_extension("key");
        let key = if beside.exists() {
            beside
        } else {
            path.to_owned()
        };
        Self {
            cert: path.to_owned(),
            key,
        }
    }

    /// The folder to watch: renames and symlink swaps show there, and not at the files.
    pub(super) fn folder(&self) -> &Path {
        match self.cert.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        }
    }

    pub(super) fn read(&self) -> Result<Contents, CertificateError> {
        let read = |path: &PathBuf| {
            std::fs::read(path).map_err(|error| CertificateError::Read {
                path: path.clone(),
                error,
            })
        };
        Ok(Contents {
            cert: read(&self.cert)?,
            key: read(&self.key)?,
        })
    }

    pub(super) fn parse(&self, contents: &Contents) -> Result<CertifiedKey, CertificateError> {
        let bad = |path: &PathBuf, what, error| CertificateError::Pem {
            path: path.clone(),
            what,
            error,
        };
        let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(&contents.cert)
            .collect::<Result<_, _>>()
            .map_err(|error| bad(&self.cert, "certificate", error))?;
        if chain.is_empty() {
            return Err(bad(&self.cert, "certificate", pem::Error::NoItemsFound));
        }
        let key = PrivateKeyDer::from_pem_slice(&contents.key)
            .map_err(|error| bad(&self.key, "private key", error))?;
        CertifiedKey::from_der(chain, key, &ring::default_provider()).map_err(|error| {
            CertificateError::Pair {
                cert: self.cert.clone(),
                key: self.key.clone(),
                error,
            }
        })
    }
}

/// A certificate of this process, which proves nothing but encrypts.
pub(super) fn self_signed() -> Result<CertifiedKey, CertificateError> {
    let made =
        rcgen::generate_simple_self_signed(vec!["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    let key = PrivateKeyDer::try_from(made.signing_key.serialize_der())
        .map_err(|error| CertificateError::Unusable(rustls::Error::General(error.to_owned())))?;
    CertifiedKey::from_der(
        vec![made.cert.der().clone()],
        key,
        &ring::default_provider(),
    )
    .map_err(CertificateError::Unusable)
}
