//! A key-value store that all instances of the plugin share and that outlives them.
//!
//! Needs [`crate::Capability::State`]. Off wasm the entries are kept per thread and never end.

use crate::Fault;
#[cfg(target_arch = "wasm32")]
use crate::bindings::guest::switchyard::plugin::state as host;
#[cfg(not(target_arch = "wasm32"))]
use crate::testing::imports::state as host;

/// The value of a key, unless its time is over.
pub fn get(key: &str) -> Option<Vec<u8>> {
    host::get(key)
}

/// Keeps a value for `ttl_ms`; 0: for the host's longest time.
pub fn set(key: &str, value: &[u8], ttl_ms: u32) -> Result<(), Fault> {
    host::set(key, value, ttl_ms)
}

/// Forgets a key.
pub fn remove(key: &str) {
    host::remove(key);
}
