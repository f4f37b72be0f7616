//! Write a Switchyard plugin in Rust.
