//! Which server probably holds which prompt prefix, learnt from our own decisions.
//!
//! A server that got a prompt has its key-value blocks in its cache for a while. Remembering who got what
//! is enough to send the next turn of a conversation where the last one went, without asking anybody.
//! Prompts are cut into blocks whose hashes form a chain ([`Hasher`]), so that equal hashes mean equal
//! prefixes; [`Index`] keeps, per server, the hashes it was sent most recently.
//!
//! This crate does no I/O and reads no clock.

mod hasher;
mod index;

pub use hasher::Hasher;
pub use index::{Index, MAX_ROWS};
