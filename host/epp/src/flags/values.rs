//! Values as Go's flag packages read them.

use std::time::Duration;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogEncoder {
    /// One JSON object a line.
    Json,
    /// For people.
    Console,
}

/// A boolean in any of Go's spellings.
pub(super) fn boolean(text: &str) -> Result<bool, String> {
    match text {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Ok(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Ok(false),
        _ => Err("expected true or false".to_owned()),
    }
}

pub(super) fn duration(text: &str) -> Result<Duration, String> {
    switchyard_config::duration::parse(text).map_err(|error| error.to_string())
}

pub(super) fn duration_above_zero(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("expected a duration above 0".to_owned()),
        above => Ok(above),
    }
}

/// A size, or 0 for the default.
pub(super) fn bytes_or_default(text: &str) -> Result<usize, String> {
    if text == "0" { Ok(0) } else { bytes(text) }
}

/// A size above 0, such as `16777216` or `16Mi`.
pub(super) fn bytes(text: &str) -> Result<usize, String> {
    let bytes = switchyard_config::quantity::parse(text).map_err(|error| error.to_string())?;
    match usize::try_from(bytes) {
        Ok(0) | Err(_) => Err("expected a size above 0 that fits this machine".to_owned()),
        Ok(bytes) => Ok(bytes),
    }
}
