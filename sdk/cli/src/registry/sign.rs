//! `plugin sign` and `plugin verify`.

use std::path::PathBuf;

use clap::Args;
use switchyard_registry::Reference;

use super::keys::{self, Password};
use super::{Connection, Error};
use crate::said::Said;

/// The options of `plugin sign`.
#[derive(Debug, Args)]
pub struct SignOptions {
    /// What to sign: HOST[:PORT]/NAME:TAG, or with @sha256:…
    #[arg(value_name = "OCI-REF")]
    reference: Reference,
    /// The private key, as `plugin keygen` or `cosign generate-key-pair` made it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[command(flatten)]
    password: Password,
    #[command(flatten)]
    connection: Connection,
}

/// Signs what a reference means at this moment.
pub fn sign(options: &SignOptions) -> Result<Said, Error> {
    let key = keys::private(&options.key, &options.password)?;
    let registry = options.connection.registry();
    let signed = registry.sign(&options.reference, &key)?;
    let fingerprint = key.public().fingerprint();
    let how = match signed.new {
        true => "is signed",
        false => "was signed before",
    };
    Ok(Said::well(
        format!("{} {how} with {fingerprint}\n", signed.reference),
        options.connection.next(&format!(
            "verify --key {} {}",
            options.key.with_extension("pub").display(),
            signed.reference
        )),
    ))
}

/// The options of `plugin verify`.
#[derive(Debug, Args)]
pub struct VerifyOptions {
    /// What should be signed: HOST[:PORT]/NAME:TAG, or with @sha256:…
    #[arg(value_name = "OCI-REF")]
    reference: Reference,
    /// The public key of those who should have signed it
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    #[command(flatten)]
    connection: Connection,
}

/// Demands a signature.
pub fn verify(options: &VerifyOptions) -> Result<Said, Error> {
    let registry = options.connection.registry();
    let keys = [keys::public(&options.key)?];
    let verified = registry.verify(&options.reference, &keys)?;
    let exact = options.reference.at(&verified.digest);
    Ok(Said::well(
        format!("{exact} is signed with {}\n", verified.key.fingerprint()),
        options
            .connection
            .next(&format!("pull --key {} {exact}", options.key.display())),
    ))
}
