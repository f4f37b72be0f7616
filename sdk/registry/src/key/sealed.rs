//! A private key under a password, as cosign keeps it: scrypt makes a key of the password, and
//! NaCl's secretbox encrypts and authenticates.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use crypto_secretbox::aead::Aead;
use crypto_secretbox::{KeyInit, Nonce, XSalsa20Poly1305};
use ring::rand::{SecureRandom, SystemRandom};
use serde::{Deserialize, Serialize};

use super::KeyError;

const SCRYPT: &str = "scrypt";
const SECRETBOX: &str = "nacl/secretbox";
/// The cost that cosign writes, and reads: 64 MiB of memory.
const COST: Cost = Cost {
    n: 65_536,
    r: 8,
    p: 1,
};
/// What its older versions wrote.
const COST_BEFORE: Cost = Cost {
    n: 32_768,
    r: 8,
    p: 1,
};
const SALT_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
const KEY_BYTES: usize = 32;

#[derive(Debug, Serialize, Deserialize)]
struct Sealed {
    kdf: Kdf,
    cipher: Cipher,
    ciphertext: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Kdf {
    name: String,
    params: Cost,
    salt: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct Cost {
    #[serde(rename = "N")]
    n: u32,
    r: u32,
    p: u32,
}

#[derive(Debug, Serialize, Deserialize)]
struct Cipher {
    name: String,
    nonce: String,
}

pub(super) fn seal(secret: &[u8], password: &[u8]) -> Result<Vec<u8>, KeyError> {
    let (mut salt, mut nonce) = ([0; SALT_BYTES], [0; NONCE_BYTES]);
    let random = SystemRandom::new();
    for bytes in [&mut salt[..], &mut nonce[..]] {
        random.fill(bytes).map_err(|_| KeyError::NoRandomness)?;
    }
    let ciphertext = cipher(password, &salt, COST)?
        .encrypt(Nonce::from_slice(&nonce), secret)
        .map_err(|error| KeyError::Broken(error.to_string()))?;
    let sealed = Sealed {
        kdf: Kdf {
            name: SCRYPT.to_owned(),
            params: COST,
            salt: STANDARD.encode(salt),
        },
        cipher: Cipher {
            name: SECRETBOX.to_owned(),
            nonce: STANDARD.encode(nonce),
        },
        ciphertext: STANDARD.encode(ciphertext),
    };
    serde_json::to_vec(&sealed).map_err(|error| KeyError::Broken(error.to_string()))
}

pub(super) fn open(sealed: &[u8], password: &[u8]) -> Result<Vec<u8>, KeyError> {
    let broken = |what: String| KeyError::Broken(what);
    let sealed: Sealed =
        serde_json::from_slice(sealed).map_err(|error| broken(error.to_string()))?;
    let names = (sealed.kdf.name.as_str(), sealed.cipher.name.as_str());
    if names != (SCRYPT, SECRETBOX) {
        let (kdf, cipher) = names;
        return Err(broken(format!(
            "it is made with {kdf} and {cipher}, expected {SCRYPT} and {SECRETBOX}"
        )));
    }
    // The file names its own cost; one that nobody writes could take all memory.
    let cost = sealed.kdf.params;
    if cost != COST && cost != COST_BEFORE {
        let Cost { n, r, p } = cost;
        return Err(broken(format!(
            "scrypt with N={n} r={r} p={p}, expected N={} r=8 p=1",
            COST.n
        )));
    }
    let decode = |what: &str, text: &str| {
        STANDARD
            .decode(text)
            .map_err(|error| broken(format!("its {what} is no base64: {error}")))
    };
    let salt = decode("salt", &sealed.kdf.salt)?;
    let nonce = decode("nonce", &sealed.cipher.nonce)?;
    if nonce.len() != NONCE_BYTES {
        let found = nonce.len();
        return Err(broken(format!(
            "its nonce has {found} bytes, expected {NONCE_BYTES}"
        )));
    }
    let ciphertext = decode("ciphertext", &sealed.ciphertext)?;
    cipher(password, &salt, cost)?
        .decrypt(Nonce::from_slice(&nonce), ciphertext.as_slice())
        .map_err(|_| KeyError::Password)
}

fn cipher(password: &[u8], salt: &[u8], cost: Cost) -> Result<XSalsa20Poly1305, KeyError> {
    let broken = |error: &dyn std::fmt::Display| KeyError::Broken(error.to_string());
    let log_n = u8::try_from(cost.n.ilog2()).unwrap_or(u8::MAX);
    let params =
        scrypt::Params::new(log_n, cost.r, cost.p, KEY_BYTES).map_err(|error| broken(&error))?;
    let mut key = [0; KEY_BYTES];
    scrypt::scrypt(password, salt, &params, &mut key).map_err(|error| broken(&error))?;
    Ok(XSalsa20Poly1305::new(&key.into()))
}
