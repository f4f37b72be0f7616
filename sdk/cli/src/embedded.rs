//! What the binary carries: templates, cases, the sources of the SDKs, the contract. See `build.rs`.

use switchyard_build::language::Language;

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

/// The templates of a language.
pub(crate) fn templates(language: Language) -> &'static [File] {
    match language {
        Language::Rust => TEMPLATES_RUST,
        Language::Go => TEMPLATES_GO,
        Language::Js => TEMPLATES_JS,
        Language::Ts => TEMPLATES_TS,
        Language::Python => TEMPLATES_PYTHON,
        Language::C => TEMPLATES_C,
    }
}

/// The files of a language's SDK. Of Rust's only the sources: its manifest is `SDK_RUST_MANIFEST`.
pub(crate) fn sdk(language: Language) -> &'static [File] {
    match language {
        Language::Rust => SDK_RUST,
        Language::Go => SDK_GO,
        Language::Js | Language::Ts => SDK_JS,
        Language::Python => SDK_PYTHON,
        Language::C => SDK_C,
    }
}
