//! Compiled code in files, so that a component is compiled once on a machine and not once a start.
//!
//! Compiled code is trusted like the host's own, so a file counts only if this user owns it, nobody else may
//! write it, and its SHA-256 is the one written beside it. Everything else is compiled again.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use wasmtime::component::Component;

use crate::journal::hex;

/// A directory of compiled components.
#[derive(Debug)]
pub(crate) struct Cache {
    dir: PathBuf,
}

impl Cache {
    /// Opens the directory, making it if it is not there.
    pub(crate) fn open(dir: &Path) -> io::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(dir)?;
        let meta = fs::metadata(dir)?;
        if !is_ours(&meta) {
            return Err(io::Error::new(
                io::ErrorKind::PermissionDenied,
                format!(
                    "owner {} and mode {:o} let others write compiled code; it must belong to user {} and have mode 700",
                    meta.uid(),
                    meta.mode() & 0o7777,
                    our_uid()
                ),
            ));
        }
        Ok(Self {
            dir: dir.to_owned(),
        })
    }

    /// The compiled form of the component with this digest, if a sound one lies here.
    pub(crate) fn find(&self, engine: &wasmtime::Engine, digest: &str) -> Option<Component> {
        let path = self.path(engine, digest);
        match sound(&path) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "cached code is not used; compiling again");
                return None;
            }
        }
        #[expect(unsafe_code)]
        // SAFETY: the file is what this host wrote: it lies in a directory that only this user can write, belongs to
        // this user, and has the checksum that was written with it. wasmtime checks its own version and settings.
        let component = unsafe { Component::deserialize_file(engine, &path) };
        match component {
            Ok(component) => Some(component),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "cached code is not used; compiling again");
                None
            }
        }
    }

    /// Writes compiled code, so that readers see all of it or none.
    pub(crate) fn keep(
        &self,
        engine: &wasmtime::Engine,
        digest: &str,
        code: &[u8],
    ) -> io::Result<()> {
        let path = self.path(engine, digest);
        // The sum first: code whose sum is missing or another's is compiled again, no harm done.
        self.write(&sum_path(&path), hex(&Sha256::digest(code)).as_bytes())?;
        self.write(&path, code)
    }

    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let unique = NEXT.fetch_add(1, Ordering::Relaxed);
        let temporary = self
            .dir
            .join(format!(".{}-{unique}.tmp", std::process::id()));
        let written = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&temporary)
            .and_then(|mut file| file.write_all(bytes))
            .and_then(|()| fs::rename(&temporary, path));
        if written.is_err() {
            // Best effort: the failure that counts is the one being returned.
            drop(fs::remove_file(&temporary));
        }
        written
    }

    fn path(&self, engine: &wasmtime::Engine, digest: &str) -> PathBuf {
        let mut hasher = DigestHasher(Sha256::new());
        engine.precompile_compatibility_hash().hash(&mut hasher);
        let compatible = hex(&hasher.0.finalize()[..8]);
        self.dir.join(format!("{digest}-{compatible}.cwasm"))
    }
}

fn sum_path(path: &Path) -> PathBuf {
    path.with_extension("sha256")
}

/// Fails unless the file is ours and has the sum that was written with it.
fn sound(path: &Path) -> io::Result<()> {
    let mut file = File::open(path)?;
    if !is_ours(&file.metadata()?) {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it belongs to another user, or others may write it",
        ));
    }
    let mut hasher = Sha256::new();
    let mut chunk = vec![0; 128 << 10];
    loop {
        match file.read(&mut chunk)? {
            0 => break,
            read => hasher.update(&chunk[..read]),
        }
    }
    let found = hex(&hasher.finalize());
    if fs::read_to_string(sum_path(path))? != found {
        return Err(io::Error::new(
            io::ErrorKind::InvalidData,
            "its checksum is not the one written with it",
        ));
    }
    Ok(())
}

fn is_ours(meta: &fs::Metadata) -> bool {
    meta.uid() == our_uid() && meta.mode() & 0o022 == 0
}

fn our_uid() -> u32 {
    #[expect(unsafe_code)]
    // SAFETY: geteuid takes nothing, touches no memory of ours and cannot fail.
    unsafe {
        libc::geteuid()
    }
}

/// Feeds a `Hash` into SHA-256, whose result does not change from one Rust release to the next.
struct DigestHasher(Sha256);

impl Hasher for DigestHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(&self) -> u64 {
        // Nobody asks: the digest is read from the field.
        0
    }
}
