//! Key pairs in files: `cosign.key`, which a password opens, and `cosign.pub`.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use clap::Args;
use switchyard_registry::{PrivateKey, PublicKey};

use super::{Error, key_error, read};
use crate::said::Said;

/// Where cosign's own commands find the password as well.
const PASSWORD: &str = "COSIGN_PASSWORD";
/// Where keys come from.
const MAKE: &str =
    "`switchyard plugin keygen` makes a pair of keys, `--key FILE` names one that is there";

/// Where passwords come from.
const PASSWORD_FIX: &str =
    "name a file that holds the key's password with `--password-file FILE`, or set COSIGN_PASSWORD";

/// Only its owner reads a private key.
const PRIVATE_MODE: u32 = 0o600;
const PUBLIC_MODE: u32 = 0o644;

/// The password of a private key.
#[derive(Debug, Args)]
pub struct Password {
    /// A file with the key's password; else COSIGN_PASSWORD is it
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

impl Password {
    /// The password, which `of` is for.
    fn get(&self, of: &Path) -> Result<String, Error> {
        match &self.password_file {
            // Editors end a file with a line's end.
            Some(file) => Ok(read(file, PASSWORD_FIX)?
                .trim_end_matches(['\r', '\n'])
                .to_owned()),
            None => std::env::var(PASSWORD).map_err(|_| Error::NoPassword(of.to_path_buf())),
        }
    }
}

/// The options of `plugin keygen`.
#[derive(Debug, Args)]
pub struct Options {
    /// What the two files' names begin with
    #[arg(long, value_name = "PREFIX", default_value = "cosign")]
    output: PathBuf,
    #[command(flatten)]
    password: Password,
}

/// Makes a pair.
pub fn generate(options: &Options) -> Result<Said, Error> {
    let (private, public) = (named(&options.output, "key"), named(&options.output, "pub"));
    if let Some(path) = [&private, &public].into_iter().find(|path| path.exists()) {
        let path = path.clone();
        let fix = "a key that signed something must not be lost; choose another name with `--output PREFIX`";
        return Err(Error::Exists { path, fix });
    }
    let password = options.password.get(&private)?;
    let key = PrivateKey::generate().map_err(key_error(&private))?;
    let sealed = key.to_pem(&password).map_err(key_error(&private))?;
    write(&private, &sealed, PRIVATE_MODE)?;
    write(&public, &key.public().to_pem(), PUBLIC_MODE)?;
    Ok(Said::well(
        format!("{}\n{}\n", private.display(), public.display()),
        format!("switchyard plugin sign --key {} OCI-REF", private.display()),
    ))
}

fn named(prefix: &Path, ending: &str) -> PathBuf {
    let mut name = prefix.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// Writes a file that is not there.
fn write(path: &Path, text: &str, mode: u32) -> Result<(), Error> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(mode)
        .open(path)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|source| Error::File {
            path: path.to_path_buf(),
            done: "written",
            source,
            fix: "choose another place with `--output PREFIX`",
        })
}

/// A private key, opened.
pub(super) fn private(path: &Path, password: &Password) -> Result<PrivateKey, Error> {
    let text = read(path, MAKE)?;
    let password = password.get(path)?;
    PrivateKey::from_pem(&text, &password).map_err(key_error(path))
}

/// A public key.
pub(super) fn public(path: &Path) -> Result<PublicKey, Error> {
    PublicKey::from_pem(&read(path, MAKE)?).map_err(key_error(path))
}
