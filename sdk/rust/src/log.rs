//! Lines for the host's log.
//!
//! Off wasm they are kept for `testing::take_log`.

#[cfg(target_arch = "wasm32")]
use crate::bindings::guest::switchyard::plugin::log::write;
#[cfg(not(target_arch = "wasm32"))]
use crate::testing::write;

pub use crate::bindings::guest::switchyard::plugin::log::Level;

/// For whoever debugs the plugin.
pub fn debug(message: &str) {
    write(Level::Debug, message);
}

/// Worth knowing, nothing to do.
pub fn info(message: &str) {
    write(Level::Info, message);
}

/// Something is not as it should be.
pub fn warn(message: &str) {
    write(Level::Warn, message);
}

/// The plugin could not do what it is for.
pub fn error(message: &str) {
    write(Level::Error, message);
}
