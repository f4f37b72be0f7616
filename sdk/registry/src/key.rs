//! Key pairs for signatures: ECDSA on P-256, in the files that cosign writes and reads.
//!
//! A pair of `cosign generate-key-pair` works here, and one made here works in cosign.

mod sealed;

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use pem::{EncodeConfig, LineEnding, Pem};
use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair,
    UnparsedPublicKey,
};
use sha2::{Digest as _, Sha256};

const PUBLIC: &str = "PUBLIC KEY";
const PRIVATE: &str = "ENCRYPTED SIGSTORE PRIVATE KEY";
/// What cosign wrote before version 2.
const PRIVATE_BEFORE: &str = "ENCRYPTED COSIGN PRIVATE KEY";

/// What stands before the point in the DER form of a public key: "elliptic curve, P-256, 66 bytes
/// follow, no bit unused".
const P256: [u8; 26] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a,
    0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00,
];
/// A point: its kind and two coordinates.
const POINT_BYTES: usize = 65;
/// Both coordinates in full.
const UNCOMPRESSED: u8 = 4;

/// Why a text is no usable key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It is not PEM.
    #[error(
        "there is no key in PEM form ({0}), expected a line `-----BEGIN {PUBLIC}-----` or `-----BEGIN {PRIVATE}-----`"
    )]
    Pem(String),
    /// It is something else in PEM.
    #[error(
        "this is a `{found}`, expected `{expected}`; `switchyard plugin keygen` or `cosign generate-key-pair` makes a pair"
    )]
    Other {
        /// What the PEM says it is.
        found: String,
        /// What was wanted.
        expected: &'static str,
    },
    /// A key of another kind.
    #[error(
        "this public key is not ECDSA on P-256, the only kind used here; `switchyard plugin keygen` or `cosign generate-key-pair` makes a pair"
    )]
    NotP256,
    /// The inside of an encrypted key is not as agreed.
    #[error("the encrypted key is broken: {0}; take it from its backup, or make a new pair")]
    Broken(String),
    /// It does not open.
    #[error(
        "the password does not open the key, or the key was changed; check the password (COSIGN_PASSWORD)"
    )]
    Password,
    /// The system gives no random numbers.
    #[error("the system has no random numbers to give; try again")]
    NoRandomness,
}

/// Says which signatures are ours.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey {
    point: [u8; POINT_BYTES],
}

impl PublicKey {
    /// Of the text of a file such as `cosign.pub`.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        let der = contents(text, &[PUBLIC])?;
        let point = der.strip_prefix(&P256).ok_or(KeyError::NotP256)?;
        match <[u8; POINT_BYTES]>::try_from(point) {
            Ok(point) if point[0] == UNCOMPRESSED => Ok(Self { point }),
            _ => Err(KeyError::NotP256),
        }
    }

    /// The text for a file such as `cosign.pub`.
    pub fn to_pem(&self) -> String {
        encode(PUBLIC, self.der())
    }

    /// A short name for people to compare, as `ssh-keygen -l` has it.
    pub fn fingerprint(&self) -> String {
        format!(
            "SHA256:{}",
            STANDARD_NO_PAD.encode(Sha256::digest(self.der()))
        )
    }

    /// Whether the private key of this one signed these bytes.
    pub(crate) fn signed(&self, bytes: &[u8], signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &self.point)
            .verify(bytes, signature)
            .is_ok()
    }

    fn der(&self) -> Vec<u8> {
        [&P256[..], &self.point].concat()
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.fingerprint())
    }
}

/// Signs.
pub struct PrivateKey {
    pair: EcdsaKeyPair,
    pkcs8: Vec<u8>,
}

impl PrivateKey {
    /// A new one.
    pub fn generate() -> Result<Self, KeyError> {
        let document =
            EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &SystemRandom::new())
                .map_err(|_| KeyError::NoRandomness)?;
        Self::from_pkcs8(document.as_ref().to_vec())
    }

    /// Of the text of a file such as `cosign.key`.
    pub fn from_pem(text: &str, password: &str) -> Result<Self, KeyError> {
        let sealed = contents(text, &[PRIVATE, PRIVATE_BEFORE])?;
        Self::from_pkcs8(sealed::open(&sealed, password.as_bytes())?)
    }

    /// The text for a file such as `cosign.key`, which only this password opens.
    pub fn to_pem(&self, password: &str) -> Result<String, KeyError> {
        let sealed = sealed::seal(&self.pkcs8, password.as_bytes())?;
        Ok(encode(PRIVATE, sealed))
    }

    /// The other half.
    pub fn public(&self) -> PublicKey {
        let mut point = [0; POINT_BYTES];
        point.copy_from_slice(self.pair.public_key().as_ref());
        PublicKey { point }
    }

    pub(crate) fn sign(&self, bytes: &[u8]) -> Result<Vec<u8>, KeyError> {
        self.pair
            .sign(&SystemRandom::new(), bytes)
            .map(|signature| signature.as_ref().to_vec())
            .map_err(|_| KeyError::NoRandomness)
    }

    fn from_pkcs8(pkcs8: Vec<u8>) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &pkcs8, &random)
            .map_err(|error| KeyError::Broken(format!("no ECDSA key on P-256 inside ({error})")))?;
        Ok(Self { pair, pkcs8 })
    }
}

/// The secret stays out of logs.
impl fmt::Debug for PrivateKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "private key of {:?}", self.public())
    }
}

fn contents(text: &str, expected: &[&'static str]) -> Result<Vec<u8>, KeyError> {
    let pem = pem::parse(text).map_err(|error| KeyError::Pem(error.to_string()))?;
    if !expected.contains(&pem.tag()) {
        return Err(KeyError::Other {
            found: pem.tag().to_owned(),
            expected: expected.first().copied().unwrap_or_default(),
        });
    }
    Ok(pem.into_contents())
}

fn encode(tag: &str, contents: Vec<u8>) -> String {
    let unix = EncodeConfig::new().set_line_ending(LineEnding::LF);
    pem::encode_config(&Pem::new(tag, contents), unix)
}

#[cfg(test)]
mod tests;
