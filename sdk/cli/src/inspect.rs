//! `switchyard plugin inspect`: what can be said of a component without running it.

use std::path::Path;

use switchyard_build::contract::VERSION;
use switchyard_build::facts::{self, InspectError, row};
use switchyard_build::table::aligned_left;

use crate::said::Said;

/// The command.
pub fn run(path: &Path) -> Result<Said, InspectError> {
    let bytes = facts::read(path)?;
    let facts = facts::look(path, &bytes)?;
    let shown = path.display();
    let told = |fits: String| {
        let mut rows = facts.rows();
        rows.push(row("fits", fits));
        format!("{shown}\n{}", aligned_left(&rows))
    };
    Ok(match facts.fit() {
        Ok(()) => Said::well(
            told(format!("yes: pickers with contract {VERSION}")),
            format!("switchyard plugin load {shown}"),
        ),
        Err(misfit) => Said::ill(told(format!("no: {misfit}")), "switchyard plugin build"),
    })
}

#[cfg(test)]
mod tests;
