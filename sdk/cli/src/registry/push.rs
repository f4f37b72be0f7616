//! `plugin push`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::{Value, json};
use switchyard_build::facts::{self, row, size};
use switchyard_build::sources::Sources;
use switchyard_build::table::aligned_left;
use switchyard_registry::{About, Reference};

use super::{Connection, Error};
use crate::said::Said;
use crate::trial::Trial;

/// The options of `plugin push`.
#[derive(Debug, Args)]
pub struct Options {
    /// Where to: HOST[:PORT]/NAME:TAG
    #[arg(value_name = "OCI-REF")]
    reference: Reference,
    /// The component; if not given, what `plugin build` made in --dir
    #[arg(long, value_name = "FILE", conflicts_with = "dir")]
    file: Option<PathBuf>,
    /// The plugin's folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    #[command(flatten)]
    connection: Connection,
}

/// The command.
pub fn run(options: &Options) -> Result<Said, Error> {
    let (path, settings) = match &options.file {
        Some(file) => (file.clone(), json!({})),
        None => built(&options.dir)?,
    };
    let component = facts::read(&path)?;
    let about = about(&path, &component, &settings)?;
    let registry = options.connection.registry();
    let digest = registry.push(&options.reference, &component, &about)?;
    let exact = options.reference.at(&digest);
    let told = [
        ("name", &about.name),
        ("version", &about.version),
        ("summary", &about.summary),
    ];
    let mut rows: Vec<_> = told
        .into_iter()
        .filter_map(|(name, value)| Some(row(name, value.clone()?)))
        .collect();
    rows.push(row("size", size(component.len())));
    Ok(Said::well(
        format!("{exact}\n{}", aligned_left(&rows)),
        options
            .connection
            .next(&format!("sign --key cosign.key {exact}")),
    ))
}

/// What was built in a plugin's folder, and settings that it takes.
fn built(folder: &Path) -> Result<(PathBuf, Value), Error> {
    let sources = Sources::open(folder)?;
    let path = sources.component();
    if !path.is_file() {
        return Err(Error::NotBuilt {
            component: path,
            folder: folder.to_path_buf(),
        });
    }
    let settings = serde_json::to_value(&sources.manifest.settings).unwrap_or_default();
    Ok((path, settings))
}

/// What a plugin says of itself when it is started, as a picker starts it.
fn about(path: &Path, component: &[u8], settings: &Value) -> Result<About, Error> {
    let facts = facts::look(path, component)?;
    let shown = path.display().to_string();
    let trial = Trial::new(&shown, &shown, component, false)?;
    let guest = trial
        .start(settings, trial.limits())
        .map_err(|source| Error::Start {
            source: Box::new(source),
        })?;
    let said = guest.plugin().about();
    let told = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    Ok(About {
        name: told(&said.name),
        version: told(&said.version),
        summary: told(&said.summary),
        imports: facts.imports,
        exports: facts.exports,
    })
}
