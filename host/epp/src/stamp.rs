//! Whether a file is still the one that was read, without reading it.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// What tells one state of a file from another. The path it resolves to counts, because a symlink
/// swap changes nothing else that is sure to differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamp {
    /// `None`: there is no such file.
    state: Option<State>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct State {
    resolved: PathBuf,
    inode: u64,
    len: u64,
    modified_ns: (i64, i64),
}

impl Stamp {
    /// Of the file there is now, or of its absence.
    pub fn of(path: &Path) -> Self {
        let state = std::fs::canonicalize(path).and_then(|resolved| {
            let metadata = std::fs::metadata(&resolved)?;
            Ok(State {
                inode: metadata.ino(),
                len: metadata.len(),
                modified_ns: (metadata.mtime(), metadata.mtime_nsec()),
                resolved,
            })
        });
        Self { state: state.ok() }
    }

    /// The folder the file really stands in.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.state.as_ref()?.resolved.parent()
    }
}
