//! Whom scraping trusts over TLS. Model servers mostly carry certificates of their own making, so the
//! default takes any, as the system we replace does.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};

/// How model servers are reached over TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScrapeTrust {
    /// Take any certificate.
    pub insecure_skip_verify: bool,
    /// Certificates to trust (PEM); none: those of the system.
    pub ca_cert: Option<PathBuf>,
    /// A client certificate and its key (PEM).
    pub client: Option<(PathBuf, PathBuf)>,
}

impl Default for ScrapeTrust {
    fn default() -> Self {
        Self {
            insecure_skip_verify: true,
            ca_cert: None,
            client: None,
        }
    }
}

/// Certificates for scraping that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// A file that is not there or not PEM.
    #[error("cannot read {} for scraping over TLS: {error}; it must be a PEM file", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: rustls_pki_types::pem::Error,
    },
    /// The system has no certificates.
    #[error(
        "the system has no root certificates to check model servers against: name a file with caCertPath, or set insecureSkipVerify"
    )]
    NoRoots,
    /// rustls refuses them.
    #[error("the certificates for scraping over TLS do not work: {0}")]
    Rustls(#[from] rustls::Error),
}

impl ScrapeTrust {
    /// Reads everything it names.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn check(&self) -> Result<(), TrustError> {
        self.config().map(drop)
    }

    pub(super) fn config(&self) -> Result<Arc<ClientConfig>, TrustError> {
        let provider = Arc::new(ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()?;
        let builder = if self.insecure_skip_verify {
            builder
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
        } else {
            builder.with_root_certificates(self.roots()?)
        };
        let config = match &self.client {
            None => builder.with_no_client_auth(),
            Some((cert, key)) => {
                let chain = certificates(cert)?;
                let key = PrivateKeyDer::from_pem_file(key).map_err(|error| TrustError::Read {
                    path: key.clone(),
                    error,
                })?;
                builder.with_client_auth_cert(chain, key)?
            }
        };
        Ok(Arc::new(config))
    }

    fn roots(&self) -> Result<RootCertStore, TrustError> {
        let mut roots = RootCertStore::empty();
        match &self.ca_cert {
            Some(path) => {
                for certificate in certificates(path)? {
                    roots.add(certificate)?;
                }
            }
            None => {
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
            }
        }
        if roots.is_empty() {
            Err(TrustError::NoRoots)
        } else {
            Ok(roots)
        }
    }
}

fn certificates(path: &PathBuf) -> Result<Vec<CertificateDer<'static>>, TrustError> {
    let read = CertificateDer::pem_file_iter(path).and_then(Iterator::collect);
    read.map_err(|error| TrustError::Read {
        path: path.clone(),
        error,
    })
}

/// Takes any certificate, but still checks that the peer holds its key.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            cert,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            cert,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
