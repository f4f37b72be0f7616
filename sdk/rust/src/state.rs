//! A key-value store that all instances of the plugin share and that outlives them.
//!
//! Needs [`crate::Capability::State`]. Off wasm the entries are kept per thread and never end.

use crate::Fault;

/// The value of a key, unless its time is over.
pub fn get(key: &str) -> Option<Vec<u8>> {
    #[cfg(target_arch = "wasm32")]
    return crate::bindings::guest::switchyard::plugin::state::get(key);
    #[cfg(not(target_arch = "wasm32"))]
    return crate::testing::with_state(|state| state.get(key).cloned());
}

/// Keeps a value for `ttl_ms`; 0: for the host's longest time.
pub fn set(key: &str, value: &[u8], ttl_ms: u32) -> Result<(), Fault> {
    #[cfg(target_arch = "wasm32")]
    return crate::bindings::guest::switchyard::plugin::state::set(key, value, ttl_ms);
    #[cfg(not(target_arch = "wasm32"))]
    {
        let _ = ttl_ms;
        crate::testing::with_state(|state| state.insert(key.to_owned(), value.to_vec()));
        Ok(())
    }
}

/// Forgets a key.
pub fn remove(key: &str) {
    #[cfg(target_arch = "wasm32")]
    crate::bindings::guest::switchyard::plugin::state::remove(key);
    #[cfg(not(target_arch = "wasm32"))]
    crate::testing::with_state(|state| state.remove(key));
}
