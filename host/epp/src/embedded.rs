//! The built-in plugins: components like any other, carried in the binary.

mod table {
    include!(concat!(env!("OUT_DIR"), "/components.rs"));
}

/// The component with this stem.
pub fn component(stem: &str) -> Option<&'static [u8]> {
    table::COMPONENTS
        .iter()
        .find(|(name, _)| *name == stem)
        .map(|(_, bytes)| *bytes)
}

/// The stems of all of them.
pub fn stems() -> impl Iterator<Item = &'static str> {
    table::COMPONENTS.iter().map(|(name, _)| *name)
}
