//! `switchyard plugin inspect`: what can be said of a component without running it.

use std::path::Path;

use clap::Args;
use switchyard_build::contract::VERSION;
use switchyard_build::facts::{self, InspectError, row};
use switchyard_build::table::aligned_left;
use switchyard_registry::Reference;

use crate::registry::{self, Connection};
use crate::said::Said;

/// What to look at.
#[derive(Debug, Args)]
pub struct Options {
    /// The component: a file, or HOST[:PORT]/NAME:TAG in a registry
    #[arg(value_name = "FILE|OCI-REF")]
    component: String,
    #[command(flatten)]
    connection: Connection,
}

/// The command.
pub fn run(options: &Options) -> Result<Said, registry::Error> {
    let path = Path::new(&options.component);
    match options.component.parse::<Reference>() {
        // A file may well have a name that could also be a place.
        Ok(reference) if !path.exists() => {
            let pulled = options.connection.registry().pull(&reference)?;
            let exact = reference.at(&pulled.digest).to_string();
            Ok(look(
                Path::new(&exact),
                &pulled.component,
                &format!("switchyard plugin pull {exact}"),
            )?)
        }
        _ => {
            let bytes = facts::read(path)?;
            let next = format!("switchyard plugin load {}", path.display());
            Ok(look(path, &bytes, &next)?)
        }
    }
}

/// Says what a component is, and what to do next with one that fits.
fn look(path: &Path, bytes: &[u8], next: &str) -> Result<Said, InspectError> {
    let facts = facts::look(path, bytes)?;
    let shown = path.display();
    let told = |fits: String| {
        let mut rows = facts.rows();
        rows.push(row("fits", fits));
        format!("{shown}\n{}", aligned_left(&rows))
    };
    Ok(match facts.fit() {
        Ok(()) => Said::well(told(format!("yes: pickers with contract {VERSION}")), next),
        Err(misfit) => Said::ill(told(format!("no: {misfit}")), "switchyard plugin build"),
    })
}

#[cfg(test)]
mod tests;
