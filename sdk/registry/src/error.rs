//! Why a registry did not do what was asked.

use std::time::Duration;

use crate::credentials::{CredentialsError, Tried};
use crate::digest::Digest;
use crate::reference::Reference;

/// Any failure of a conversation with a registry.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    /// It does not want us.
    #[error(
        "{registry} does not let us {what}: {found}\n{tried}\nexpected an account that may: log in (docker login {registry}), or set DOCKER_CONFIG to the folder of a config.json that has credentials for it"
    )]
    Refused {
        /// Its host.
        registry: String,
        /// What was asked.
        what: String,
        /// The status and its own words.
        found: String,
        /// Where credentials were looked for. Boxed, since errors travel by value.
        tried: Box<Tried>,
    },
    /// It has no such thing.
    #[error(
        "{registry} has no {what}: {found}; check the name and the version{}",
        put_there(reference)
    )]
    Unknown {
        /// Its host.
        registry: String,
        /// What was asked for.
        what: String,
        /// The status and its own words.
        found: String,
        /// The plugin it was asked for.
        reference: Box<Reference>,
    },
    /// It does not answer.
    #[error(
        "{registry} did not answer for {} while we wanted to {what}; check that it runs and that nothing between drops the connection, or wait longer", seconds(*limit)
    )]
    Silent {
        /// Its host.
        registry: String,
        /// What was asked.
        what: String,
        /// How long we waited.
        limit: Duration,
    },
    /// It answers, too slowly to wait for the end.
    #[error(
        "to {what} took more than {}, the most that is waited for; check the way to {registry}, or wait longer", seconds(*limit)
    )]
    Slow {
        /// Its host.
        registry: String,
        /// What was asked.
        what: String,
        /// How long we waited.
        limit: Duration,
    },
    /// There is no connection.
    #[error(
        "no connection to {registry} over {scheme}: {reason}; check host and port{}", if *scheme == "https" { ", or allow plain HTTP (--plain-http) if that is what it speaks" } else { "" }
    )]
    NoConnection {
        /// Its host.
        registry: String,
        /// `https` or `http`.
        scheme: &'static str,
        /// Why.
        reason: String,
    },
    /// The bytes are not those asked for.
    #[error(
        "{registry} serves other bytes than asked for: {what} has the digest {found}, expected {expected}; nothing of it was used; ask those who run the registry, or take another one"
    )]
    OtherDigest {
        /// Its host.
        registry: String,
        /// What was asked for.
        what: String,
        /// Of what came.
        found: Digest,
        /// Of what was asked for.
        expected: Digest,
    },
    /// It is larger than anything we take.
    #[error(
        "{what} is too large: {found}, expected at most {}; a plugin of that size is most often built with debug information, build it again for release", bytes(*limit)
    )]
    TooLarge {
        /// What was looked at.
        what: String,
        /// Its size, or from where on it was not read.
        found: String,
        /// The most that is taken.
        limit: u64,
    },
    /// There is something, and it is no plugin.
    #[error(
        "{reference} is no plugin: {found}, expected {expected}; a component is put there by `switchyard plugin push`"
    )]
    NotAPlugin {
        /// Where it lies.
        reference: Box<Reference>,
        /// What it is.
        found: String,
        /// What was expected.
        expected: &'static str,
    },
    /// Under the tag for signatures lies something else.
    #[error(
        "{reference} should hold signatures as cosign puts them there, found {found}; remove that tag and sign again"
    )]
    NoSignatures {
        /// Where they should lie.
        reference: Box<Reference>,
        /// What is there.
        found: String,
    },
    /// Nobody can write to a digest.
    #[error(
        "{0} names a digest, expected a tag to push to, such as `:0.1.0`; the digest comes from what is pushed"
    )]
    PushToDigest(Box<Reference>),
    /// An answer that no registry should give.
    #[error(
        "{registry} answered oddly when we wanted to {what}: {found}; check that it is an OCI registry, and its own log"
    )]
    Odd {
        /// Its host.
        registry: String,
        /// What was asked.
        what: String,
        /// What it answered.
        found: String,
    },
    /// The credentials of this machine are of no use.
    #[error(transparent)]
    Credentials(#[from] CredentialsError),
    /// Nothing could be asked.
    #[error("no client for registries: {0}; check the machine's TLS certificates and its limits")]
    Client(String),
}

pub(crate) fn seconds(limit: Duration) -> String {
    format!("{} s", limit.as_secs_f64())
}

/// What puts a plugin there; nothing can be put under a digest.
fn put_there(reference: &Reference) -> String {
    match reference.digest() {
        None => format!(", or put it there: switchyard plugin push {reference}"),
        Some(_) => String::new(),
    }
}

/// A size that people can read.
pub(crate) fn bytes(count: u64) -> String {
    const MIB: u64 = 1024 * 1024;
    if count >= MIB && count.is_multiple_of(MIB) {
        format!("{} MiB", count / MIB)
    } else {
        format!("{count} bytes")
    }
}
