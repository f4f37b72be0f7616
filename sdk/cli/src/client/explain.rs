//! `switchyard explain`: a decision that a running picker made.

use serde_json::Value;

use super::{ClientError, Connection, Target};
use crate::explain::decision;
use crate::said::Said;

/// Which decision.
#[derive(Debug, Clone, clap::Args)]
#[group(required = true, multiple = false)]
pub struct Which {
    /// The request's id: its x-request-id, or what the picker's log calls it
    #[arg(value_name = "REQUEST-ID")]
    pub request: Option<String>,
    /// The newest decision
    #[arg(long)]
    pub last: bool,
}

/// Shows a decision.
pub fn run(which: &Which, picker: &Connection) -> Result<Said, ClientError> {
    let target = Target::new("/debug/decisions");
    let target = match &which.request {
        Some(id) => target.part(id),
        None => target.query("last", "1"),
    };
    let records: Value = picker.get(target)?;
    let text = decision(&records).map_err(|error| ClientError::Refused(error.to_string()))?;
    Ok(Said::well(text, picker.next("plugin list")))
}
