//! Loads and runs plugin components; the only crate that names wasmtime.
