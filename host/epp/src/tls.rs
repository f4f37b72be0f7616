//! TLS of the ext_proc port: a certificate from files, watched where asked for, or one made at start.
//!
//! A new certificate counts for new connections; streams that are open keep theirs, because a rotation
//! must never cost a request.

mod certificate;
mod reload;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use rustls::crypto::ring;
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use rustls::version::TLS13;
use rustls::{ServerConfig, SupportedProtocolVersion};
use tokio_rustls::TlsAcceptor;

pub use certificate::CertificateError;
use certificate::Files;
use reload::Watch;

/// Where no event tells of a change (some network file systems), files are looked at this often.
const LOOK_EVERY: Duration = Duration::from_secs(10);

const NEW_ONLY: &[&SupportedProtocolVersion] = &[&TLS13];

/// The oldest TLS that is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub enum OldestTls {
    #[default]
    Tls12,
    Tls13,
}

impl std::str::FromStr for OldestTls {
    type Err = UnknownTls;

    /// `1.2` and `VersionTLS12` are the same, `1.3` and `VersionTLS13` too. Older ones are not spoken any
    /// more: whoever allows them allows 1.2.
    fn from_str(text: &str) -> Result<Self, UnknownTls> {
        match text {
            "1.0" | "1.1" | "1.2" | "VersionTLS10" | "VersionTLS11" | "VersionTLS12" => {
                Ok(Self::Tls12)
            }
            "1.3" | "VersionTLS13" => Ok(Self::Tls13),
            _ => Err(UnknownTls(text.to_owned())),
        }
    }
}

/// A TLS version that is not spoken here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no TLS version that is spoken here; write 1.2 (or VersionTLS12) or 1.3 (or VersionTLS13)"
)]
pub struct UnknownTls(String);

/// Which certificate, and how.
#[derive(Debug, Clone, Default)]
pub struct TlsOptions {
    /// A folder with `tls.crt` and `tls.key`, or a PEM file with the certificates whose key is in the
    /// same file or beside it with the extension `key`. `None`: a certificate made at start.
    pub cert_path: Option<PathBuf>,
    /// Take new certificates from there as they come.
    pub reload: bool,
    /// The oldest TLS that is spoken.
    pub oldest: OldestTls,
}

/// TLS of a listener. Clones share the certificate.
#[derive(Clone)]
pub struct ServerTls {
    acceptor: TlsAcceptor,
    /// Watches as long as somebody may accept.
    _watch: Option<Arc<Watch>>,
}

impl ServerTls {
    /// Reads or makes the certificate.
    pub fn start(options: &TlsOptions) -> Result<Self, CertificateError> {
        Self::looking_every(options, LOOK_EVERY)
    }

    fn looking_every(options: &TlsOptions, period: Duration) -> Result<Self, CertificateError> {
        let files = options.cert_path.as_deref().map(Files::at);
        let read = files.map(|files| files.read().map(|contents| (files, contents)));
        let read = read.transpose()?;
        let key = match &read {
            Some((files, contents)) => files.parse(contents)?,
            None => certificate::self_signed()?,
        };
        let current = Arc::new(Current(ArcSwap::from_pointee(key)));
        let watch = read
            .filter(|_| options.reload)
            .map(|(files, contents)| Watch::start(files, contents, current.clone(), period));
        let versions = match options.oldest {
            OldestTls::Tls12 => rustls::ALL_VERSIONS,
            OldestTls::Tls13 => NEW_ONLY,
        };
        let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_protocol_versions(versions)
            .map_err(CertificateError::Unusable)?
            .with_no_client_auth()
            .with_cert_resolver(current);
        config.alpn_protocols = vec![b"h2".to_vec()];
        Ok(Self {
            acceptor: TlsAcceptor::from(Arc::new(config)),
            _watch: watch.transpose()?.map(Arc::new),
        })
    }

    /// Accepts connections with the certificate of the moment.
    pub fn acceptor(&self) -> TlsAcceptor {
        self.acceptor.clone()
    }
}

/// The certificate of the moment.
#[derive(Debug)]
struct Current(ArcSwap<CertifiedKey>);

impl ResolvesServerCert for Current {
    fn resolve(&self, _client: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.0.load_full())
    }
}
