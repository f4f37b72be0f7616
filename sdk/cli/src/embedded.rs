//! What the binary carries: templates, the SDK's sources, the contract. See `build.rs`.

/// A text file.
#[derive(Debug, Clone, Copy)]
pub(crate) struct File {
    /// From the folder that was taken.
    pub(crate) path: &'static str,
    pub(crate) text: &'static str,
}

/// An entry of a lock file: a crate that every Rust plugin builds on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Locked {
    pub(crate) name: &'static str,
    /// What stands under `[[package]]`.
    pub(crate) entry: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// A template by its path; that one exists is checked by the tests of every stage.
pub(crate) fn template(path: &str) -> &'static str {
    let found = TEMPLATES_RUST.iter().find(|file| file.path == path);
    found.map_or("", |file| file.text)
}
