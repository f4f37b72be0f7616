//! The host's side of the contract, generated from `wit/`.
//!
//! Generated for the world that exports every stage, but never instantiated as that world: a component
//! binds only the interfaces it exports (see [`crate::guests`]).
#![allow(missing_docs, unsafe_code, unreachable_pub, clippy::all)]

wasmtime::component::bindgen!({
    path: "../../wit",
    world: "every-stage",
    imports: { default: trappable },
});
