//! Real handshakes over real sockets.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::version::TLS12;
use rustls::{ClientConfig, DigitallySignedStruct, ProtocolVersion, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::*;

#[derive(Debug)]
struct Anyone;

impl ServerCertVerifier for Anyone {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        ring::default_provider()
            .signature_verification_algorithms
            .supported_schemes()
    }
}

/// Echoes whatever comes, connection by connection.
async fn echo(tls: ServerTls) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = tls.acceptor();
            tokio::spawn(async move {
                let Ok(mut stream) = acceptor.accept(stream).await else {
                    return;
                };
                let mut byte = [0];
                while stream.read_exact(&mut byte).await.is_ok() {
                    let _ = stream.write_all(&byte).await;
                }
            });
        }
    });
    address
}

async fn connect(
    address: SocketAddr,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> std::io::Result<TlsStream<TcpStream>> {
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(Anyone))
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec()];
    let stream = TcpStream::connect(address).await?;
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

/// The certificate a new connection gets.
async fn certificate(address: SocketAddr) -> Vec<u8> {
    let stream = connect(address, &[&TLS13]).await.unwrap();
    stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
}

/// The certificate, once it is another than `old`.
async fn changed(address: SocketAddr, old: &[u8]) -> Vec<u8> {
    for _ in 0..500 {
        let found = certificate(address).await;
        if found != old {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the new certificate was never taken");
}

struct Pair {
    cert: String,
    key: String,
    der: Vec<u8>,
}

fn pair() -> Pair {
    let made = rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    Pair {
        cert: made.cert.pem(),
        key: made.signing_key.serialize_pem(),
        der: made.cert.der().to_vec(),
    }
}

fn write(folder: &Path, pair: &Pair) {
    std::fs::write(folder.join("tls.crt"), &pair.cert).unwrap();
    std::fs::write(folder.join("tls.key"), &pair.key).unwrap();
}

fn watched(folder: &Path) -> TlsOptions {
    TlsOptions {
        cert_path: Some(folder.to_owned()),
        reload: true,
        oldest: OldestTls::default(),
    }
}

async fn still_works(stream: &mut TlsStream<TcpStream>) {
    stream.write_all(b"x").await.unwrap();
    let mut byte = [0];
    stream.read_exact(&mut byte).await.unwrap();
    assert_eq!(&byte, b"x");
}

#[tokio::test]
async fn a_rotation_leaves_open_connections_alone() {
    let folder = TempDir::new().unwrap();
    let (first, second, third) = (pair(), pair(), pair());
    write(folder.path(), &first);
    let address = echo(ServerTls::start(&watched(folder.path())).unwrap()).await;
    let mut open = connect(address, &[&TLS13]).await.unwrap();
    assert_eq!(open.get_ref().1.alpn_protocol(), Some(b"h2".as_slice()));
    assert_eq!(certificate(address).await, first.der);
    write(folder.path(), &second);
    assert_eq!(changed(address, &first.der).await, second.der);
    still_works(&mut open).await;
    let staged = folder.path().join("new");
    std::fs::create_dir(&staged).unwrap();
    write(&staged, &third);
    for name in ["tls.crt", "tls.key"] {
        std::fs::rename(staged.join(name), folder.path().join(name)).unwrap();
    }
    assert_eq!(
        changed(address, &second.der).await,
        third.der,
        "renamed over the old"
    );
    still_works(&mut open).await;
}

#[tokio::test]
async fn a_symlink_swap_is_seen() {
    let folder = TempDir::new().unwrap();
    let (first, second) = (pair(), pair());
    let at = |name: &str| folder.path().join(name);
    for (name, pair) in [("..1", &first), ("..2", &second)] {
        std::fs::create_dir(at(name)).unwrap();
        write(&at(name), pair);
    }
    std::os::unix::fs::symlink("..1", at("..data")).unwrap();
    for name in ["tls.crt", "tls.key"] {
        std::os::unix::fs::symlink(Path::new("..data").join(name), at(name)).unwrap();
    }
    let address = echo(ServerTls::start(&watched(folder.path())).unwrap()).await;
    assert_eq!(certificate(address).await, first.der);
    std::os::unix::fs::symlink("..2", at("..tmp")).unwrap();
    std::fs::rename(at("..tmp"), at("..data")).unwrap();
    assert_eq!(changed(address, &first.der).await, second.der);
}

#[tokio::test]
async fn a_half_written_key_keeps_the_old_certificate() {
    let folder = TempDir::new().unwrap();
    let (first, second) = (pair(), pair());
    write(folder.path(), &first);
    let tls = ServerTls::looking_every(&watched(folder.path()), Duration::from_millis(20)).unwrap();
    let address = echo(tls).await;
    let half = Pair {
        key: second.key[..second.key.len() / 2].to_owned(),
        ..pair()
    };
    let other = Pair {
        key: pair().key,
        ..pair()
    };
    for broken in [half, other] {
        write(folder.path(), &broken);
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(certificate(address).await, first.der, "the old one stays");
    }
    std::fs::remove_file(folder.path().join("tls.key")).unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(certificate(address).await, first.der, "without a key, too");
    write(folder.path(), &second);
    assert_eq!(
        changed(address, &first.der).await,
        second.der,
        "and then the whole one counts"
    );
}

#[tokio::test]
async fn without_files_a_certificate_is_made() {
    let address = echo(ServerTls::start(&TlsOptions::default()).unwrap()).await;
    let mut open = connect(address, &[&TLS12]).await.unwrap();
    still_works(&mut open).await;
}

#[tokio::test]
async fn older_tls_is_refused_where_asked() {
    for (oldest, works) in [
        ("1.2", true),
        ("VersionTLS12", true),
        ("1.3", false),
        ("VersionTLS13", false),
    ] {
        let options = TlsOptions {
            oldest: oldest.parse().unwrap(),
            ..TlsOptions::default()
        };
        let address = echo(ServerTls::start(&options).unwrap()).await;
        assert_eq!(
            connect(address, &[&TLS12]).await.is_ok(),
            works,
            "TLS 1.2 with oldest {oldest}"
        );
        let new = connect(address, &[&TLS13]).await.unwrap();
        assert_eq!(
            new.get_ref().1.protocol_version(),
            Some(ProtocolVersion::TLSv1_3)
        );
    }
    // Whoever allows older ones allows 1.2.
    assert_eq!("VersionTLS10".parse(), Ok(OldestTls::Tls12));
    let error = "0.9".parse::<OldestTls>().unwrap_err().to_string();
    assert!(
        error.starts_with("`0.9` is no TLS version that is spoken here"),
        "{error}"
    );
}

/// A name and what is in it.
type File<'a> = (&'a str, &'a str);

#[test]
fn pem_files_work_too_and_mistakes_are_named() {
    let folder = TempDir::new().unwrap();
    let good = pair();
    let both = format!("{}{}", good.cert, good.key);
    let mixed = format!("{}{}", good.cert, pair().key);
    let rows: [(&str, &[File<'_>], Option<&str>); 6] = [
        ("both.pem", &[("both.pem", &both)], None),
        (
            "site.crt",
            &[("site.crt", &good.cert), ("site.key", &good.key)],
            None,
        ),
        ("none.pem", &[], Some("cannot read")),
        (
            "empty.pem",
            &[("empty.pem", "")],
            Some("holds no certificate in PEM"),
        ),
        (
            "keyless.pem",
            &[("keyless.pem", &good.cert)],
            Some("holds no private key in PEM"),
        ),
        (
            "mixed.pem",
            &[("mixed.pem", &mixed)],
            Some("are they a pair?"),
        ),
    ];
    for (path, files, expected) in rows {
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let files = Files::at(&folder.path().join(path));
        let loaded = files.read().and_then(|contents| files.parse(&contents));
        match (loaded, expected) {
            (Ok(_), None) => {}
            (Err(error), Some(expected)) => {
                let error = error.to_string();
                assert!(
                    error.contains(expected) && error.contains(path),
                    "{path}: {error}"
                );
            }
            (loaded, expected) => {
                panic!("{path}: works: {}, expected {expected:?}", loaded.is_ok())
            }
        }
    }
}
