//! How the SDKs in other languages than Rust are tested and linted: each with its language's own tools.

use std::ffi::OsString;

use switchyard_build::language::Language;
use switchyard_build::tools;

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
pub(super) fn path(language: Language) -> OsString {
    tools::path_with(language.toolchain().folders())
}
