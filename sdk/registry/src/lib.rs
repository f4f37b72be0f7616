//! Plugins in OCI registries: push, pull, sign, verify.
//!
//! A registry is somebody else's machine. So what comes from it is bounded in size and time, is
//! checked against the digest that was asked for, and counts as signed only if a key of ours says so.
//!
//! Nothing here prints, and nothing is kept between calls.

mod artifact;
mod budget;
mod client;
mod credentials;
mod digest;
mod error;
mod key;
mod plugin;
mod reference;
mod session;
mod signature;
mod signing;

pub use artifact::{About, MAX_COMPONENT_BYTES};
pub use client::{Limits, Registry, Settings};
pub use credentials::{CredentialsError, HelperError, Tried};
pub use digest::{Digest, NoDigest};
pub use error::RegistryError;
pub use key::{KeyError, PrivateKey, PublicKey};
pub use plugin::Pulled;
pub use reference::{Reference, ReferenceError};
pub use signature::Flaw;
pub use signing::{SignError, SignedPlugin, Verified, VerifyError};
