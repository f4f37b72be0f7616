//! The components that did not come with the binary, by their digest: a plan of the past must find the
//! bytes it was made of, whatever has become of the file since.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use switchyard_engine::digest_of;

/// The largest component that is taken, from wherever.
pub const MOST_BYTES: usize = switchyard_registry::MAX_COMPONENT_BYTES as usize;

/// The component in a file, unless that is larger than any component.
///
/// # Errors
/// It cannot be read.
pub fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // Not by its length: a pipe or a device has none.
    let file = File::open(path)?;
    file.take(MOST_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MOST_BYTES {
        return Err(io::Error::other(format!(
            "it is larger than {} MiB, the most a component may have; strip it",
            MOST_BYTES >> 20
        )));
    }
    Ok(bytes)
}

/// Components in a folder of the data directory, or in memory where there is none.
#[derive(Debug, Default)]
pub struct Components {
    folder: Option<PathBuf>,
    memory: Mutex<BTreeMap<String, Arc<[u8]>>>,
}

impl Components {
    /// Those in `data_dir`.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn open(data_dir: Option<&Path>) -> io::Result<Self> {
        let folder = data_dir.map(|dir| dir.join("components"));
        if let Some(folder) = &folder {
            std::fs::create_dir_all(folder)?;
        }
        Ok(Self {
            folder,
            memory: Mutex::default(),
        })
    }

    /// Keeps a component; its digest.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn keep(&self, bytes: &[u8]) -> io::Result<String> {
        let digest = digest_of(bytes);
        match &self.folder {
            None => {
                let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
                memory
                    .entry(digest.clone())
                    .or_insert_with(|| Arc::from(bytes));
            }
            Some(folder) => {
                let path = file(folder, &digest);
                if !path.exists() {
                    // Whole or not at all, whenever the process ends.
                    let half = path.with_extension("half");
                    std::fs::write(&half, bytes)?;
                    std::fs::rename(&half, &path)?;
                }
            }
        }
        Ok(digest)
    }

    /// Whether the component with this digest is kept.
    pub fn has(&self, digest: &str) -> bool {
        match &self.folder {
            None => {
                let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
                memory.contains_key(digest)
            }
            Some(folder) => file(folder, digest).exists(),
        }
    }

    /// The component with this digest.
    ///
    /// # Errors
    /// It is not kept (any more), or is not what it was.
    pub fn get(&self, digest: &str) -> io::Result<Vec<u8>> {
        let Some(folder) = &self.folder else {
            let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
            let kept = memory.get(digest).map(|bytes| bytes.to_vec());
            return kept.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound));
        };
        let bytes = std::fs::read(file(folder, digest))?;
        if digest_of(&bytes) != digest {
            return Err(io::Error::other("its bytes are not those of its digest"));
        }
        Ok(bytes)
    }

    /// Forgets all but these.
    pub fn retain(&self, wanted: impl Fn(&str) -> bool) {
        let Some(folder) = &self.folder else {
            let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
            return memory.retain(|digest, _| wanted(digest));
        };
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let stem = path.file_stem().and_then(|stem| stem.to_str());
            if !stem.is_some_and(&wanted) {
                // One that stays too long costs some space, no more.
                let _ = std::fs::remove_file(&path);
            }
        }
    }
}

fn file(folder: &Path, digest: &str) -> PathBuf {
    folder.join(format!("{digest}.wasm"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(components: &Components) {
        let [a, b] = [b"a", b"b"].map(|bytes| components.keep(bytes).unwrap());
        assert_eq!(components.keep(b"a").unwrap(), a);
        assert!(components.has(&a));
        assert_eq!(components.get(&a).unwrap(), b"a");
        components.retain(|digest| digest == b);
        assert_eq!(components.get(&b).unwrap(), b"b");
        assert!(!components.has(&a));
        let gone = components.get(&a).unwrap_err();
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn what_is_kept_is_found_until_it_is_let_go() {
        check(&Components::default());
        let dir = tempfile::TempDir::new().unwrap();
        check(&Components::open(Some(dir.path())).unwrap());
    }

    #[test]
    fn a_file_is_read_up_to_the_most_a_component_may_have() {
        let dir = tempfile::TempDir::new().unwrap();
        let path = dir.path().join("component");
        let file = File::create(&path).unwrap();
        file.set_len(MOST_BYTES as u64).unwrap();
        assert_eq!(read(&path).unwrap().len(), MOST_BYTES);
        file.set_len(200 << 20).unwrap();
        let error = read(&path).unwrap_err().to_string();
        assert!(error.contains("larger than 64 MiB"), "{error}");
        // It never ends.
        assert!(read(Path::new("/dev/zero")).is_err());
    }

    #[test]
    fn bytes_that_changed_on_disk_are_refused() {
        let dir = tempfile::TempDir::new().unwrap();
        let components = Components::open(Some(dir.path())).unwrap();
        let digest = components.keep(b"a").unwrap();
        std::fs::write(file(&dir.path().join("components"), &digest), b"b").unwrap();
        let error = components.get(&digest).unwrap_err();
        assert!(error.to_string().contains("digest"), "{error}");
    }
}
