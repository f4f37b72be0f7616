//! Keeps the directory from growing for ever: whoever tries builds of a Python plugin leaves 60 MB each time.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::label_path;

/// Notes that a file was of use.
pub(super) fn used(file: &File) {
    // If it cannot be noted, the file goes earlier than it need, and is compiled again.
    drop(file.set_modified(SystemTime::now()));
}

/// Removes compiled code that was not used for longest until the rest has at most this many bytes. The last one stays,
/// however large.
pub(super) fn make(dir: &Path, most_bytes: u64) {
    let mut files: Vec<(SystemTime, u64, PathBuf)> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let path = entry.ok()?.path();
            let compiled = path
                .extension()
                .is_some_and(|extension| extension == "cwasm");
            let meta = fs::metadata(&path).ok().filter(|_| compiled)?;
            Some((meta.modified().ok()?, meta.len(), path))
        })
        .collect();
    files.sort_unstable_by(|a, b| b.cmp(a));
    let mut kept = 0_u64;
    for (at, (_, bytes, path)) in files.into_iter().enumerate() {
        kept = kept.saturating_add(bytes);
        if at > 0 && kept > most_bytes {
            // Best effort: another process may have been quicker. Code that is in use stays mapped.
            drop(fs::remove_file(label_path(&path)));
            drop(fs::remove_file(&path));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn what_was_used_last_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = |name: &str| dir.path().join(name);
        for (age, name) in [(3, "old"), (2, "older-but-used"), (1, "new")] {
            let file = File::create(path(name).with_extension("cwasm")).unwrap();
            file.set_len(100).unwrap();
            let age = Duration::from_secs(age * 3600);
            file.set_modified(SystemTime::now() - age).unwrap();
            fs::write(path(name).with_extension("json"), "{}").unwrap();
        }
        used(&File::open(path("older-but-used.cwasm")).unwrap());
        make(dir.path(), 250);
        let left = |name: &str| {
            let both = ["cwasm", "json"].map(|kind| path(name).with_extension(kind).exists());
            assert_eq!(both[0], both[1], "{name}");
            both[0]
        };
        assert!(!left("old") && left("older-but-used") && left("new"));
        make(dir.path(), 10);
        assert!(left("older-but-used") && !left("new"));
    }
}
