//! `plugin pull`, and fetching for other commands.

use std::path::{Path, PathBuf};

use clap::Args;
use switchyard_build::facts::{self, row};
use switchyard_build::table::aligned_left;
use switchyard_registry::{Pulled, Reference};

use super::keys;
use super::{Connection, Error};
use crate::said::Said;

const ANNOTATION: &str = "org.opencontainers.image.";

/// The options of `plugin pull`.
#[derive(Debug, Args)]
pub struct Options {
    /// Which plugin: HOST[:PORT]/NAME:TAG, or with @sha256:…
    #[arg(value_name = "OCI-REF")]
    reference: Reference,
    /// The file to write; if not given, the last part of the name, with .wasm
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
    /// Take it only if it is signed with the private key of this public one
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
    #[command(flatten)]
    connection: Connection,
}

/// The command.
pub fn run(options: &Options) -> Result<Said, Error> {
    let reference = &options.reference;
    let path = match &options.output {
        Some(path) => path.clone(),
        None => file_of(reference),
    };
    if path.exists() && !options.force {
        let fix = "choose another with `--output FILE`, or replace it with `--force`";
        return Err(Error::Exists { path, fix });
    }
    let registry = options.connection.registry();
    let pulled = match &options.key {
        None => registry.pull(reference)?,
        Some(file) => {
            let key = keys::public(file)?;
            registry.pull_signed(reference, &[key])?.0
        }
    };
    let exact = reference.at(&pulled.digest);
    let shown = exact.to_string();
    let facts = facts::look(Path::new(&shown), &pulled.component)?;
    std::fs::write(&path, &pulled.component).map_err(|source| Error::File {
        path: path.clone(),
        done: "written",
        source,
        fix: "choose another place with `--output FILE`",
    })?;
    let mut rows = vec![row("from", shown)];
    rows.extend(told(&pulled));
    rows.extend(facts.rows());
    let path = path.display();
    Ok(Said::well(
        format!("{path}\n{}", aligned_left(&rows)),
        format!("switchyard plugin load {path}"),
    ))
}

/// What whoever pushed it said of it.
fn told(pulled: &Pulled) -> Vec<Vec<String>> {
    [
        ("name", "title"),
        ("version", "version"),
        ("summary", "description"),
    ]
    .into_iter()
    .filter_map(|(name, key)| {
        let value = pulled.annotations.get(&format!("{ANNOTATION}{key}"))?;
        Some(row(name, value.clone()))
    })
    .collect()
}

fn file_of(reference: &Reference) -> PathBuf {
    let name = reference
        .repository()
        .rsplit('/')
        .next()
        .unwrap_or_default();
    format!("{name}.wasm").into()
}
