//! Who we are to a registry: what `docker login` and its like left on this machine.
//!
//! In docker's order: the helper for this registry, the helper for all, the file itself. Each place
//! that was looked at is kept, because "unauthorized" is no help to somebody who did log in.

mod helper;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;

use crate::budget::Budget;

pub use helper::HelperError;

/// The variable that names the folder of docker's `config.json`.
const FOLDER: &str = "DOCKER_CONFIG";
/// The user name by which a helper says that the secret is an identity token.
const TOKEN_USER: &str = "<token>";

/// What to show a registry.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Login {
    /// Nothing.
    Nobody,
    /// A name and a password.
    User { name: String, password: String },
    /// A token that the registry itself gave.
    Token(String),
}

/// Secrets stay out of logs.
impl fmt::Debug for Login {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Nobody => f.write_str("nobody"),
            Self::User { name, .. } => write!(f, "user {name}"),
            Self::Token(_) => f.write_str("a token"),
        }
    }
}

/// What was looked at for credentials, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    used: Option<String>,
    looked: Vec<String>,
}

impl fmt::Display for Tried {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.used {
            Some(used) => write!(f, "credentials: {used}"),
            None => write!(f, "credentials: none; {}", self.looked.join("; ")),
        }
    }
}

/// Why credentials cannot be read, though somebody put them there.
#[derive(Debug, thiserror::Error)]
pub enum CredentialsError {
    /// The file is there and cannot be read.
    #[error("{} cannot be read: {source}; make it readable, or set {FOLDER} to another folder", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not what docker writes.
    #[error("{}: {reason}; log in again, or set {FOLDER} to another folder", path.display())]
    Broken {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// There is only a token that would have to be exchanged.
    #[error(
        "{from} has an identity token for {registry}, expected a user name and a password; log in with an access token as password"
    )]
    IdentityToken {
        /// Where it stands.
        from: String,
        /// The registry.
        registry: String,
    },
    /// A helper failed.
    #[error(transparent)]
    Helper(#[from] HelperError),
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Config {
    auths: BTreeMap<String, Auth>,
    creds_store: Option<String>,
    cred_helpers: BTreeMap<String, String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase", default)]
struct Auth {
    auth: String,
    username: String,
    password: String,
    identitytoken: String,
    registrytoken: String,
}

/// Looks for credentials, in `folder` or where docker would look.
pub(crate) fn find(
    folder: Option<&Path>,
    registry: &str,
    budget: Budget,
) -> Result<(Login, Tried), CredentialsError> {
    let mut looked = Vec::new();
    let folder = match folder {
        Some(folder) => folder.to_path_buf(),
        None => match docker_folder() {
            Some(folder) => folder,
            None => {
                looked.push(format!("neither {FOLDER} nor HOME is set"));
                return Ok((Login::Nobody, Tried { used: None, looked }));
            }
        },
    };
    let path = folder.join("config.json");
    let Some(config) = read(&path)? else {
        looked.push(format!("{} does not exist", path.display()));
        return Ok((Login::Nobody, Tried { used: None, looked }));
    };
    let of_file = |what: &str| format!("{what} of {}", path.display());
    let special = entry(&config.cred_helpers, registry).map(|name| ("credHelpers", name));
    let general = config.creds_store.as_ref().map(|name| ("credsStore", name));
    for (setting, name) in special.into_iter().chain(general) {
        let program = helper::program(name)?;
        let from = format!("`{program}` ({})", of_file(setting));
        match helper::ask(&program, registry, budget.left())? {
            Some((user, _)) if user == TOKEN_USER => {
                let registry = registry.to_owned();
                return Err(CredentialsError::IdentityToken { from, registry });
            }
            Some((name, password)) => {
                return Ok(used(Login::User { name, password }, &from, looked));
            }
            None => looked.push(format!("{from} has none for {registry}")),
        }
    }
    let from = of_file("auths");
    match entry(&config.auths, registry) {
        Some(auth) => match login(auth, &path, &from, registry)? {
            Some(login) => return Ok(used(login, &from, looked)),
            None => looked.push(format!("{from} has an empty entry for {registry}")),
        },
        None => looked.push(format!("{from} has no entry for {registry}")),
    }
    Ok((Login::Nobody, Tried { used: None, looked }))
}

fn used(login: Login, from: &str, looked: Vec<String>) -> (Login, Tried) {
    let used = Some(format!("{login:?}, from {from}"));
    (login, Tried { used, looked })
}

fn docker_folder() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    set(FOLDER)
        .map(PathBuf::from)
        .or_else(|| Some(Path::new(&set("HOME")?).join(".docker")))
}

fn read(path: &Path) -> Result<Option<Config>, CredentialsError> {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(source) => {
            let path = path.to_path_buf();
            return Err(CredentialsError::Read { path, source });
        }
    };
    let config = serde_json::from_str(&text).map_err(|error| CredentialsError::Broken {
        path: path.to_path_buf(),
        reason: error.to_string(),
    })?;
    Ok(Some(config))
}

/// The entry of a registry. Old entries are whole addresses, such as `https://registry.example/v1/`.
fn entry<'a, T>(entries: &'a BTreeMap<String, T>, registry: &str) -> Option<&'a T> {
    entries.get(registry).or_else(|| {
        let same = |key: &str| host(key) == registry;
        entries
            .iter()
            .find_map(|(key, value)| same(key).then_some(value))
    })
}

fn host(key: &str) -> &str {
    let without_scheme = key.split_once("://").map_or(key, |(_, rest)| rest);
    without_scheme.split('/').next().unwrap_or_default()
}

fn login(
    auth: &Auth,
    path: &Path,
    from: &str,
    registry: &str,
) -> Result<Option<Login>, CredentialsError> {
    if !auth.registrytoken.is_empty() {
        return Ok(Some(Login::Token(auth.registrytoken.clone())));
    }
    if !auth.identitytoken.is_empty() {
        return Err(CredentialsError::IdentityToken {
            from: from.to_owned(),
            registry: registry.to_owned(),
        });
    }
    if !auth.auth.is_empty() {
        let pair = STANDARD
            .decode(auth.auth.trim())
            .ok()
            .and_then(|bytes| String::from_utf8(bytes).ok());
        let pair = pair
            .as_deref()
            .and_then(|pair| pair.trim_end_matches('\0').split_once(':'));
        let (name, password) = pair.ok_or_else(|| CredentialsError::Broken {
            path: path.to_path_buf(),
            reason: format!("`auth` of {registry} is not USER:PASSWORD in base64"),
        })?;
        let (name, password) = (name.to_owned(), password.to_owned());
        return Ok(Some(Login::User { name, password }));
    }
    let user = || Login::User {
        name: auth.username.clone(),
        password: auth.password.clone(),
    };
    Ok((!auth.username.is_empty()).then(user))
}

#[cfg(test)]
mod tests;
