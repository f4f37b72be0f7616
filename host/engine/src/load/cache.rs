//! Compiled code in files, so that a component is compiled once on a machine and not once a start.
//!
//! Compiled code is trusted like the host's own, so a file counts only if this user owns it and nobody else may write
//! it. Against accidents, such as a full disk, a checksum stands beside it; against people it would be no help, for who
//! can change the one can change the other. So it is one that is quick: a Python guest's code is 60 MB, and a start waits
//! for it. Everything that is not sound is compiled again.
//!
//! Beside the checksum stands what a look at the component told, so that one whose code lies here need not be looked at,
//! nor even read, again.

mod label;
mod room;

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use sha2::{Digest, Sha256};
use wasmtime::component::Component;
use xxhash_rust::xxh3::{Xxh3Default, xxh3_128};

use super::CONTRACT_VERSION;
use super::inspect::Found;
use crate::journal::hex;
use label::Label;

/// Counts up when what lies in the directory takes another form.
const FORMAT: u32 = 2;
/// The most that is kept; what was not used for longest goes first.
const MOST_KEPT_BYTES: u64 = 1 << 30;
/// How much is read at a time.
const CHUNK_BYTES: usize = 1 << 20;

/// A directory of compiled components.
#[derive(Debug)]
pub(crate) struct Cache {
    dir: PathBuf,
}

/// A compiled component and what is known of it.
pub(super) struct Kept {
    pub(super) component: Component,
    pub(super) found: Found,
    pub(super) size_bytes: usize,
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
    pub(super) fn find(&self, engine: &wasmtime::Engine, digest: &str) -> Option<Kept> {
        let path = self.path(engine, digest);
        let label = match sound(&path) {
            Ok(label) => label,
            Err(error) if error.kind() == io::ErrorKind::NotFound && !path.exists() => return None,
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "cached code is not used; compiling again");
                return None;
            }
        };
        #[expect(unsafe_code)]
        // SAFETY: the file is what this host wrote: it lies in a directory that only this user can write, belongs to
        // this user, and has the checksum that was written with it. wasmtime checks its own version and settings.
        let component = unsafe { Component::deserialize_file(engine, &path) };
        match component {
            Ok(component) => Some(Kept {
                component,
                found: label.found,
                size_bytes: label.size_bytes,
            }),
            Err(error) => {
                tracing::warn!(path = %path.display(), %error, "cached code is not used; compiling again");
                None
            }
        }
    }

    /// Writes compiled code, so that readers see all of it or none.
    pub(super) fn keep(
        &self,
        engine: &wasmtime::Engine,
        digest: &str,
        kept: &Kept,
    ) -> io::Result<()> {
        let code = kept.component.serialize().map_err(io::Error::other)?;
        let path = self.path(engine, digest);
        let label = Label {
            checksum: xxh3_128(&code),
            size_bytes: kept.size_bytes,
            found: kept.found,
        };
        // The label first: code whose label is missing or another's is compiled again, no harm done.
        self.write(&label_path(&path), label.to_json().as_bytes())?;
        self.write(&path, &code)?;
        room::make(&self.dir, MOST_KEPT_BYTES);
        Ok(())
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

    /// Another wasmtime, or a host that looks at components in another way, finds nothing here.
    fn path(&self, engine: &wasmtime::Engine, digest: &str) -> PathBuf {
        let mut hasher = DigestHasher(Sha256::new());
        engine.precompile_compatibility_hash().hash(&mut hasher);
        (FORMAT, env!("CARGO_PKG_VERSION"), CONTRACT_VERSION).hash(&mut hasher);
        let compatible = hex(&hasher.0.finalize()[..8]);
        self.dir.join(format!("{digest}-{compatible}.cwasm"))
    }
}

fn label_path(path: &Path) -> PathBuf {
    path.with_extension("json")
}

/// The label of the file, if it is ours and has the checksum that was written with it.
fn sound(path: &Path) -> io::Result<Label> {
    let mut file = File::open(path)?;
    let label = File::open(label_path(path))?;
    if !is_ours(&file.metadata()?) || !is_ours(&label.metadata()?) {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "it belongs to another user, or others may write it",
        ));
    }
    let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let label = Label::from_json(&io::read_to_string(label)?)
        .ok_or_else(|| wrong("what was written beside it cannot be read"))?;
    let mut hasher = Xxh3Default::new();
    let mut chunk = vec![0; CHUNK_BYTES];
    loop {
        match file.read(&mut chunk)? {
            0 => break,
            read => hasher.update(&chunk[..read]),
        }
    }
    if hasher.digest128() != label.checksum {
        return Err(wrong("its checksum is not the one written with it"));
    }
    room::used(&file);
    Ok(label)
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
