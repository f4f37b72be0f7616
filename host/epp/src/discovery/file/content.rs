//! One reading of the file.

use std::io::Read;
use std::path::{Path, PathBuf};

use switchyard_config::endpoints::{self, EndpointSpec, MAX_BYTES};

/// Why a file gave no list.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It cannot be opened or read.
    #[error("endpoints file {path}: {error}; give the path of a readable file")]
    Io {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        error: std::io::Error,
    },
    /// It is a folder, a pipe, a device.
    #[error("endpoints file {path}: found something that is no file; expected a regular file")]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
    /// It is larger than an endpoints file can be.
    #[error("endpoints file {path}: found more than {MAX_BYTES} bytes; expected at most that")]
    TooLarge {
        /// The file.
        path: PathBuf,
    },
    /// It is not text.
    #[error("endpoints file {path}: found bytes that are not UTF-8 at {at}; expected YAML or JSON")]
    NotText {
        /// The file.
        path: PathBuf,
        /// The first such byte.
        at: usize,
    },
    /// Something in it is wrong.
    #[error("{0}")]
    Content(#[from] switchyard_config::ConfigError),
}

/// Reads and checks the file.
pub(super) fn read(path: &Path) -> Result<Vec<EndpointSpec>, ReadError> {
    let text = text(path)?;
    Ok(endpoints::read(&path.display().to_string(), &text)?)
}

/// The text, however the file changes meanwhile: never more than the largest size allowed.
fn text(path: &Path) -> Result<String, ReadError> {
    let io = |error| ReadError::Io {
        path: path.to_owned(),
        error,
    };
    // Asked first, because opening a pipe waits for its other end.
    if !std::fs::metadata(path).map_err(io)?.is_file() {
        return Err(ReadError::NotAFile {
            path: path.to_owned(),
        });
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(io)?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(ReadError::TooLarge {
            path: path.to_owned(),
        });
    }
    String::from_utf8(bytes).map_err(|error| ReadError::NotText {
        path: path.to_owned(),
        at: error.utf8_error().valid_up_to(),
    })
}
