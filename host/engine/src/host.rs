//! What the host offers to guests, one file per interface.
//!
//! A host function returns an error only to end the call on purpose (see [`crate::fault::Stop`]): any error that
//! leaves it poisons the store.

pub(crate) mod log;
pub(crate) mod own_columns;
mod request;
pub(crate) mod state;
pub(crate) mod wasi;
pub(crate) mod words;

use wasmtime::component::{HasSelf, Linker};

use crate::bindings::{EveryStage, switchyard::plugin::types};
use crate::store::State;

impl types::Host for State {}

/// A linker that offers the contract's imports.
pub(crate) fn linker(engine: &wasmtime::Engine) -> wasmtime::Result<Linker<State>> {
    let mut linker = Linker::new(engine);
    EveryStage::add_to_linker::<State, HasSelf<State>>(&mut linker, |state| state)?;
    Ok(linker)
}
