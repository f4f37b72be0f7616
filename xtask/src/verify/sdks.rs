//! How the SDKs in other languages than Rust are tested and linted: each with its language's own tools.

use std::path::PathBuf;

use switchyard_build::language::Language;

/// The language of an SDK and what is run in its folder, as a shell takes it.
pub(super) fn commands() -> [(Language, &'static str); 4] {
    [
        (
            Language::Go,
            // The runtime under the bindings is a module of its own.
            "test -z \"$(gofmt -l .)\" && all='./... go.bytecodealliance.org/pkg/...' && go vet $all && go test $all",
        ),
        (Language::Js, "npm test && npm run lint && npm run check"),
        (
            Language::Python,
            "python3 -m pytest -q && ruff check . && ruff format --check .",
        ),
        (Language::C, "make -C tests"),
    ]
}

/// PATH with what the language's tests need before all else.
pub(super) fn path(language: Language) -> std::ffi::OsString {
    let known = std::env::var_os("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = language
        .toolchain()
        .folders()
        .into_iter()
        .chain(std::env::split_paths(&known))
        .collect();
    // Only a folder whose name holds the separator cannot be joined; PATH is then as it was.
    std::env::join_paths(folders).unwrap_or(known)
}
