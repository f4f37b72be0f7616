//! Lines for the host's log.
//!
//! Off wasm they are kept for `testing::take_log`.

#[cfg(target_arch = "wasm32")]
use crate::bindings::guest::switchyard::plugin::log as host;
#[cfg(not(target_arch = "wasm32"))]
use crate::testing::imports::log as host;

pub use crate::bindings::guest::switchyard::plugin::log::Level;

/// For whoever debugs the plugin.
pub fn debug(message: &str) {
    host::write(Level::Debug, message);
}

/// Worth knowing, nothing to do.
pub fn info(message: &str) {
    host::write(Level::Info, message);
}

/// Something is not as it should be.
pub fn warn(message: &str) {
    host::write(Level::Warn, message);
}

/// The plugin could not do what it is for.
pub fn error(message: &str) {
    host::write(Level::Error, message);
}
