//! What a record must not hold: prompts, and headers that let their reader in somewhere. It holds their hashes,
//! which tell whether two are the same and nothing else.

use serde_json::{Value, json};
use switchyard_scheduler::content_hash;

use super::Recorded;

/// Headers whose values are secrets.
const SECRETS: [&str; 5] = [
    "authorization",
    "proxy-authorization",
    "cookie",
    "x-api-key",
    "api-key",
];

/// A piece of a body as a record holds it. A replay needs the body beside the record.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Piece {
    bytes: u64,
    hash: String,
}

impl Piece {
    pub(crate) fn of(bytes: &[u8]) -> Self {
        Self {
            bytes: bytes.len() as u64,
            hash: format!("{:016x}", content_hash(bytes)),
        }
    }
}

impl Recorded for Piece {
    fn to_json(&self) -> Value {
        json!({ "bytes": self.bytes, "xxh3": self.hash })
    }
    fn from_json(value: &Value) -> Option<Self> {
        Some(Self {
            bytes: value.get("bytes")?.as_u64()?,
            hash: value.get("xxh3")?.as_str()?.to_owned(),
        })
    }
}

/// A header's value as a record holds it. A replay serves what the record holds.
pub(crate) struct Shown(pub(crate) Option<String>);

impl Shown {
    pub(crate) fn of(name: &str, value: &Option<String>) -> Self {
        let secret = SECRETS.iter().any(|known| known.eq_ignore_ascii_case(name));
        Self(match value {
            Some(value) if secret => {
                Some(format!("hidden:{:016x}", content_hash(value.as_bytes())))
            }
            other => other.clone(),
        })
    }
}

impl Recorded for Shown {
    fn to_json(&self) -> Value {
        self.0.to_json()
    }
    fn from_json(value: &Value) -> Option<Self> {
        Option::from_json(value).map(Self)
    }
}
